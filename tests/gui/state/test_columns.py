"""Columns, their order and their titles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from damnit_backend.core.values import CellValue, Failure, Kind
from damnit_backend.store.table import VariableInfo
from damnit_gui.state.columns import (
    Column,
    ColumnFacts,
    Span,
    all_columns,
    arrange,
    column_facts,
    column_of,
    header_spans,
)
from damnit_gui.state.finding import find_columns
from damnit_gui.state.table_data import TableData


def columns(*titles: str) -> list[Column]:
    return [column_of(VariableInfo(title.replace("/", "_").lower(), title)) for title in titles]


def names(found) -> list[str]:
    return [column.name for column in found]


@pytest.mark.parametrize(
    ("title", "groups", "leaf"),
    [
        ("Energy", (), "Energy"),
        ("XGM/Energy", ("XGM",), "Energy"),
        ("A / B/C", ("A", "B"), "C"),
        ("/A//B/", ("A",), "B"),
        ("/", (), "name"),
        ("", (), "name"),
    ],
)
def test_a_title_is_taken_apart_at_its_slashes(title, groups, leaf) -> None:
    column = column_of(VariableInfo("name", title))
    assert (column.groups, column.title) == (groups, leaf)


def test_time_and_comment_come_first_then_the_variables_as_declared(snapshot) -> None:
    table = TableData.from_snapshot(snapshot({(1, 1): 1.0}, {(1, 1, "a"): 1, (1, 1, "comment"): "x"}, ["z", "m"]))
    assert names(all_columns(table)) == ["start_time", "comment", "z", "m", "a"]


def test_new_columns_come_after_the_one_they_follow_in_the_table() -> None:
    table = columns("a", "b", "c", "d")
    assert names(arrange(table, ["d", "b", "gone"], {"a"})) == ["d", "b", "c"]
    assert names(arrange(table, [], ())) == ["a", "b", "c", "d"]
    assert names(arrange(table, ["c", "a", "b"], ())) == ["c", "d", "a", "b"]


@given(order=st.lists(st.sampled_from("abcdex")), hidden=st.sets(st.sampled_from("abcdex")))
def test_every_column_that_is_not_hidden_is_shown_once(order, hidden) -> None:
    assert sorted(names(arrange(columns(*"abcde"), order, hidden))) == sorted(set("abcde") - hidden)


def test_neighbours_of_a_group_share_one_span() -> None:
    shown = columns("Time", "X/a", "X/b", "X/Y/c", "Z/Y/d", "X/e", "f")
    assert header_spans(shown) == (
        (Span("X", 1, 3), Span("Z", 4, 4), Span("X", 5, 5)),
        (Span("Y", 3, 3), Span("Y", 4, 4)),
    )
    assert header_spans([]) == ()


@given(titles=st.lists(st.sampled_from(["a", "X/a", "X/Y/a", "Y/a", "X/X/a", "Y/X/b"]), max_size=8))
def test_spans_cover_exactly_the_columns_that_have_a_group_on_that_level(titles) -> None:
    shown = columns(*titles)
    for level, spans in enumerate(header_spans(shown)):
        covered = [index for span in spans for index in range(span.first, span.last + 1)]
        assert covered == [index for index, column in enumerate(shown) if len(column.groups) > level]
        for span in spans:
            assert {shown[index].groups[level] for index in range(span.first, span.last + 1)} == {span.title}


def test_the_latest_value_tells_a_columns_kind_and_units(snapshot) -> None:
    cells = {
        (1, 1, "x"): CellValue(1, units="mm"),
        (1, 2, "x"): CellValue("text", units="um"),
        (1, 3, "x"): Failure("ValueError", "no"),
    }
    table = TableData.from_snapshot(snapshot({(1, run): None for run in (1, 2, 3)}, cells))
    assert column_facts(table, table.variables["x"]) == ColumnFacts(Kind.TEXT, "um")
    assert column_facts(table, VariableInfo("x", "x", None, units="m")) == ColumnFacts(Kind.TEXT, "m")
    assert column_facts(table, VariableInfo("x", "x", "number")) == ColumnFacts(Kind.NUMBER, "um")
    assert column_facts(table, VariableInfo("none", "none")) == ColumnFacts(Kind.EMPTY, "")
    assert column_facts(table, VariableInfo("none", "none", "boolean")) == ColumnFacts(Kind.BOOL, "")


def test_columns_are_found_by_parts_of_their_titles() -> None:
    shown = columns("Time", "XGM/Pulse energy", "Laser/Energy", "Bunch energy spread", "Refinement")
    assert find_columns(shown, "en") == [2, 1, 3, 4]
    assert find_columns(shown, "laser en") == [2]
    assert find_columns(shown, "  ") == []
    assert find_columns(shown, "nothing") == []
