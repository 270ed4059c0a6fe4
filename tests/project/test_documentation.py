"""The documentation says what is there."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_module_says_in_one_line_what_it_is_for_and_the_architecture_page_lists_it():
    spec = importlib.util.spec_from_file_location("architecture", ROOT / "scripts" / "architecture.py")
    architecture = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(architecture)
    silent = [
        path
        for package in architecture.PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if path.stem not in ("__init__", "__main__") and not architecture.summary(path)
    ]
    assert silent == []
    page = architecture.PAGE.read_text(encoding="utf-8")
    assert page == architecture.page(), "run: python -m scripts.architecture"


def test_no_module_is_longer_than_300_lines():
    modules = [path for package in ("damnit_backend", "damnit_gui") for path in (ROOT / package).rglob("*.py")]
    assert [path for path in modules if len(path.read_text(encoding="utf-8").splitlines()) > 300] == []


def test_every_subcommand_is_documented():
    from damnit_backend import cli

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [name for name in (m.__name__.rpartition(".")[2] for m in cli.COMMANDS) if f"damnit {name}" not in readme]
    assert missing == []


def test_every_kind_of_cell_is_documented():
    from damnit_backend.core.values import Kind

    page = (ROOT / "docs" / "cells.md").read_text(encoding="utf-8")
    assert [kind.value for kind in Kind if f"| {kind.value} |" not in page] == []


def test_every_setting_is_documented():
    from damnit_backend.core.settings import Settings

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in Settings.__struct_fields__ if f"`{name}`" not in readme] == []
