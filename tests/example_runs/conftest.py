"""EXtra-data's example runs, and context files computed on them by the whole backend: queue, worker, merge, API."""

import asyncio
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from extra_data import DataCollection, open_run

from damnit_backend.api import Damnit
from damnit_backend.api.variables import RunVariables
from damnit_backend.control.listener import request_reprocess
from damnit_backend.control.make import init_folder
from damnit_backend.core.keys import RunKey, Stage
from damnit_backend.core.settings import Settings
from damnit_backend.listener.service import Listener
from damnit_backend.store.database import Database
from damnit_backend.store.folder import USUAL_PLACE, Folder
from damnit_backend.store.jobs import Job, read_jobs

HERE = Path(__file__).parent
CONTEXTS = HERE / "contexts"


class Table:
    """A DAMNIT folder in a proposal."""

    def __init__(self, folder: Folder, proposal: int, settings: Settings) -> None:
        self.folder = folder
        self.proposal = proposal
        self._settings = settings

    def process(self, *runs: int, stage: Stage | None = None, variables: list[str] | None = None) -> list[Job]:
        """Compute the runs; their jobs, ended, in the order of the runs."""
        keys = [RunKey(self.proposal, run) for run in runs]
        ids = request_reprocess(self.folder, keys, variables, stage)

        async def until_done() -> None:
            await Listener(self.folder, self._settings, drain=True).run()

        asyncio.run(until_done())
        with Database(self.folder, read_only=True) as database:
            return sorted(read_jobs(database, ids), key=lambda job: job.request.key)

    def __getitem__(self, run: int) -> RunVariables:
        found: RunVariables = Damnit(self.folder.path)[run]
        return found

    def log(self, run: int) -> str:
        return self.folder.run_log(RunKey(self.proposal, run)).read_text()


@pytest.fixture(scope="session")
def example_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of six proposals with runs; see make_runs.py."""
    root = tmp_path_factory.mktemp("examples")
    runpy.run_path(str(HERE / "make_runs.py"))["make_runs"](root)
    return root


MakeTable = Callable[[Path, str], Table]


@pytest.fixture(scope="session")
def make_table() -> MakeTable:
    """Makes the DAMNIT folder of a proposal's directory, with the text of a context file."""

    def make(proposal_path: Path, context: str) -> Table:
        proposal = int(proposal_path.name[1:])
        return Table(init_folder(proposal_path / USUAL_PLACE, proposal, context), proposal, Settings())

    return make


class Instrument:
    """A proposal of the example runs, all of its runs computed with the instrument's context file."""

    def __init__(self, path: Path, table: Table) -> None:
        self.path = path
        self.table = table
        runs = sorted(int(folder.name[1:]) for folder in (path / "raw").iterdir())
        self.jobs = table.process(*runs)

    def open(self, run: int, data: str = "raw") -> DataCollection:
        """The run as EXtra-data gives it, to compare with."""
        return open_run(str(self.path), run, data=data)

    def values(self, run: int, *names: str) -> dict[str, Any]:
        """Full results by name."""
        found = self.table[run]
        return {name: found[name].read() for name in names}

    def failures(self, run: int) -> dict[str, tuple[str, str]]:
        """Class and message of what failed or was skipped."""
        found = {name: data.error for name, data in ((name, self.table[run][name]) for name in self.table[run])}
        return {name: (error.error_cls, error.message) for name, error in found.items() if error is not None}


@pytest.fixture(scope="session")
def instrument(example_runs: Path, make_table: MakeTable) -> Callable[[str], Instrument]:
    """An instrument's runs, computed once."""
    made: dict[str, Instrument] = {}

    def get(name: str) -> Instrument:
        if name not in made:
            (path,) = (example_runs / name).glob("*/p*")
            context = (CONTEXTS / f"{name.lower()}.py").read_text()
            made[name] = Instrument(path, make_table(path, context))
        return made[name]

    return get
