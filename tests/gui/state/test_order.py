"""The order of the rows."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from damnit_backend.core.values import Failure, Picture, SmallArray
from damnit_gui.state.order import Sort, natural_key, row_order
from damnit_gui.state.table_data import TableData


def table_of(snapshot, values) -> TableData:
    runs = {(1, run): float(run) for run in range(len(values))}
    return TableData.from_snapshot(snapshot(runs, {(1, run, "x"): value for run, value in enumerate(values)}))


def shown(snapshot, values, *, descending=False) -> list:
    return [values[row] for row in row_order(table_of(snapshot, values), Sort("x", descending))]


def test_without_a_sort_rows_stay_in_the_order_of_the_runs(snapshot) -> None:
    assert row_order(table_of(snapshot, [3, 1, 2]), None).tolist() == [0, 1, 2]


def test_numbers_come_before_text_and_empties_last_in_both_directions(snapshot) -> None:
    picture, array = Picture(b""), SmallArray(np.arange(2))
    skip, error = Failure("Skip", ""), Failure("ValueError", "")
    values = [None, "b", skip, 2, math.inf, array, True, error, "a", picture, -math.inf, 1 + 1j, 0.5]
    rest = [array, picture, error, None, skip]
    assert shown(snapshot, values) == [-math.inf, 0.5, True, 1 + 1j, 2, math.inf, "a", "b", *rest]
    assert shown(snapshot, values, descending=True) == [math.inf, 2, 1 + 1j, True, 0.5, -math.inf, "b", "a", *rest]


def test_nan_and_blank_text_count_as_empty(snapshot) -> None:
    assert row_order(table_of(snapshot, [math.nan, "  ", 1, complex(math.nan, 0), 0]), Sort("x")).tolist() == [
        4, 2, 0, 1, 3,
    ]  # fmt: skip


def test_numbers_inside_text_are_compared_as_numbers(snapshot) -> None:
    values = ["run 10", "Run 9", "run 010b", "alpha", "run 9a"]
    assert shown(snapshot, values) == ["alpha", "Run 9", "run 9a", "run 10", "run 010b"]


def test_huge_numbers_inside_text_do_no_harm() -> None:
    assert natural_key("x" + "9" * 5000) > natural_key("x" + "8" * 5000)


@pytest.mark.parametrize("name", ["run", "proposal", "start_time", "added_at"])
def test_the_facts_of_a_run_are_sorted_too(snapshot, name) -> None:
    table = TableData.from_snapshot(snapshot({(1, 5): 3.0, (1, 6): None, (2, 1): 1.0}, {}))
    orders = {"run": [2, 0, 1], "proposal": [0, 1, 2], "start_time": [2, 0, 1], "added_at": [0, 1, 2]}
    assert row_order(table, Sort(name)).tolist() == orders[name]


def test_a_column_that_does_not_exist_changes_nothing(snapshot) -> None:
    assert row_order(table_of(snapshot, [2, 1]), Sort("gone", True)).tolist() == [0, 1]


@given(values=st.lists(st.sampled_from([None, 1, 2, True, "a", "A", 1.0, 0.5]), max_size=20), descending=st.booleans())
def test_every_row_occurs_once_and_equals_keep_their_order(snapshot, values, descending) -> None:
    rows = row_order(table_of(snapshot, values), Sort("x", descending)).tolist()
    assert sorted(rows) == list(range(len(values)))
    for one, other in itertools.pairwise(rows):
        a, b = values[one], values[other]
        same_number = isinstance(a, int | float) and isinstance(b, int | float) and a == b
        same_text = isinstance(a, str) and isinstance(b, str) and a.casefold() == b.casefold()
        if same_number or same_text or (a is None and b is None):
            assert one < other
