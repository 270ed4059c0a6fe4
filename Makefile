# `make demo` and `make test` are all that a newcomer needs; both install what is missing first.
# Another interpreter: make PYTHON=python3.12 test

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready-dev

.PHONY: demo test check ctx-pythons screenshots install clean help history

help:
	@echo "make demo         install, then a simulated beamtime in the window (without a screen: to a picture)"
	@echo "make test         install, then the whole test suite"
	@echo "make check        formatting, lint, types, layers"
	@echo "make ctx-pythons  the tests of context files in the oldest and the newest Python of this machine"
	@echo "make history      nothing is lost: a sequence of edits, looked up and brought back, as commands and what they say"
	@echo "make screenshots  make resources/screenshots anew"
	@echo "make clean        remove the virtual environment and caches"

install: $(READY)

$(READY): pyproject.toml scripts/install
	PYTHON="$(PYTHON)" scripts/install $(VENV)
	@touch $@

demo: $(READY)
	@$(BIN)/damnit demo $(DEMO)

test: $(READY)
	$(BIN)/python -m pytest $(TESTS)

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

ctx-pythons: $(READY)
	$(BIN)/python -m scripts.ctx_pythons

history: $(READY)
	@$(BIN)/python -m scripts.history_demo

screenshots: $(READY)
	$(BIN)/python -m scripts.screenshots

clean:
	rm -rf $(VENV) .ctx-pythons .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
