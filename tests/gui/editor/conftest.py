"""An editor on a real file, with real threads and a check that the test chooses."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from damnit_backend.contextproc.checker import CheckResult
from damnit_backend.contextproc.protocol import Problem, VariableSpec
from damnit_backend.store.folder import Folder
from damnit_gui.panels.editor import EditorPanel, document
from damnit_gui.services.notifier import Notifier
from damnit_gui.services.tasks import Tasks

GOOD = '@Variable("Energy")\ndef energy(run):\n    return 1\n'


def find_bad_lines(text: str) -> CheckResult:
    """A plain check: each line with ``bad`` is a problem at that word; else there is one Variable a decorator, and a
    warning for each line with ``odd``."""
    lines = text.split("\n")
    problems = tuple(
        Problem(
            "name 'bad' is not defined", line, text.index("bad") + 1, line, text.index("bad") + 4, "NameError", "trace"
        )
        for line, text in enumerate(lines, 1)
        if "bad" in text
    )
    if problems:
        return CheckResult(problems=problems)
    names = [(line, text) for line, text in enumerate(lines, 1) if text.startswith("@Variable")]
    warnings = tuple(Problem("odd", n, severity="warning") for n, text in enumerate(lines, 1) if "odd" in text)
    variables = tuple(VariableSpec(f"v{line}", f"Title {line}", line=line) for line, _ in names)
    return CheckResult(variables=variables, warnings=warnings)


@pytest.fixture
def tasks(notifier: Notifier) -> Iterator[Tasks]:
    made = Tasks(notifier)
    yield made
    made.close()
    made.join()


@pytest.fixture
def drafts_directory(tmp_path: Path) -> Path:
    return tmp_path / "state" / "drafts"


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is looked at more often than people need."""
    monkeypatch.setattr(document, "LOOK_MS", 50)


@pytest.fixture
def open_editor(
    folder: Folder,
    tasks: Tasks,
    notifier: Notifier,
    drafts_directory: Path,
    qtbot: QtBot,
    often: None,  # noqa: ARG001
) -> Callable[..., EditorPanel]:
    """``open_editor(text, check=…, read_only=…)``: the context file with this text (None: leave it), loaded."""

    def make(text: str | bytes | None = GOOD, check: Any = find_bad_lines, read_only: bool = False) -> EditorPanel:
        if isinstance(text, str):
            folder.context_file.write_bytes(text.encode())
        elif text is not None:
            folder.context_file.write_bytes(text)
        panel = EditorPanel(folder, tasks, notifier, check, read_only, drafts_directory=drafts_directory)
        qtbot.addWidget(panel)
        panel.resize(1000, 700)
        panel.show()
        if folder.context_file.is_dir():
            qtbot.waitUntil(lambda: panel.widgets.disk_strip.isVisible())
        else:
            qtbot.waitUntil(lambda: panel.document.ready)
        return panel

    return make
