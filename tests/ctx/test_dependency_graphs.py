"""Any graph of dependencies, whatever its Variables do: each ends as a simple model says, after what it needs."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import h5py
import pytest
from damnit_ctx import Cell, Skip
from damnit_ctx.context import LoadedContext
from damnit_ctx.execute import Executor, Plan
from damnit_ctx.inputs import Inputs
from damnit_ctx.load import Loader
from damnit_ctx.write import FragmentWriter
from extra_data import SourceNameError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

BEHAVIOURS = ("number", "number", "number", "array", "none", "empty cell", "skip", "error", "no source", "unsaveable")
DEFAULT = 100


@dataclass(frozen=True)
class Definition:
    """A Variable of the model; `asks` are names or globs, each with whether the argument has a default."""

    behaviour: str
    asks: tuple[tuple[str, bool], ...]
    data: str | None
    cluster: bool
    transient: bool


@dataclass(frozen=True)
class End:
    """How a Variable ends; `value` is what its dependants get, None for nothing."""

    kind: str
    error_cls: str = ""
    value: Any = None

    @property
    def excused(self) -> bool:
        return self.kind in ("none", "skip") or self.error_cls == "SourceNameError"


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Definition]:
    """Up to nine Variables in any order of definition; each asks for earlier ones of a hidden order."""
    names = [f"{draw(st.sampled_from('ab'))}{i}" for i in range(draw(st.integers(1, 9)))]
    found: dict[str, Definition] = {}
    for i, name in enumerate(names):
        asks: list[tuple[str, bool]] = []
        if i:
            known = st.sampled_from(names[:i])
            asks = draw(st.lists(st.tuples(known, st.booleans()), max_size=3))
            digits = "".join(str(k) for k in draw(st.sets(st.integers(0, i - 1), min_size=1)))
            glob = f"{draw(st.sampled_from(['a', '?', '[ab]']))}[{digits}]"
            if draw(st.booleans()) and any(fnmatchcase(other, glob) for other in names):
                asks.append((glob, draw(st.booleans())))
        found[name] = Definition(
            draw(st.sampled_from(BEHAVIOURS)),
            tuple(asks),
            draw(st.sampled_from([None, None, None, "raw", "proc"])),
            draw(st.sampled_from([False, False, False, True])),
            draw(st.sampled_from([False, False, False, True])),
        )
    return {name: found[name] for name in draw(st.permutations(names))}


def text_of(model: dict[str, Definition]) -> str:
    text = "from damnit_ctx import Variable\n"
    for name, one in model.items():
        ordered = sorted(enumerate(one.asks), key=lambda ask: ask[1][1])  # those with defaults come last
        arguments = "".join(f', x{i}: "var#{asked}"' + f" = {DEFAULT}" * has for i, (asked, has) in ordered)
        given = ", ".join(f"x{i}" for i in range(len(one.asks)))
        text += f"@Variable(data={one.data!r}, cluster={one.cluster}, transient={one.transient})\n"
        text += f"def {name}(run{arguments}): return run({name!r}, [{given}])\n"
    return text


class Run:
    """What the Variables get as run: does what the model says of each, and notes the calls."""

    def __init__(self, model: dict[str, Definition]) -> None:
        self._model = model
        self.calls: list[str] = []

    def __call__(self, name: str, given: list[Any]) -> Any:
        self.calls.append(name)
        return made(self._model[name].behaviour, 1 + sum(map(total, given)))


def total(value: Any) -> Any:
    """The number in whatever a dependant may get."""
    if isinstance(value, (dict, list)):
        return sum(map(total, value.values() if isinstance(value, dict) else value))
    return value.sum() if hasattr(value, "sum") else getattr(value, "number", value)


class Unsaveable:
    def __init__(self, number: int) -> None:
        self.number = number


def made(behaviour: str, number: Any) -> Any:
    if behaviour == "skip":
        raise Skip("why")
    if behaviour == "error":
        raise ValueError("oh")
    if behaviour == "no source":
        raise SourceNameError("A/B")
    kinds = {
        "number": number,
        "array": [number, 0],
        "none": None,
        "empty cell": Cell(None),
        "unsaveable": Unsaveable(number),
    }
    return kinds[behaviour]


def meant(asked: str, model: dict[str, Definition]) -> list[str]:
    return [name for name in model if fnmatchcase(name, asked)]


def expected(model: dict[str, Definition]) -> dict[str, End]:
    ends: dict[str, End] = {}

    def end_of(name: str) -> End:
        if name not in ends:
            ends[name] = computed(model[name])
        return ends[name]

    def computed(one: Definition) -> End:
        number, causes = 1, []
        for asked, has_default in one.asks:
            there = [end for end in map(end_of, meant(asked, model)) if end.value is not None]
            if there:
                number += sum(end.value for end in there)
            elif has_default:
                number += DEFAULT
            else:
                causes += [end_of(needed) for needed in meant(asked, model)]
        if causes:
            excused = all(cause.excused for cause in causes)
            return End("skip", "Skip") if excused else End("error", "DependencyError")
        return {
            "number": End("ok", value=number),
            "array": End("ok", value=number),
            "none": End("none"),
            "empty cell": End("none"),
            "skip": End("skip", "Skip"),
            "error": End("error", "ValueError"),
            "no source": End("error", "SourceNameError"),
            "unsaveable": End("ok", value=number) if one.transient else End("error", "CannotSave"),
        }[one.behaviour]

    for name in model:
        end_of(name)
    return ends


def needed_by(name: str, model: dict[str, Definition]) -> set[str]:
    """All that a Variable needs, directly or not."""
    direct = {n for asked, _ in model[name].asks for n in meant(asked, model)}
    return direct.union(*(needed_by(n, model) for n in direct))


def data_of(name: str, model: dict[str, Definition]) -> str:
    one = model[name]
    inherited = any(data_of(n, model) == "proc" for asked, _ in one.asks for n in meant(asked, model))
    return one.data or ("proc" if inherited else "raw")


def clashes(model: dict[str, Definition]) -> list[str]:
    """The Variables that say "raw" and need calibrated data."""
    return [
        name
        for name, one in model.items()
        if one.data == "raw" and any(data_of(n, model) == "proc" for asked, _ in one.asks for n in meant(asked, model))
    ]


def loaded(model: dict[str, Definition]) -> LoadedContext:
    """The model as a context file; those that clash are made to follow what they need."""
    wrong = clashes(model)
    while wrong:
        for name in wrong:
            model[name] = Definition(**{**vars(model[name]), "data": None})
        wrong = clashes(model)
    context = Loader().load(Path("/context.py"), Path("/tmp"), text_of(model))
    assert isinstance(context, LoadedContext), context
    return context


def execute(
    context: LoadedContext, model: dict[str, Definition], names: list[str], folder: Path
) -> tuple[list[dict[str, Any]], Run, dict[str, Any]]:
    """The events, the run with its calls, and what the file has of each Variable: its number, or an error's class."""
    run, events = Run(model), list[dict[str, Any]]()
    paths: list[Path] = []
    writer = FragmentWriter(folder, "p1_r1", "token", lambda path, _: paths.append(path))
    Executor(context, Plan(tuple(context.order(names))), run, Inputs(), writer, events.append).execute()
    writer.close()
    stored: dict[str, Any] = {}
    for path in paths:
        with h5py.File(path) as file:
            stored.update({name: file[name]["data"][()].sum() for name in file if not name.startswith(".")})
            stored.update({name: error.attrs["type"] for name, error in file.get(".errors", {}).items()})
    return events, run, stored


many = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@many
@given(definitions())
def test_that_each_variable_ends_as_the_model_says(model: dict[str, Definition]) -> None:
    context = loaded(model)
    ends = expected(model)
    with tempfile.TemporaryDirectory() as folder:
        events, run, stored = execute(context, model, list(model), Path(folder))

    finished = [event for event in events if event["event"] == "finished"]
    assert {e["variable"]: (e["outcome"], e.get("error_cls", "")) for e in finished} == {
        name: (end.kind, end.error_cls) for name, end in ends.items()
    }
    place = {event["variable"]: i for i, event in enumerate(finished)}
    assert len(finished) == len(place) == len(model)
    assert all(place[needed] < place[name] for name in model for needed in needed_by(name, model))
    skipped = {name for name, one in model.items() if ends[name].error_cls in ("DependencyError", "Skip") and one.asks}
    assert set(run.calls) | skipped == set(model)
    assert stored == {
        name: ends[name].error_cls or ends[name].value
        for name, one in model.items()
        if ends[name].kind != "none" and not one.transient
    }


@many
@given(definitions(), st.data())
def test_that_a_part_of_the_graph_is_computed_as_in_the_whole(
    model: dict[str, Definition], data: st.DataObject
) -> None:
    context = loaded(model)
    ends = expected(model)
    wanted = data.draw(st.lists(st.sampled_from(sorted(model)), unique=True))
    with tempfile.TemporaryDirectory() as folder:
        events, _, _ = execute(context, model, wanted, Path(folder))

    finished = {e["variable"]: e["outcome"] for e in events if e["event"] == "finished"}
    assert set(finished) == set(wanted).union(*(needed_by(name, model) for name in wanted))
    assert finished == {name: ends[name].kind for name in finished}


@many
@given(definitions())
def test_that_data_and_cluster_follow_from_what_is_needed(model: dict[str, Definition]) -> None:
    stated = dict(model)
    wrong = clashes(stated)
    problems = Loader().load(Path("/context.py"), Path("/tmp"), text_of(stated))
    assert isinstance(problems, list) == bool(wrong)
    if isinstance(problems, list):
        lines = text_of(stated).split("\n")
        assert {lines[problem.line or 0].split("(")[0] for problem in problems} == {f"def {name}" for name in wrong}

    context = loaded(model)

    for name, node in context.nodes.items():
        assert node.data == data_of(name, model)
        assert node.cluster == any(model[n].cluster for n in {name, *needed_by(name, model)})


@many
@given(definitions())
def test_that_the_tree_of_causes_names_those_that_are_to_blame(model: dict[str, Definition]) -> None:
    context = loaded(model)
    ends = expected(model)
    with tempfile.TemporaryDirectory() as folder:
        events, run, _ = execute(context, model, list(model), Path(folder))

    for event in events:
        if (
            event["event"] == "finished"
            and event["outcome"] in ("skip", "error")
            and event["variable"] not in run.calls
        ):
            named = {word.rstrip(",") for word in event["message"].split()} & set(model)
            roots = {n for n in named if n in run.calls}
            assert named <= needed_by(event["variable"], model)
            assert roots, event["message"]
            assert all(ends[n].value is None for n in named)


@pytest.mark.parametrize("length", [50, 3000])
def test_that_a_long_chain_fails_from_its_first_link_on(length: int) -> None:
    model = {"a0": Definition("error", (), None, False, False)}
    for i in range(1, length):
        model[f"a{i}"] = Definition("number", ((f"a{i - 1}", False),), None, False, True)
    context = Loader().load(Path("/context.py"), Path("/tmp"), text_of(model))
    assert isinstance(context, LoadedContext)
    with tempfile.TemporaryDirectory() as folder:
        events, run, _ = execute(context, model, [f"a{length - 1}"], Path(folder))

    assert run.calls == ["a0"]
    last = events[-1]
    assert last["error_cls"] == "DependencyError"
    assert last["message"].rstrip().endswith("a0 failed: ValueError: oh")
    assert len(last["message"].split("\n")) < 20
