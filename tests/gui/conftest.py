"""Fixtures for tests of the window: a small real folder, an open session on it, and a watch for leaked windows."""

import gc
import io
import itertools
import logging
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from PIL import Image
from PyQt6.QtCore import QCoreApplication, QEvent
from PyQt6.QtWidgets import QApplication

from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.core.values import Failure
from damnit_backend.store.database import Database
from damnit_backend.store.edits import write_edit
from damnit_backend.store.folder import Folder
from damnit_backend.store.fragments import find_fragments
from damnit_backend.store.merge import merge_fragments
from damnit_backend.store.variables import Declaration, add_editable, declare_computed
from damnit_gui.services.access import FolderAccess
from damnit_gui.services.folder_session import FolderSession
from damnit_gui.services.notifier import Notifier
from damnit_gui.services.tasks import Tasks

PROPOSAL = 1234

AddRun = Callable[[int, Mapping[str, Any]], RunKey]


class LogWatch(logging.Handler):
    """Gathers what is logged as a warning or worse, from all threads, and tells what nobody expected."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []
        self.expected: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(f"{record.levelname} {self.format(record)}")

    def unexpected(self) -> list[str]:
        return [text for text in self.texts if not any(words in text for words in self.expected)]

    def missing(self) -> list[str]:
        return [words for words in self.expected if not any(words in text for text in self.texts)]


@pytest.fixture(autouse=True)
def log_watch() -> Iterator[LogWatch]:
    """A test fails if anything is logged as a warning or worse that it does not expect."""
    watch = LogWatch()
    logging.getLogger().addHandler(watch)
    yield watch
    logging.getLogger().removeHandler(watch)
    assert not watch.unexpected(), "\n".join(["logged, but not expected (see expect_log):", *watch.unexpected()])
    assert not watch.missing(), f"expected in the log, but not there: {watch.missing()}"


@pytest.fixture
def expect_log(log_watch: LogWatch) -> Callable[[str], None]:
    """``expect_log(words)``: a warning, error or traceback with these words has to be logged until the test ends."""
    return log_watch.expected.append


@pytest.fixture(autouse=True)
def own_state_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the window keeps for its user goes nowhere near the real one's."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture(autouse=True)
def no_leaked_windows() -> Iterator[None]:
    """Every top-level widget that a test makes is gone after it."""
    app = QApplication.instance()
    before = {id(widget) for widget in QApplication.topLevelWidgets()} if app else set()
    yield
    if QApplication.instance() is None:
        return
    left = _windows(before)
    if left:
        gc.collect()
        left = _windows(before)
    assert not left, f"windows leaked: {left}; give them to qtbot.addWidget, or a parent"


def _windows(before: set[int]) -> list[Any]:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return [widget for widget in QApplication.topLevelWidgets() if id(widget) not in before]


@pytest.fixture
def add_run(folder: Folder, database: Database) -> AddRun:
    """``add_run(run, {name: value})``: results of a run arrive the way the listener writes them.

    A value is a number, text, array (1-D: a sparkline, 2-D: a thumbnail, more: a text summary) or a `Failure`.
    """
    numbers = itertools.count()

    def add(run: int, values: Mapping[str, Any]) -> RunKey:
        key = RunKey(PROPOSAL, run)
        path = folder.results / f"p{PROPOSAL}_r{run}.{next(numbers):08d}.ready.h5"
        with h5py.File(path, "w") as file:
            file.attrs["provenance"] = "context.py"
            for name, value in values.items():
                _write_value(file, name, value)
        merge_fragments(database, key, find_fragments(folder, key)[key])
        return key

    return add


def _write_value(file: h5py.File, name: str, value: Any) -> None:
    if isinstance(value, Failure):
        error = file.create_dataset(f".errors/{name}", data=value.message)
        error.attrs["type"] = value.error_cls
        return
    file.create_dataset(f"{name}/data", data=value)
    if not isinstance(value, np.ndarray) or value.ndim == 0:
        file.create_dataset(f".reduced/{name}", data=value)
    elif value.ndim == 1:
        trend = np.stack([np.arange(value.size, dtype=float), value.astype(float)])
        file.create_dataset(f".reduced/{name}", data=trend).attrs["summary_type"] = "trendline"
        file[f".reduced/{name}"].attrs["max_diff"] = float(np.ptp(value))
    elif value.ndim == 2:
        grey = (255 * (value - value.min()) / max(np.ptp(value), 1e-12)).astype(np.uint8)
        buffer = io.BytesIO()
        Image.fromarray(grey).save(buffer, "PNG")
        file.create_dataset(f".reduced/{name}", data=np.frombuffer(buffer.getvalue(), np.uint8))
    else:
        file.create_dataset(f".reduced/{name}", data=f"{value.dtype}: {value.shape}")


@pytest.fixture
def small_folder(folder: Folder, database: Database, add_run: AddRun) -> Folder:
    """Runs 1 to 5 of proposal 1234: numbers, text, bool, sparkline, image, 3-D, a failure, a skip, edits, a comment."""
    declare_computed(
        database,
        [
            Declaration("energy", "XGM/Pulse energy", "Mean pulse energy", "µJ", ("beam",)),
            Declaration("motor", "Scan/Motor position", "", "mm"),
            Declaration("trace", "XGM/Trace", "Energy of each train", "µJ"),
            Declaration("image", "Camera/Image"),
            Declaration("stack", "Camera/Stack"),
            Declaration("kind", "Run type"),
            Declaration("shutter", "Shutter open"),
            Declaration("broken", "Fit"),
        ],
    )
    add_editable(database, "quality", "number", "Quality")
    add_editable(database, "good", "boolean", "Good")
    spot = np.add.outer(np.arange(40.0), np.arange(60.0))
    for run in range(1, 6):
        broken = Failure("Skip", "dark run") if run == 3 else Failure("ValueError", "no peak\nfound in the trace")
        add_run(
            run,
            {
                "energy": 100.0 + run / 3,
                "motor": run,
                "trace": np.sin(np.linspace(0, run, 50)) + 100,
                "image": spot * run,
                "stack": np.arange(24, dtype=np.uint16).reshape(2, 3, 4) + run,
                "kind": "dark" if run == 3 else "scan",
                "shutter": np.bool_(run != 3),
                "broken": 0.5 if run == 5 else broken,
                "start_time": 1.7e9 + 60 * run,
            },
        )
    write_edit(database, CellKey(PROPOSAL, 2, "comment"), "beam was unstable")
    write_edit(database, CellKey(PROPOSAL, 4, "quality"), 0.75)
    write_edit(database, CellKey(PROPOSAL, 4, "good"), True)
    return folder


@pytest.fixture
def notifier(qapp: QApplication) -> Notifier:
    return Notifier(qapp)


@pytest.fixture
def session(small_folder: Folder, notifier: Notifier) -> Iterator[FolderSession]:
    """The small folder, open and loaded. Work is done at once in the caller's thread; no listener, no timers.

    ``session.live.look()`` brings in what was written to the database since.
    """
    tasks = Tasks(notifier, synchronous=True)
    opened = FolderSession(FolderAccess(small_folder, read_only=False, proposal=PROPOSAL), notifier, tasks=tasks)
    opened.table.request_reload()
    yield opened
    opened.close()
