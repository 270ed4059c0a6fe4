"""A healthy folder, computed once by a real listener, and copies of it to damage."""

import contextlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from damnit_backend.care import file_readers
from damnit_backend.care.doctor import examine_folder
from damnit_backend.control.listener import request_reprocess
from damnit_backend.control.make import init_folder
from damnit_backend.core.findings import Finding, Report
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.core.settings import Settings
from damnit_backend.listener.service import serve
from damnit_backend.simulator import Beamtime, BeamtimeOptions
from damnit_backend.store.edits import write_edit
from damnit_backend.store.folder import USUAL_PLACE, Folder
from damnit_backend.store.opening import open_database

RUNS = (1, 2, 3)
CONTEXT = """
import numpy as np
import pandas as pd
import xarray as xr
from damnit_ctx import Cell, Skip, Variable

@Variable(title="Trains")
def n_trains(run):
    return len(run.train_ids)

@Variable(title="Run number", units="1")
def number(run, number: "meta#run_number"):
    return number + 0.5

@Variable(title="Text")
def text(run):
    return "µ text"

@Variable(title="True")
def truth(run):
    return True

@Variable(title="Complex")
def phase(run, number: "meta#run_number"):
    return number + 2j

@Variable(title="Trace")
def trace(run, number: "meta#run_number"):
    return np.random.default_rng(number).normal(size=2000)

@Variable(title="Image")
def image(run):
    return Cell(np.arange(60 * 80.0).reshape(60, 80), preview=np.arange(12.0).reshape(3, 4))

@Variable(title="Stack", summary="mean")
def stack(run):
    return xr.DataArray(np.arange(24.0).reshape(2, 3, 4), dims=("t", "y", "x"), coords={"t": [5, 7]}, name="stack")

@Variable(title="Set")
def dataset(run):
    return xr.Dataset({"a": ("x", np.arange(5)), "b": ("x", list("vwxyz"))})

@Variable(title="Frame")
def frame(run):
    return pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})

@Variable(title="Not a number")
def nan(run):
    return float("nan")

@Variable(title="Nothing")
def nothing(run):
    return None

@Variable(title="Broken")
def broken(run):
    raise ValueError("always")

@Variable(title="Skipped")
def skipped(run):
    raise Skip("never")
"""


@pytest.fixture(scope="session")
def computed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of a simulated facility with a folder of three computed runs and a comment."""
    root = tmp_path_factory.mktemp("care")
    beamtime = Beamtime(
        root, BeamtimeOptions(trains=10, pulses=4, trace_samples=100, camera_shape=(16, 24), proposal=1234)
    )
    beamtime.prepare()
    for run in RUNS:
        beamtime.write_raw(run)
    folder = init_folder(beamtime.proposal_path / USUAL_PLACE, 1234, CONTEXT)
    request_reprocess(folder, [RunKey(1234, run) for run in RUNS])
    serve(folder, Settings(), drain=True)
    with open_database(folder) as database:
        write_edit(database, CellKey(1234, 2, "comment"), "seen by people")
    return root


@pytest.fixture(autouse=True)
def one_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few files are read sooner by one process, which has to be started first."""
    monkeypatch.setattr(file_readers, "PROCESSES", 1)


@pytest.fixture
def damnit_folder(computed: Path, tmp_path: Path) -> Folder:
    """A copy of the computed folder, whose database has version numbers and all else of a folder in use."""
    root = shutil.copytree(computed, tmp_path / "facility")
    (found,) = root.glob(f"*/*/p001234/{USUAL_PLACE}")
    return Folder(found)


@pytest.fixture
def examine(damnit_folder: Folder) -> Callable[..., Report]:
    """``examine("results", …, quick=…, fix=…)`` runs some checks, or all."""

    def run(*only: str, folder: Folder = damnit_folder, settings: Settings | None = None, **options: bool) -> Report:
        return examine_folder(folder, settings or Settings(), only=only, **options)

    return run


@pytest.fixture
def problems(examine: Callable[..., Report]) -> Callable[..., list[Finding]]:
    """``problems("results", …)`` examines, and gives only what is wrong; a notice is not."""

    def run(*only: str, **options: bool) -> list[Finding]:
        return [finding for finding in examine(*only, **options).findings if finding.is_problem]

    return run


@pytest.fixture
def plain_sql(damnit_folder: Folder) -> Iterator[Callable[..., sqlite3.Connection]]:
    """``plain_sql()`` connects as another program does; commits at once."""
    with contextlib.ExitStack() as stack:

        def connect() -> sqlite3.Connection:
            return stack.enter_context(
                contextlib.closing(sqlite3.connect(damnit_folder.database, isolation_level=None))
            )

        yield connect
