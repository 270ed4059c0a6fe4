"""Fixtures that every test may use."""

import itertools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

# Before anything imports Qt: tests never open windows on somebody's screen.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("PYTEST_QT_API", "pyqt6")

from damnit_backend.control.make import init_folder
from damnit_backend.core.keys import RunKey
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


RUN_5 = RunKey(1234, 5)


@pytest.fixture
def hand_over(folder: Folder) -> Callable[..., Path]:
    """``hand_over(name=value, ...)`` leaves a fragment of run 5, written as a context process does; gives its path.

    A value is what a Variable returns, also a Cell or None; an exception is a Variable that raised it.
    """
    from damnit_ctx.write import FragmentWriter  # late: most tests do without xarray

    numbers = itertools.count(1)

    def write(key: RunKey = RUN_5, record: bool = True, /, **values: Any) -> Path:
        paths: list[Path] = []
        stem = f"p{key.proposal}_r{key.run}"
        # Publishing takes a closed fragment's time into account: the numbers keep the order within one tick.
        writer = FragmentWriter(folder.results, stem, f"{next(numbers):04d}", lambda path, _: paths.append(path))
        with writer._lock:  # so that it is one fragment, however slow the machine
            for name, value in values.items():
                times = {"started": 1.7e9, "seconds": 2.0, "outcome": "ok", "line": None} if record else None
                writer.add(_entry(name, value), times)
            writer.close()
        (path,) = paths
        return path

    return write


def _entry(name: str, value: Any) -> Any:
    from damnit_ctx.cell import Cell
    from damnit_ctx.context import Node
    from damnit_ctx.entry import Entry
    from damnit_ctx.execute import make_entry
    from damnit_ctx.variable import Variable

    if isinstance(value, BaseException):
        return Entry(name, error=(type(value).__name__, str(value)))
    variable = Variable()(lambda _: None)
    variable.name = name
    node = Node(variable, (), {}, (), "raw", False, None)
    return make_entry(node, value if isinstance(value, Cell) else Cell(value))
