"""Fixtures that every test may use."""

import os
from pathlib import Path

import pytest

# Before anything imports Qt: tests never open windows on somebody's screen.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("PYTEST_QT_API", "pyqt6")

from damnit_backend.store.database import Database
from damnit_backend.store.folder import Folder
from damnit_backend.store.opening import create_database


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty directory to make a DAMNIT folder in."""
    path = tmp_path / "amore"
    path.mkdir()
    made = Folder(path)
    made.results.mkdir()
    made.logs.mkdir()
    return made


@pytest.fixture
def database(folder: Folder):
    """The open database of a new folder of proposal 1234."""
    made = create_database(folder, proposal=1234)
    yield made
    made.close()
