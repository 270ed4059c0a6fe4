"""Fixtures that every test may use."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

# Before anything imports Qt: tests never open windows on somebody's screen.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("PYTEST_QT_API", "pyqt6")

from damnit_backend.control.make import init_folder
from damnit_backend.core.settings import Settings
from damnit_backend.simulator import Beamtime, BeamtimeOptions
from damnit_backend.store.folder import USUAL_PLACE, Folder
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


@pytest.fixture
def beamtime(tmp_path: Path) -> Beamtime:
    """A small simulated beamtime: its runs are written by the test."""
    made = Beamtime(tmp_path / "data", BeamtimeOptions(trains=10, pulses=4, trace_samples=100, camera_shape=(16, 24)))
    made.prepare()
    return made


@pytest.fixture
def make_folder(beamtime: Beamtime) -> Callable[[str], Folder]:
    """Makes the beamtime's DAMNIT folder, in its usual place, with the text of a context file."""

    def make(context: str) -> Folder:
        return init_folder(beamtime.proposal_path / USUAL_PLACE, beamtime.options.proposal, context)

    return make


@pytest.fixture
def quick_settings() -> Settings:
    """Runs that tests write are complete at once, so they may settle quickly."""
    return Settings(settle_seconds=0.1, scan_seconds=0.05)
