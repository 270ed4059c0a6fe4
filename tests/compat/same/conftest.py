"""Context files computed by both programs on the same runs, each in a folder of its own, and what these then hold."""

import io
import json
import runpy
import shutil
import sqlite3
import struct
import uuid
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from damnit_backend.control.make import init_folder

COMPAT = Path(__file__).parents[1]
EXAMPLES = COMPAT.parent / "example_runs"
PEOPLE = COMPAT / "people"


@dataclass(frozen=True)
class Case:
    """A context file and the runs that it is computed on. `extra`: it needs EXtra, and so the reference's Python."""

    context: Path
    proposal: int = 2304
    runs: tuple[int, ...] = (318,)
    extra: bool = False


FILES = (
    "basics", "numbers", "arrays", "figures", "cells", "skips", "globs", "grouped", "pipelines", "failures", "styles",
)  # fmt: skip
CASES = {
    **{name: Case(PEOPLE / f"{name}.py") for name in FILES},
    "outside": Case(PEOPLE / "outside" / "context.py"),
    "imports": Case(PEOPLE / "imports" / "context.py"),
    "stages": Case(PEOPLE / "stages.py", 2306, (210,)),
    "extra_components": Case(PEOPLE / "extra_components.py", extra=True),
    "spb": Case(EXAMPLES / "contexts" / "spb.py", 2301, (142, 238)),
    "fxe": Case(EXAMPLES / "contexts" / "fxe.py", 2302, (450, 451)),
    "scs": Case(EXAMPLES / "contexts" / "scs.py", 2303, (163,)),
    "sa3": Case(EXAMPLES / "contexts" / "sa3.py", 2304, (317,)),
    "jf": Case(EXAMPLES / "contexts" / "jf.py", 2305, (12, 52)),
    "sqs": Case(EXAMPLES / "contexts" / "sqs.py", 2306, (210,)),
}
"""By name. A file named context.py takes its folder with it."""
EVERY_KIND = Case(COMPAT / "contexts" / "values.py", 1234, (1,))
"""The context file of the fixtures of other tests, which have computed it."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test with the argument `case` runs for each."""
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("case", [*CASES, "every_kind"])


@pytest.fixture(scope="session", autouse=True)
def example_runs(proposals: Path) -> Path:
    """EXtra-data's example runs, in the data root of both programs."""
    runpy.run_path(str(EXAMPLES / "make_runs.py"))["make_runs"](proposals)
    return proposals


@dataclass(frozen=True)
class Twins:
    """The folders of both programs."""

    mine: Path
    theirs: Path


class Reference:
    """Runs the reference program on folders of its own, with a Slurm that computes at once."""

    def __init__(self, program: Any, empty: Path) -> None:
        self._empty = empty
        self._program = program
        self.python = program.python
        path = f"{COMPAT / 'standins' / 'bin'}:{program.environment['PATH']}"
        self._environment = program.environment | {"PATH": path}

    def make(self, folder: Path, proposal: int) -> Path:
        """A folder without a context file."""
        shutil.copytree(self._empty, folder)
        with sqlite3.connect(folder / "runs.sqlite") as sql:
            sql.execute("UPDATE metameta SET value = ? WHERE key = 'proposal'", (proposal,))
        sql.close()
        return folder

    def process(self, folder: Path, proposal: int, runs: Iterable[int], stage: str, *options: str) -> None:
        """What its listener does with new data of runs; the results are merged."""
        for run in runs:
            job = [str(proposal), str(run), stage, "--processing-id", str(uuid.uuid4()), "--update-vars", *options]
            command = [self._program.python, "-m", "damnit.backend.extract_data", *job]
            self._program.run(command, self._environment, folder)
        self._program.command("combiner", "now", folder)


@pytest.fixture(scope="session")
def by_reference(reference: Any, tmp_path_factory: pytest.TempPathFactory) -> Reference:
    """The reference program with an empty folder to begin with."""
    empty = tmp_path_factory.mktemp("empty") / "amore"
    reference.command("init", "--proposal", "1", empty)
    reference.command("db-config", "context_python", reference.python, cwd=empty)
    (empty / "context.py").unlink()
    return Reference(reference, empty)


@pytest.fixture(scope="session")
def make_twins(by_reference: Reference, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Makes a folder of each program; `python` is the interpreter for our context files."""

    def make(proposal: int, python: Path | None = None) -> Twins:
        root = tmp_path_factory.mktemp("twins")
        init_folder(root / "mine", proposal, python=None if python is None else str(python))
        return Twins(root / "mine", by_reference.make(root / "theirs", proposal))

    return make


@pytest.fixture(scope="session")
def compute(ours: Any, by_reference: Reference, make_twins: Any) -> Any:
    """Computes a case by both programs."""

    def compute(name: str) -> Twins:
        case = CASES[name]
        twins = make_twins(case.proposal, by_reference.python if case.extra else None)
        for folder in (twins.mine, twins.theirs):
            if case.context.name == "context.py":
                shutil.copytree(case.context.parent, folder, dirs_exist_ok=True)
            else:
                shutil.copyfile(case.context, folder / "context.py")
        ours.command("reprocess", twins.mine, ",".join(map(str, case.runs)))
        by_reference.process(twins.theirs, case.proposal, case.runs, "all")
        return twins

    return compute


@pytest.fixture(scope="session", autouse=True)
def computed(request: pytest.FixtureRequest, compute: Any) -> Iterator[dict[str, "Future[Twins]"]]:
    """All cases that the chosen tests ask for: two at a time, while other tests run."""
    request.getfixturevalue("example_runs")  # first: the cases are computed on them
    asked = [item.callspec.params.get("case") for item in request.session.items if hasattr(item, "callspec")]
    with ThreadPoolExecutor(2) as pool:
        yield {name: pool.submit(compute, name) for name in CASES if name in asked}


@pytest.fixture
def twins(case: str, computed: dict[str, "Future[Twins]"], request: pytest.FixtureRequest) -> Twins:
    """The folders of one case."""
    if case == "every_kind":
        return Twins(request.getfixturevalue("made_by_us"), request.getfixturevalue("made_by_reference"))
    return computed[case].result()


class Stored:
    """What a folder holds of a run, in parts that can be compared: by variable, and in it by part."""

    NETCDF = frozenset(
        ("CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST", "_Netcdf4Dimid", "_Netcdf4Coordinates", "desk_restore")
    )
    AREAS = (".reduced", ".preview", ".errors")

    def __init__(self, folder: Path, proposal: int, run: int) -> None:
        self._folder = folder
        self._key = (proposal, run)

    def parts(self) -> dict[str, dict[str, Any]]:
        """For each variable what there is of it: in the table (`sql …`), in its file (`hdf5 …`), declared."""
        found: dict[str, dict[str, Any]] = {}
        for source in (self._rows(), self._declared(), self._tree(), self._run()):
            for name, parts in source.items():
                found.setdefault(name, {}).update(parts)
        return found

    def _query(self, query: str, *values: Any) -> list[Any]:
        sql = sqlite3.connect(self._folder / "runs.sqlite")
        found = sql.execute(query, values).fetchall()
        sql.close()
        return found

    def _rows(self) -> dict[str, dict[str, Any]]:
        rows = self._query(
            "SELECT name, value, summary_type, coalesce(summary_method, ''), max_diff, version, attributes"
            " FROM run_variables WHERE proposal = ? AND run = ? AND provenance = 'context.py'",
            *self._key,
        )
        found = {}
        for name, value, summary_type, method, max_diff, version, attributes in rows:
            known = {key: text for key, text in json.loads(attributes or "{}").items() if not key.startswith("desk_")}
            found[name] = {
                "sql value": decoded(value, summary_type) if isinstance(value, bytes) else value,
                "sql summary_type": summary_type,
                "sql summary_method": method,
                "sql max_diff": max_diff,
                "sql version": version,
                **{f"sql {key}": text for key, text in known.items()},
            }
        return found

    def _run(self) -> dict[str, dict[str, Any]]:
        rows = self._query("SELECT start_time FROM run_info WHERE proposal = ? AND run = ?", *self._key)
        return {"start_time": {"sql run_info": rows}}

    def _declared(self) -> dict[str, dict[str, Any]]:
        rows = self._query(
            "SELECT variables.name, title, description, type, group_concat(tags.name) FROM variables"
            " LEFT JOIN variable_tags ON variable_name = variables.name LEFT JOIN tags ON tags.id = tag_id"
            " WHERE type IS NULL GROUP BY variables.name"
        )
        return {name: {"declared": (*rest, sorted((tags or "").split(",")))} for name, *rest, tags in rows}

    def _tree(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        with h5py.File(self._folder / "extracted_data" / "p{}_r{}.h5".format(*self._key)) as file:
            for area, parent in [("", file), *((area, file[area]) for area in self.AREAS if area in file)]:
                for name in parent.keys() - set(self.AREAS):
                    parts = found.setdefault(name, {})
                    self._add(parts, f"hdf5 {area.lstrip('.') or 'data'}", parent[name])
                    if isinstance(parent[name], h5py.Group):
                        for inner, node in parent[name].items():
                            self._add(parts, f"hdf5 {area.lstrip('.') or 'data'}/{inner}", node)
        return found

    def _add(self, parts: dict[str, Any], place: str, node: h5py.Dataset | h5py.Group) -> None:
        for name, value in node.attrs.items():
            if name not in self.NETCDF and (name, value) != ("summary_method", ""):
                attribute = node.attrs.get_id(name)
                parts[f"{place} @{name}"] = (str(attribute.dtype), attribute.shape, str(value))
        if isinstance(node, h5py.Dataset):
            objtype = node.attrs.get("_damnit_objtype", node.parent.attrs.get("_damnit_objtype"))
            parts[place] = content(node, objtype, picture=place == "hdf5 reduced" and node.dtype == np.uint8)


def decoded(value: bytes, summary_type: str | None) -> Any:
    """What bytes of `run_variables` mean, comparable between drawings of different libraries."""
    if summary_type == "complex":
        return complex(*struct.unpack("<dd", value))
    if value.startswith(b"\x89PNG"):
        return "picture", Image.open(io.BytesIO(value)).size
    return np.load(io.BytesIO(value)).tolist()


def content(node: h5py.Dataset, objtype: str | None, picture: bool) -> Any:
    """What a dataset holds: of pictures the size, of serialised objects the objects."""
    if picture and node.ndim == 1:
        return decoded(node[()].tobytes(), None)
    if objtype in ("series", "dataframe"):
        return pd.read_parquet(io.BytesIO(node[()].tobytes())).to_csv()
    if objtype == "PlotlyFigure":
        return json.loads(node[()].tobytes())
    data = node.asstr()[()] if h5py.check_string_dtype(node.dtype) else node[()]
    if objtype == "image":
        return "picture", data.shape
    return str(node.dtype), node.shape, np.asarray(data).tolist() if node.size < 1e6 else hash(data.tobytes())


def parts_that_differ(one: dict[str, Any], other: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {
        part: (one.get(part, "nothing"), other.get(part, "nothing"))
        for part in sorted(one.keys() | other.keys())
        if repr(one.get(part, "nothing")) != repr(other.get(part, "nothing"))  # in which NaN equals itself
    }


@pytest.fixture(scope="session")
def compare() -> Any:
    """Compares what two folders hold of a run: by variable, the parts in which they differ; all variables."""

    def compare(twins: Twins, proposal: int, run: int) -> dict[str, dict[str, tuple[Any, Any]]]:
        mine, theirs = (Stored(folder, proposal, run).parts() for folder in (twins.mine, twins.theirs))
        names = sorted(mine.keys() | theirs.keys())
        return {name: parts_that_differ(mine.get(name, {}), theirs.get(name, {})) for name in names}

    return compare


@pytest.fixture
def differences(case: str, twins: Twins, compare: Any) -> dict[str, dict[str, tuple[Any, Any]]]:
    """Of all runs of a case: by variable, also those that are the same, the parts in which it differs in any run."""
    found: dict[str, dict[str, tuple[Any, Any]]] = {}
    known = EVERY_KIND if case == "every_kind" else CASES[case]
    for run in known.runs:
        for name, parts in compare(twins, known.proposal, run).items():
            found.setdefault(name, {}).update(parts)
    return found
