"""From what is shown to what is to be shown."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from damnit_gui.state.table_data import TableData
from damnit_gui.state.transition import renumber, structural_delta, transition

some_rows = st.lists(st.integers(0, 12), unique=True).map(lambda rows: np.array(rows, np.intp))


@given(old=some_rows, new=some_rows)
def test_the_steps_lead_from_old_to_new(old, new) -> None:
    way = transition(old, new)
    rows = old.tolist()
    for first, end in way.removed:
        del rows[first:end]
    assert sorted(rows) == sorted(way.kept.tolist())
    assert way.moved == (rows != way.kept.tolist())
    rows = way.kept.tolist()
    for first, end in way.inserted:
        rows[first:first] = new[first:end].tolist()
    assert rows == new.tolist()


@given(data=st.data())
def test_rows_are_counted_anew_after_an_update(data, any_world) -> None:
    before, after = data.draw(any_world), data.draw(any_world)
    table = TableData.from_snapshot(before)
    old_keys = [table.run(row).key for row in range(len(table))]
    old, new = TableData.from_snapshot(before), TableData.from_snapshot(after)
    shown = np.array(data.draw(st.permutations(range(len(old)))), np.intp)
    expected = [-1 if (row := new.row_of(old_keys[place])) is None else row for place in shown]
    delta = table.update(after, {run.key for run in (*before.runs, *after.runs)})
    assert renumber(shown, delta, len(table)).tolist() == expected
    again = structural_delta(old, new)
    assert (again.inserted, again.removed, again.columns_changed) == (
        delta.inserted, delta.removed, delta.columns_changed,
    )  # fmt: skip
