"""The model of the run table, on a real folder and on random changes."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PyQt6 import sip
from PyQt6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt
from PyQt6.QtTest import QAbstractItemModelTester

from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.core.values import CellValue, Failure
from damnit_backend.store.edits import write_edit
from damnit_backend.store.table import RunInfo, TableSnapshot, VariableInfo
from damnit_backend.store.variables import Declaration, declare_computed
from damnit_gui.cells import EditState
from damnit_gui.cells.delegate import SHOWN_ROLE
from damnit_gui.models.run_table import RunTableModel
from damnit_gui.state.order import Sort

Role = Qt.ItemDataRole


@pytest.fixture
def watched() -> Callable[[RunTableModel], RunTableModel]:
    """Puts a model under the eyes of Qt's own tester while the test runs; pytest-qt fails if it complains."""
    testers = []

    def watch(model: RunTableModel) -> RunTableModel:
        testers.append(QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning))
        return model

    return watch


@pytest.fixture
def model(session, watched, qtmodeltester) -> RunTableModel:
    """The model of the small folder."""
    made = watched(RunTableModel(session))
    qtmodeltester.check(made)
    return made


def texts(model: RunTableModel) -> list[list[str]]:
    return [
        [model.index(row, section).data() for section in range(model.columnCount())] for row in range(model.rowCount())
    ]


def cell(model: RunTableModel, run: int, name: str) -> QModelIndex:
    return model.index(model.row_of(RunKey(1234, run)), model.section_of(name))


def names(model: RunTableModel) -> list[str]:
    return [column.name for column in model.columns]


def test_it_shows_a_folder(model) -> None:
    assert model.rowCount() == 5
    assert names(model) == [
        "start_time", "comment", "energy", "motor", "trace", "image", "stack", "kind", "shutter", "broken", "quality",
        "good",
    ]  # fmt: skip
    assert cell(model, 2, "comment").data() == "beam was unstable"
    assert cell(model, 2, "energy").data() == "100.667"
    assert cell(model, 3, "broken").data() == "–"
    assert cell(model, 4, "good").data() == "✓"
    assert cell(model, 4, "good").data(Role.EditRole) == "yes"
    assert cell(model, 1, "energy").data(Role.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight
    assert isinstance(cell(model, 1, "broken").data(Role.UserRole).value, Failure)
    assert "no peak<br>found" in cell(model, 1, "broken").data(Role.ToolTipRole)
    assert model.headerData(2, Qt.Orientation.Horizontal) == "Pulse energy"
    assert "XGM/Pulse energy" in model.headerData(2, Qt.Orientation.Horizontal, Role.ToolTipRole)
    assert [model.headerData(row, Qt.Orientation.Vertical) for row in range(5)] == ["1", "2", "3", "4", "5"]
    assert model.facts(2).units == "µJ"
    assert model.data(QModelIndex()) is None


def test_a_cell_names_its_units_only_if_the_header_does_not(session, model, database) -> None:
    with database.writing() as sql:
        sql.execute("UPDATE run_variables SET attributes = '{\"units\": \"mJ\"}' WHERE name = 'energy' AND run = 2")
        sql.execute("UPDATE run_variables SET attributes = '{\"units\": \"µJ\"}' WHERE name = 'energy' AND run = 1")
    session.live.look()
    assert cell(model, 2, "energy").data().endswith(" mJ")
    assert cell(model, 1, "energy").data() == "100.333"


def test_new_runs_are_inserted_and_nothing_else_is_touched(session, model, add_run, qtbot) -> None:
    changed = []
    model.dataChanged.connect(lambda first, last: changed.append((first.row(), last.row())))
    resets = []
    model.modelReset.connect(lambda: resets.append(1))
    arrived = []
    model.runs_arrived.connect(arrived.extend)
    with qtbot.waitSignal(model.rowsInserted) as inserted:
        add_run(6, {"energy": 5.0})
        session.live.look()
    assert inserted.args[1:] == [5, 5]
    assert arrived == [RunKey(1234, 6)]
    assert not changed
    assert not resets
    assert cell(model, 6, "energy").data() == "5"


def test_a_changed_cell_is_announced_alone(session, model, database) -> None:
    changed = []
    model.dataChanged.connect(lambda *cells: changed.append([(i.row(), names(model)[i.column()]) for i in cells[:2]]))
    write_edit(database, CellKey(1234, 3, "comment"), "dark")
    session.live.look()
    assert changed == [[(2, "comment"), (2, "comment")]]


def test_a_row_inserted_between_others_has_its_place(session, model, add_run) -> None:
    add_run(8, {"energy": 8.0})
    session.live.look()
    add_run(7, {"energy": 7.0})
    session.live.look()
    assert [model.key_at(row).run for row in range(model.rowCount())] == [1, 2, 3, 4, 5, 7, 8]


def test_sorting_moves_selected_cells_with_their_rows(model) -> None:
    index = QPersistentModelIndex(cell(model, 4, "quality"))
    model.sort(model.section_of("energy"), Qt.SortOrder.DescendingOrder)
    assert [model.key_at(row).run for row in range(5)] == [5, 4, 3, 2, 1]
    assert index.row() == 1
    assert index.data() == "0.75"
    model.sort(-1)
    assert index.row() == 3
    assert model.current_sort is None


def test_rows_stay_sorted_when_values_change(session, model, add_run) -> None:
    model.sort_by(Sort("energy"))
    kept = QPersistentModelIndex(cell(model, 5, "energy"))
    add_run(6, {"energy": 100.5})
    add_run(1, {"energy": 999.0})
    session.live.look()
    assert [model.key_at(row).run for row in range(6)] == [6, 2, 3, 4, 5, 1]
    assert model.key_at(kept.row()).run == 5


def test_columns_come_and_go_without_a_reset(session, model, database) -> None:
    selection = QItemSelectionModel(model)
    selection.setCurrentIndex(cell(model, 3, "shutter"), QItemSelectionModel.SelectionFlag.Select)
    declare_computed(database, [Declaration("extra", "Extra"), Declaration("motor", "Scan/Renamed")])
    session.live.look()
    assert names(model)[-1] == "extra"
    assert model.headerData(model.section_of("motor"), Qt.Orientation.Horizontal) == "Renamed"
    model.set_columns(["extra", "kind"], {"energy", "not here"})
    assert names(model)[:4] == ["start_time", "comment", "motor", "trace"]
    assert names(model).index("extra") == names(model).index("kind") - 1
    assert "energy" not in names(model)
    assert model.cell_key(selection.currentIndex()) == CellKey(1234, 3, "shutter")
    model.set_columns(model.column_order(), ())
    assert "energy" in names(model)


def test_a_moved_column_goes_where_it_was_dropped(model) -> None:
    model.set_columns((), {"motor"})
    model.move_column(model.section_of("trace"), model.section_of("comment"))
    assert names(model)[:4] == ["start_time", "trace", "comment", "energy"]
    model.move_column(0, 3)
    assert names(model)[:4] == ["trace", "comment", "energy", "start_time"]
    assert "motor" in model.column_order()


def test_loading_everything_again_keeps_what_is_selected(session, model, add_run) -> None:
    kept = QPersistentModelIndex(cell(model, 4, "kind"))
    add_run(0, {"energy": 1.0})
    session.table.request_reload()
    assert (kept.row(), kept.data()) == (4, "scan")


def test_an_edit_is_pending_until_it_is_stored(session, model) -> None:
    index = cell(model, 1, "comment")
    states = []
    model.dataChanged.connect(lambda first: states.append(first.data(SHOWN_ROLE).state))
    assert index.flags() & Qt.ItemFlag.ItemIsEditable
    assert model.setData(index, "first light")
    session.live.look()
    assert states[0] is EditState.WAITING
    assert index.data(SHOWN_ROLE).state is EditState.STORED
    assert index.data() == "first light"


def test_an_edit_that_fails_says_why_and_can_be_dismissed(session, model, database) -> None:
    index = cell(model, 1, "quality")
    with database.writing() as sql:
        sql.execute("UPDATE variables SET type = NULL WHERE name = 'quality'")
    assert model.setData(index, "0.5")
    assert index.data(SHOWN_ROLE).state is EditState.FAILED
    assert index.data() == "0.5"
    assert "cannot be edited" in index.data(Role.ToolTipRole)
    session.editing.forget(model.cell_key(index))
    assert index.data() == ""


def test_what_means_nothing_in_a_column_is_refused_aloud(model, notifier) -> None:
    index = cell(model, 4, "quality")
    assert not model.setData(index, "good")
    assert index.data() == "0.75"
    assert "not a number" in notifier.notices[-1].text


def test_computed_values_cannot_be_edited(model) -> None:
    index = cell(model, 1, "energy")
    assert not index.flags() & Qt.ItemFlag.ItemIsEditable
    assert not model.setData(index, "1")
    assert not model.setData(QModelIndex(), "1")


def test_clearing_empties_editable_cells_only(session, model) -> None:
    model.clear_cells([cell(model, 4, "quality"), cell(model, 4, "energy"), cell(model, 2, "comment")])
    session.live.look()
    assert cell(model, 4, "quality").data() == ""
    assert cell(model, 2, "comment").data() == ""
    assert cell(model, 4, "energy").data() == "101.333"


def test_runs_of_several_proposals_are_told_apart(session, model, database) -> None:
    write_edit(database, CellKey(1300, 2, "comment"), "of another beamtime")
    session.live.look()
    assert model.headerData(5, Qt.Orientation.Vertical) == "1300 · 2"
    assert model.headerData(0, Qt.Orientation.Vertical) == "1234 · 1"
    assert model.row_of_number(2) == 5


KEYS = [RunKey(proposal, run) for proposal in (1234, 1300) for run in range(1, 5)]
value = st.sampled_from([None, 1, 2.5, "b", "a", True, Failure("Skip", "")])


@st.composite
def worlds(draw: st.DrawFn) -> TableSnapshot:
    keys = sorted(draw(st.sets(st.sampled_from(KEYS))))
    cells = {
        CellKey(*key, name): CellValue(draw(value))
        for key in keys
        for name in draw(st.sets(st.sampled_from(["x", "y", "new", "comment"])))
    }
    declared = draw(st.permutations(["x", "y"]))[: draw(st.integers(0, 2))]
    return TableSnapshot(
        1, tuple(RunInfo(key, 1.0, 1.0) for key in keys), tuple(VariableInfo(n, n.upper()) for n in declared), cells
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(worlds(), st.sampled_from([None, Sort("x"), Sort("y", True), Sort("run", True)])),
        min_size=1,
        max_size=4,
    )
)
def test_after_any_changes_it_shows_what_a_new_model_shows(session, watched, steps) -> None:
    session.table.request_reload()
    model = watched(RunTableModel(session))
    kept = {model.key_at(row): QPersistentModelIndex(model.index(row, 1)) for row in range(model.rowCount())}
    for world, sort in steps:
        model.sort_by(sort)
        data = session.table.data
        session.table.apply(world, {run.key for run in world.runs} | {data.run(row).key for row in range(len(data))})
        fresh = RunTableModel(session)
        fresh.sort_by(sort)
        assert names(model) == names(fresh)
        assert texts(model) == texts(fresh)
        assert all(model.key_at(index.row()) == key for key, index in kept.items() if index.isValid())
        sip.delete(fresh)
    sip.delete(model)
