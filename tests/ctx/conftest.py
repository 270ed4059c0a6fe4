"""Small runs, loaded contexts, executed Variables."""

from __future__ import annotations

import json
import os
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import pytest
from damnit_ctx.codes import codes_of
from damnit_ctx.context import LoadedContext
from damnit_ctx.execute import Executor, Plan
from damnit_ctx.inputs import Inputs
from damnit_ctx.load import Loader
from damnit_ctx.origin import Code
from damnit_ctx.problem import Problem
from damnit_ctx.user_files import own_modules
from damnit_ctx.write import FragmentWriter


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
def warnings_of(context_of: Callable[[str], LoadedContext]) -> Callable[[str], list[Problem]]:
    """What is odd about a text that can be used all the same."""
    return lambda text: list(context_of(text).warnings)


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

    def execute(text: str, run: Any = object(), **inputs: Any) -> Executed:  # noqa: B008  (any object will do)
        context = context_of(HEADER + textwrap.dedent(text))
        done = Executed()
        writer = FragmentWriter(folder / "extracted_data", "p1_r2", "token", lambda p, _: done.paths.append(p))
        plan = Plan(tuple(context.order(context.nodes)))
        meta = {"run_number": 2, "proposal": 1, "proposal_path": Path("/p000001")}
        Executor(context, plan, run, Inputs(meta, **inputs), writer, done.events.append).execute()
        writer.close()
        return done

    return execute


@pytest.fixture
def header() -> str:
    """What the texts given to `execute` begin with."""
    return HEADER


@pytest.fixture
def executed_from() -> type[Executed]:
    """To read fragments that others wrote."""
    return Executed


@pytest.fixture
def codes(folder: Path) -> Callable[..., dict[str, Code]]:
    """Gives the codes of a context file's Variables; `files` are modules beside it, by name without `.py`."""
    loader = Loader()

    def made(text: str, **files: str) -> dict[str, Code]:
        for path in folder.iterdir():
            if path.suffix == ".py":
                path.unlink()
        for name, content in {"context": text, **files}.items():
            (folder / f"{name}.py").write_text(content, encoding="utf-8")
        loaded = loader.load(folder / "context.py", folder)
        assert isinstance(loaded, LoadedContext), loaded
        return codes_of(loaded, own_modules(loaded.path))

    return made
