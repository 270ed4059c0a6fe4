"""The loaded table, built whole and updated in parts."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from damnit_backend.core.codec import encode
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.core.values import CellValue, Failure, SmallArray, Trend
from damnit_backend.store.edits import write_edit
from damnit_backend.store.table import read_runs, read_table
from damnit_backend.store.variables import Declaration, add_editable, declare_computed
from damnit_gui.state.comparing import same_cell
from damnit_gui.state.table_data import TableData, stretches


def assert_same(one: TableData, other: TableData) -> None:
    assert one.seq == other.seq
    assert list(one.variables.items()) == list(other.variables.items())
    assert [one.run(row) for row in range(len(one))] == [other.run(row) for row in range(len(other))]
    for name in one.variables:
        assert all(same_cell(a, b) for a, b in zip(one.column(name), other.column(name), strict=True)), name
    for name in (*one.variables, "proposal", "run", "start_time", "added_at"):
        np.testing.assert_array_equal(one.numbers(name), other.numbers(name), name)
    assert one.numeric_names() == other.numeric_names()
    assert all(one.row_of(one.run(row).key) == row for row in range(len(one)))


@given(data=st.data())
def test_updating_some_rows_gives_what_loading_everything_gives(data, any_world) -> None:
    before, after = data.draw(any_world), data.draw(any_world)
    table = TableData.from_snapshot(before)
    for name in ("energy", "comment", "start_time", "run"):
        table.numbers(name)
    keys = {run.key for run in (*before.runs, *after.runs)}
    delta = table.update(after, keys)
    assert_same(table, TableData.from_snapshot(after))

    old, new = TableData.from_snapshot(before), table
    old_keys, new_keys = ([t.run(row).key for row in range(len(t))] for t in (old, new))
    assert [old_keys[row] for row in delta.removed] == sorted(set(old_keys) - set(new_keys))
    assert [new_keys[row] for row in delta.inserted] == sorted(set(new_keys) - set(old_keys))
    assert delta.columns_changed == (list(old.variables.items()) != list(new.variables.items()))
    for key in set(old_keys) & set(new_keys):
        a, b = old.row_of(key), new.row_of(key)
        names = {
            name for name in {*old.variables, *new.variables} if not same_cell(old.cell(a, name), new.cell(b, name))
        }
        if old.run(a).start_time != new.run(b).start_time:
            names.add("start_time")
        assert delta.changed.get(b, frozenset()) == names


@given(data=st.data())
def test_rows_that_were_not_asked_for_stay_as_they_are(data, any_world) -> None:
    before, after = data.draw(any_world), data.draw(any_world)
    keys = data.draw(st.sets(st.sampled_from([run.key for run in (*before.runs, *after.runs)] or [RunKey(1, 1)])))
    table = TableData.from_snapshot(before)
    untouched = {
        run.key: [table.cell(table.row_of(run.key), name) for name in ("comment", "energy", "late")]
        for run in before.runs
        if run.key not in keys
    }
    delta = table.update(after, keys)
    for key, cells in untouched.items():
        row = table.row_of(key)
        assert row not in delta.changed
        assert row not in delta.inserted
        assert [table.cell(row, name) for name in ("comment", "energy", "late")] == cells


def test_an_update_that_says_the_same_is_empty(snapshot) -> None:
    runs = {(1, 1): 1.0}
    cells = {(1, 1, "x"): math.nan, (1, 1, "y"): Trend(np.arange(2.0), np.array([1, np.nan]))}
    table = TableData.from_snapshot(snapshot(runs, cells))
    assert table.update(snapshot(runs, dict(cells)), [RunKey(1, 1)]).empty


def test_numbers_that_somebody_holds_are_never_changed(snapshot) -> None:
    table = TableData.from_snapshot(snapshot({(1, 1): 1.0}, {(1, 1, "x"): 1.0}))
    held = table.numbers("x")
    table.update(snapshot({(1, 1): 1.0, (1, 2): None}, {(1, 1, "x"): 2.0}), [RunKey(1, 1), RunKey(1, 2)])
    assert held.tolist() == [1.0]
    np.testing.assert_array_equal(table.numbers("x"), [2.0, np.nan])
    np.testing.assert_array_equal(table.numbers("start_time"), [1.0, np.nan])
    assert not table.numbers("x").flags.writeable


def test_what_can_be_plotted_are_the_variables_with_a_number_in_some_run(snapshot) -> None:
    cells = {
        (1, 1, "text"): "no",
        (1, 1, "flag"): True,
        (1, 1, "failed"): Failure("ValueError", "no"),
        (1, 1, "array"): SmallArray(np.arange(3)),
        (1, 1, "mixed"): "text",
        (1, 2, "mixed"): 3,
        (1, 2, "comment"): "5",
    }
    table = TableData.from_snapshot(snapshot({(1, 1): 1.0, (1, 2): 2.0}, cells))
    assert table.numeric_names() == ["flag", "mixed"]
    np.testing.assert_array_equal(table.numbers("flag"), [1.0, np.nan])
    assert np.isnan(table.numbers("nothing")).all()


def test_stored_values_named_like_a_runs_own_facts_are_not_shown(snapshot) -> None:
    table = TableData.from_snapshot(snapshot({(1, 7): 1.0}, {(1, 7, "run"): 99, (1, 7, "x"): 1}))
    assert list(table.variables) == ["comment", "x"]
    assert table.numbers("run").tolist() == [7.0]


def test_a_cell_of_a_run_that_is_not_in_the_table_is_left_out(snapshot) -> None:
    table = TableData.from_snapshot(snapshot({}, {(1, 1, "x"): 1}))
    assert len(table) == 0
    assert list(table.variables) == ["comment"]


def test_stretches_are_ranges_of_neighbours() -> None:
    assert stretches([1, 2, 3, 7, 9, 10]) == [(1, 4), (7, 8), (9, 11)]
    assert stretches([]) == []


def test_a_real_folder_is_followed_run_by_run(database) -> None:
    declare_computed(database, [Declaration("energy", "XGM/Energy", "Mean", "uJ"), Declaration("note", "Note")])
    add_editable(database, "sample", "string")
    table = TableData.from_snapshot(read_table(database))
    assert list(table.variables) == ["comment", "energy", "note", "sample"]

    key = RunKey(1234, 1)
    write_edit(database, CellKey(*key, "comment"), "first light")
    with database.writing() as sql:
        sql.execute(
            "INSERT INTO run_variables (proposal, run, name, version, value, attributes) VALUES (?, ?, ?, 1, ?, ?)",
            (*key, "submitted", 2.5, encode(CellValue(units="mm")).attributes),
        )
    delta = table.update(read_runs(database, [key]), [key])
    assert delta.inserted == (0,)
    assert delta.columns_changed
    assert table.variables["submitted"].title == "submitted"
    assert table.cell(0, "submitted").units == "mm"
    assert table.cell(0, "comment").value == "first light"

    write_edit(database, CellKey(*key, "sample"), "Au")
    delta = table.update(read_runs(database, [key]), [key])
    assert delta.changed == {0: frozenset({"sample"})}
    assert_same(table, TableData.from_snapshot(read_table(database)))
