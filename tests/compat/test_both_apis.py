"""The Python APIs of both programs, on folders of both: the same values, kind by kind."""

import shutil
from pathlib import Path
from typing import Any

import pytest

PLACEHOLDERS = {"<sparkline>": "<trend>", "<thumbnail>": "<image>"}
BOOLEAN = {"user_boolean": [{"bool": True}], "true": [{"bool": True}], "numpy_false": [{"bool": False}]}
"""Truth values, which DAMNIT 0.4.0 gives as 0 and 1."""


@pytest.fixture(scope="module", params=["made_by_reference", "made_by_us"])
def answers(
    request: pytest.FixtureRequest, ours, reference, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Any, Any]:
    """What our API says of a folder, and what the reference program's does; of a folder of either program."""
    made: Path = request.getfixturevalue(request.param)
    folder = Path(shutil.copytree(made, tmp_path_factory.mktemp("read") / "amore"))
    return ours.read(folder), reference.read(folder)


def test_that_they_see_the_same_runs_and_times(answers: tuple[Any, Any]) -> None:
    mine, theirs = answers
    assert mine["proposal"] == theirs["proposal"] == 1234
    assert mine["runs"].keys() == theirs["runs"].keys() == {"1"}
    assert mine["start_time"] == pytest.approx(theirs["start_time"])


def of_variables(answer: Any, part: str) -> dict[str, Any]:
    """One fact of each variable of run 1 that has a value."""
    return {name: facts[part] for name, facts in answer["runs"]["1"]["variables"].items()}


@pytest.mark.parametrize("part", ["read", "units", "title"])
def test_that_they_read_the_same_values(answers: tuple[Any, Any], part: str) -> None:
    mine, theirs = (of_variables(answer, part) for answer in answers)
    # It lists the start time among the variables, and fails on summaries without data; its comment has a capital title.
    known = {"start_time", "not_a_number", "cell_none_summary", "comment", *(BOOLEAN if part == "read" else ())}
    assert len(theirs) > 50
    assert {n: mine.get(n) for n in theirs if n not in known} == {n: theirs[n] for n in theirs if n not in known}


def test_that_they_read_the_same_previews(answers: tuple[Any, Any]) -> None:
    mine, theirs = (of_variables(answer, "preview") for answer in answers)
    shown = {n: value for n, value in theirs.items() if value and not value.keys() & {"raised", "plotly"}}
    assert len(shown) > 20
    assert {name: mine[name] for name in shown} == shown


def test_that_only_ours_lists_what_failed(answers: tuple[Any, Any]) -> None:
    mine, theirs = (answer["runs"]["1"]["variables"] for answer in answers)
    failed = {name for name, facts in mine.items() if facts["read"] == {"raised": "VariableError"}}
    assert {"raises", "says_skip", "no_source", "needs_raises", "cannot_save_dict"} <= failed
    assert not failed & theirs.keys()


def translated(column: list[Any]) -> list[Any]:
    """A column of its table with our names for what does not fit into a table."""
    return [{"str": PLACEHOLDERS.get(x["str"], x["str"])} if x and "str" in x else x for x in column]


def test_that_they_give_the_same_table(answers: tuple[Any, Any]) -> None:
    mine, theirs = (answer["table"] for answer in answers)
    common = (mine.keys() & theirs.keys()) - BOOLEAN.keys()
    assert len(common) > 70
    assert {name: mine[name] for name in common} == {name: translated(theirs[name]) for name in common}
