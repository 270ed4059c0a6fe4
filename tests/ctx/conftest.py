"""Small runs, loaded contexts, executed Variables, and a running server."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import damnit_ctx
import h5py
import pytest
from damnit_ctx.context import LoadedContext
from damnit_ctx.execute import Executor, Plan
from damnit_ctx.load import Loader
from damnit_ctx.problem import Problem
from damnit_ctx.write import FragmentWriter

PACKAGE_PATH = Path(damnit_ctx.__file__).parents[1]
PATIENCE = 30.0


@pytest.fixture(scope="session")
def proposal_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A proposal with raw and calibrated data of run 1, raw data of run 2, and a run 3 that is no data."""
    from extra_data.tests.mockdata import write_file
    from extra_data.tests.mockdata.motor import Motor
    from extra_data.tests.mockdata.xgm import XGM

    path = tmp_path_factory.mktemp("data") / "p700000"
    for folder, run, source in (("raw", 1, "RAW"), ("proc", 1, "CORR"), ("raw", 2, "RAW")):
        run_path = path / folder / f"r{run:04d}"
        run_path.mkdir(parents=True)
        device = Motor("TEST/MOTOR/CALIBRATED") if folder == "proc" else XGM("TEST/XGM/DOOCS")
        write_file(run_path / f"{source}-R{run:04d}-DA01-S00000.h5", [device], ntrains=5, format_version="1.2")
    broken = path / "raw" / "r0003"
    broken.mkdir()
    (broken / "RAW-R0003-DA01-S00000.h5").write_bytes(b"no HDF5")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The DAMNIT folder."""
    path = tmp_path / "amore"
    path.mkdir()
    return path


@pytest.fixture(autouse=True)
def _restored_process() -> Iterator[None]:
    """Loading changes the working directory and the import path, which other tests must not see."""
    before, path, modules = Path.cwd(), list(sys.path), set(sys.modules)
    yield
    os.chdir(before)
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if name.startswith(("damnit_context", "own_")):
            del sys.modules[name]


Load = Callable[..., "LoadedContext | list[Problem]"]


@pytest.fixture
def load(folder: Path) -> Load:
    """Load a text as the folder's context file."""
    loader = Loader()

    def load(text: str) -> LoadedContext | list[Problem]:
        path = folder / "context.py"
        path.write_text(textwrap.dedent(text))
        return loader.load(path, folder)

    return load


@pytest.fixture
def problems_of(load: Load) -> Callable[[str], list[Problem]]:
    def problems_of(text: str) -> list[Problem]:
        loaded = load(text)
        assert isinstance(loaded, list), "it loaded"
        return loaded

    return problems_of


@pytest.fixture
def context_of(load: Load) -> Callable[[str], LoadedContext]:
    def context_of(text: str) -> LoadedContext:
        loaded = load(text)
        assert isinstance(loaded, LoadedContext), loaded
        return loaded

    return context_of


@dataclass
class Executed:
    """What executing a context file left: events, and the published fragments."""

    events: list[dict[str, Any]] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)

    def outcome(self, name: str) -> dict[str, Any]:
        """The last "finished" event of the Variable."""
        return [e for e in self.events if e["event"] == "finished" and e["variable"] == name][-1]

    def file_with(self, place: str) -> h5py.File | None:
        for path in self.paths:
            file = h5py.File(path)
            if place in file:
                return file
            file.close()
        return None

    def path_of(self, name: str) -> Path:
        """The fragment that has the Variable's result."""
        with self.open(name) as file:
            return Path(file.filename)

    def open(self, place: str) -> h5py.File:
        file = self.file_with(place)
        assert file is not None, f"{place} is in no fragment"
        return file

    def read(self, place: str) -> Any:
        with self.open(place) as file:
            value = file[place][()]
            return value.decode() if isinstance(value, bytes) else value

    def attributes(self, place: str) -> dict[str, Any]:
        with self.open(place) as file:
            return dict(file[place].attrs)

    def records(self) -> dict[str, dict[str, Any]]:
        """What `desk_computed` says, in all fragments."""
        found: dict[str, dict[str, Any]] = {}
        for path in self.paths:
            with h5py.File(path) as file:
                assert file.attrs["provenance"] == "context.py"
                found.update(json.loads(file.attrs["desk_computed"]))
        return found

    def places(self) -> set[str]:
        """All datasets and groups of the fragments."""
        found: set[str] = set()
        for path in self.paths:
            with h5py.File(path) as file:
                file.visit(found.add)
        return found


HEADER = """\
import numpy as np
import xarray as xr
from damnit_ctx import Variable, Cell, Skip
"""


@pytest.fixture
def execute(context_of: Callable[[str], LoadedContext], folder: Path) -> Callable[[str], Executed]:
    """Execute all Variables of a context file's text in this process, on a run that is only an object."""

    def execute(text: str, run: Any = object()) -> Executed:  # noqa: B008  (any object will do)
        context = context_of(HEADER + textwrap.dedent(text))
        done = Executed()
        writer = FragmentWriter(folder / "extracted_data", "p1_r2", "token", lambda p, _: done.paths.append(p))
        plan = Plan(tuple(context.order(context.nodes)))
        meta = {"run_number": 2, "proposal": 1, "proposal_path": Path("/p000001")}
        Executor(context, plan, run, meta, writer, done.events.append).execute()
        writer.close()
        return done

    return execute


class Client:
    """The other end of a server process's protocol."""

    def __init__(self, cwd: Path, log: Path, **environment: str) -> None:
        self.log = log
        with log.open("wb") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "damnit_ctx", "serve"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                cwd=cwd,
                env={**os.environ, "PYTHONPATH": str(PACKAGE_PATH), **environment},
            )
        self._buffer = b""
        self.events: list[dict[str, Any]] = []
        self.hello = self.receive()
        self.events.clear()

    def send(self, **request: Any) -> None:
        self.send_line(json.dumps(request).encode())

    def send_line(self, line: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        """The next event. Fails if none comes, or if what comes is no event."""
        assert self.process.stdout is not None
        end = time.monotonic() + PATIENCE
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._buffer:
                assert selector.select(max(0.0, end - time.monotonic())), "no event came"
                data = os.read(self.process.stdout.fileno(), 1 << 16)
                assert data, f"the server ended: {self.log.read_text()}"
                self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\n")
        event: dict[str, Any] = json.loads(line)
        self.events.append(event)
        return event

    def until(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Receive until there is an event of this kind with these fields."""
        while True:
            event = self.receive()
            if event["event"] == kind and fields.items() <= event.items():
                return event

    def finished(self, name: str) -> dict[str, Any]:
        """The last "finished" event of the Variable that was received."""
        return [e for e in self.events if e["event"] == "finished" and e["variable"] == name][-1]

    def results(self) -> Executed:
        """What the fragments received so far hold."""
        paths = [Path(e["path"]) for e in self.events if e["event"] == "fragment"]
        return Executed(self.events, paths)

    def is_idle(self) -> bool:
        """Whether the server lives and each run that it began is done."""
        begun = {e["id"] for e in self.events if e["event"] == "running"}
        return self.process.poll() is None and begun <= {e["id"] for e in self.events if e["event"] == "done"}

    def close(self) -> int:
        """End of the server's input; gives its exit status."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        status = self.process.wait(PATIENCE)
        self.process.stdout.close()
        return status


@pytest.fixture(scope="session")
def _servers() -> Iterator[list[Client]]:
    """At most one server that waits for the next test: one test's doings must not disturb another's."""
    servers: list[Client] = []
    yield servers
    for client in servers:
        assert client.close() == 0


@pytest.fixture
def client(_servers: list[Client], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A server that has said hello, perhaps to other tests before."""
    path = tmp_path_factory.mktemp("server")
    client = _servers.pop() if _servers else Client(path, path / "server.log")
    yield client
    if client.is_idle():
        client.send(do="nothing", id=-1)
        client.until("bad_request", id=-1)
        client.events.clear()
        _servers.append(client)
    elif client.process.stdout is not None and not client.process.stdout.closed:
        assert client.close() == 0


@pytest.fixture
def new_client(tmp_path: Path) -> Iterator[Client]:
    """A server that has been asked nothing."""
    client = Client(tmp_path, tmp_path / "server.log")
    yield client
    assert client.close() == 0


@pytest.fixture
def load_in(client: Client, folder: Path) -> Callable[[str], dict[str, Any]]:
    """Have the server load a text as the folder's context file; gives its answer."""

    def load_in(text: str) -> dict[str, Any]:
        path = folder / "context.py"
        path.write_text(HEADER + textwrap.dedent(text))
        client.send(do="load", id=1, path=str(path), folder=str(folder))
        return client.receive()

    return load_in


@pytest.fixture
def run_in(client: Client, folder: Path, proposal_path: Path) -> Callable[..., None]:
    """Have the server run what it loaded; the fields of the request may be changed."""

    def run_in(id: int = 2, **fields: Any) -> None:  # noqa: A002
        request = {
            "proposal": 700000,
            "run": 1,
            "proposal_path": str(proposal_path),
            "data": "all",
            "trigger": None,
            "variables": None,
            "fragments": str(folder / "extracted_data"),
            "log": str(folder / "process_logs" / "r1-p700000.out"),
            "seconds": None,
        }
        client.send(do="run", id=id, **{**request, **fields})

    return run_in
