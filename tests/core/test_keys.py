import pytest
from hypothesis import given
from hypothesis import strategies as st

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey, RunKey, parse_runs, row_key


@pytest.mark.parametrize(
    ("texts", "runs"),
    [
        ([], []),
        ([""], []),
        ([" , ,"], []),
        (["3"], [3]),
        (["0003"], [3]),
        (["5-9"], [5, 6, 7, 8, 9]),
        (["5 - 6", "6:7"], [5, 6, 7]),
        (["1,4,7-8", "2"], [1, 2, 4, 7, 8]),
        (["4-4"], [4]),
    ],
)
def test_that_sets_of_runs_are_understood(texts, runs):
    assert parse_runs(texts) == runs


@pytest.mark.parametrize(
    "text", ["a", "-1", "1-", "-", "1-2-3", "9-5", "1.5", "1 2", "r3", "1-200000", "٣", "²", "9" * 30, "1;DROP"]
)
def test_that_anything_else_is_refused_naming_it(text):
    with pytest.raises(UserError) as caught:
        parse_runs(["1", text])
    assert text in caught.value.message
    assert caught.value.hint


@given(st.lists(st.text()))
def test_that_no_text_makes_anything_but_runs_or_a_clear_error(texts):
    try:
        runs = parse_runs(texts)
    except UserError:
        return
    assert runs == sorted(set(runs))


@given(st.sets(st.integers(0, 5000), max_size=40))
def test_that_runs_written_out_come_back(runs):
    assert parse_runs([",".join(map(str, runs))]) == sorted(runs)


@pytest.mark.parametrize(
    ("stored", "key"),
    [
        ((1, 2), RunKey(1, 2)),
        ((1.0, 2), RunKey(1, 2)),
        ((1, 2.5), None),
        ((1, "2"), None),
        ((None, 2), None),
        ((1, b"2"), None),
        ((1, float("nan")), None),
        ((1, float("inf")), None),
    ],
)
def test_that_only_whole_numbers_name_a_row(stored, key):
    assert row_key(*stored) == key


def test_that_a_cell_knows_its_row_and_a_row_says_its_name():
    assert CellKey(1234, 5, "x").row == RunKey(1234, 5)
    assert str(RunKey(1234, 5)) == "p1234 r5"
