"""The run table as people use it."""

import pytest
from PyQt6.QtCore import QItemSelectionModel, QPoint, Qt
from PyQt6.QtGui import QFontMetrics
from PyQt6.QtWidgets import QApplication, QLineEdit

from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.store.edits import write_edit
from damnit_backend.store.variables import Declaration, declare_computed
from damnit_gui.cells.delegate import MARGIN_X
from damnit_gui.panels.table.panel import RunTablePanel
from damnit_gui.panels.table.view import next_sort
from damnit_gui.services.access import FolderAccess
from damnit_gui.services.folder_session import FolderSession
from damnit_gui.services.tasks import Tasks
from damnit_gui.state.order import Sort
from damnit_gui.state.table_layout import Density
from damnit_gui.theme import tabular

Key, Button = Qt.Key, Qt.MouseButton


def key(run: int, name: str) -> CellKey:
    return CellKey(1234, run, name)


def runs(panel: RunTablePanel) -> list[int]:
    return [panel.model.key_at(row).run for row in range(panel.model.rowCount())]


def click_title(panel: RunTablePanel, qtbot, name: str, height: int = -5) -> None:
    """Click on a column's title, or, with a height from the top, on a group's."""
    header = panel.view.header
    section = panel.model.section_of(name)
    y = header.height() + height if height < 0 else height
    at = QPoint(header.sectionViewportPosition(section) + header.sectionSize(section) // 2, y)
    qtbot.mouseClick(header.viewport(), Button.LeftButton, pos=at)


def select(panel: RunTablePanel, first: CellKey, last: CellKey) -> None:
    model = panel.model
    corners = [model.index(model.row_of(cell.row), model.section_of(cell.name)) for cell in (first, last)]
    panel.view.setCurrentIndex(corners[0])
    for row in range(corners[0].row(), corners[1].row() + 1):
        for section in range(corners[0].column(), corners[1].column() + 1):
            panel.view.selectionModel().select(model.index(row, section), QItemSelectionModel.SelectionFlag.Select)


def end_editing(panel: RunTablePanel, qtbot) -> None:
    """Enter; Qt takes the value over when it comes back to its event loop."""
    qtbot.keyClick(panel.view.findChild(QLineEdit), Key.Key_Return)
    qtbot.waitUntil(lambda: not panel.view.is_editing)


def test_the_current_cell_is_announced_once(panel) -> None:
    announced = []
    panel.current_cell_changed.connect(announced.append)
    panel.focus_cell(key(2, "energy"))
    panel.focus_cell(key(2, "energy"))
    panel.focus_run(RunKey(1234, 4))
    assert announced == [key(2, "energy"), key(4, "energy")]
    assert panel.current_cell() == key(4, "energy")
    assert panel.selected_rows() == [RunKey(1234, 4)]
    panel.focus_run(RunKey(1, 1))
    assert panel.current_cell() == key(4, "energy")


def test_with_the_focus_the_newest_run_becomes_the_current_one(panel) -> None:
    assert panel.current_cell().run == 5
    assert panel.selected_rows() == [RunKey(1234, 5)]


def test_sorting_keeps_the_current_cell(panel, qtbot) -> None:
    panel.focus_cell(key(2, "energy"))
    click_title(panel, qtbot, "energy")
    click_title(panel, qtbot, "energy")
    assert runs(panel) == [5, 4, 3, 2, 1]
    assert panel.current_cell() == key(2, "energy")
    click_title(panel, qtbot, "energy")
    assert panel.model.current_sort is None


def test_a_click_on_a_groups_title_does_not_sort(panel, qtbot) -> None:
    click_title(panel, qtbot, "energy", height=4)
    assert panel.model.current_sort is None


def test_a_click_on_a_title_selects_nothing(panel, qtbot) -> None:
    click_title(panel, qtbot, "energy")
    assert not panel.view.selectedIndexes()


def test_rows_are_sorted_by_run_at_the_corner_and_by_keys(panel, qtbot) -> None:
    qtbot.mouseClick(panel.view.corner, Button.LeftButton)
    assert runs(panel) == [5, 4, 3, 2, 1]
    qtbot.mouseClick(panel.view.corner, Button.LeftButton)
    assert runs(panel) == [1, 2, 3, 4, 5]
    panel.focus_cell(key(1, "kind"))
    qtbot.keyClick(panel.view, Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert runs(panel) == [3, 1, 2, 4, 5]
    qtbot.keyClick(panel.view, Key.Key_Home, Qt.KeyboardModifier.AltModifier)
    assert runs(panel) == [1, 2, 3, 4, 5]


def test_a_title_sorts_upwards_then_downwards_then_not() -> None:
    assert next_sort(None, "x") == Sort("x")
    assert next_sort(Sort("x"), "x") == Sort("x", True)
    assert next_sort(Sort("x", True), "x") is None
    assert next_sort(Sort("x", True), "y") == Sort("y")


def test_enter_edits_comments_and_opens_everything_else(panel, session, qtbot) -> None:
    opened = []
    panel.open_cell.connect(opened.append)
    panel.focus_cell(key(1, "trace"))
    qtbot.keyClick(panel.view, Key.Key_Return)
    assert opened == [key(1, "trace")]
    panel.focus_cell(key(1, "comment"))
    qtbot.keyClick(panel.view, Key.Key_Return)
    editor = panel.view.findChild(QLineEdit)
    qtbot.keyClicks(editor, "first")
    qtbot.keyClick(editor, Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(editor, "second")
    end_editing(panel, qtbot)
    session.live.look()
    assert session.table.data.cell(0, "comment").value == "first\nsecond"
    assert opened == [key(1, "trace")]


def test_an_editor_stays_open_on_what_cannot_be_right(panel, session, qtbot) -> None:
    panel.focus_cell(key(1, "quality"))
    qtbot.keyClick(panel.view, Key.Key_F2)
    editor = panel.view.findChild(QLineEdit)
    qtbot.keyClicks(editor, "0.5x")
    qtbot.keyClick(editor, Key.Key_Return)
    QApplication.processEvents()
    assert panel.view.is_editing
    qtbot.keyClick(editor, Key.Key_Backspace)
    end_editing(panel, qtbot)
    session.live.look()
    assert session.table.data.cell(0, "quality").value == 0.5


def test_delete_empties_the_selected_cells_that_people_may_edit(panel, session, qtbot) -> None:
    select(panel, key(4, "broken"), key(4, "good"))
    qtbot.keyClick(panel.view, Key.Key_Delete)
    session.live.look()
    assert session.table.data.cell(3, "quality").value is None
    assert session.table.data.cell(3, "good").value is None
    assert session.table.data.cell(3, "broken").value is not None


@pytest.mark.usefixtures("many_runs")
def test_new_runs_disturb_neither_editor_nor_selection_nor_place(panel, session, add_run, qtbot) -> None:
    panel.view.verticalScrollBar().setValue(200)
    panel.focus_cell(key(7, "comment"))
    bar = panel.view.verticalScrollBar()
    panel.view.edit(panel.view.currentIndex())
    editor = panel.view.findChild(QLineEdit)
    qtbot.keyClicks(editor, "in the midd")
    place, top = bar.value(), panel.model.key_at(panel.view.rowAt(0))
    add_run(41, {"energy": 1.0, "unheard_of": 2.0})
    session.live.look()
    assert bar.value() == place
    add_run(0, {"energy": 1.0})
    session.live.look()
    QApplication.processEvents()
    assert panel.model.key_at(panel.view.rowAt(0)) == top
    assert panel.current_cell() == key(7, "comment")
    qtbot.keyClicks(editor, "le")
    end_editing(panel, qtbot)
    session.live.look()
    assert session.table.data.cell(session.table.data.row_of(RunKey(1234, 7)), "comment").value == "in the middle"


@pytest.mark.usefixtures("many_runs")
def test_the_newest_run_stays_in_view_unless_people_scrolled_away(panel, session, add_run) -> None:
    def newest_is_seen() -> bool:
        QApplication.processEvents()
        return panel.view.is_row_in_view(panel.model.rowCount() - 1)

    assert newest_is_seen()
    add_run(41, {"energy": 1.0})
    session.live.look()
    assert newest_is_seen()
    panel.resize(900, 250)
    assert newest_is_seen()
    panel.view.verticalScrollBar().setValue(100)
    add_run(42, {"energy": 1.0})
    session.live.look()
    assert panel.view.verticalScrollBar().value() == 100
    panel.set_follow(False)
    panel.set_follow(True)
    assert newest_is_seen()
    panel.set_follow(False)
    place = panel.view.verticalScrollBar().value()
    add_run(43, {"energy": 1.0})
    session.live.look()
    assert panel.view.verticalScrollBar().value() == place


@pytest.mark.usefixtures("many_runs")
def test_typing_finds_columns_and_runs(panel, qtbot) -> None:
    panel.focus_cell(key(1, "comment"))
    qtbot.keyClick(panel.view, Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    line = panel.bar.column_line
    assert line.hasFocus()
    qtbot.keyClicks(line, "xgm")
    assert panel.current_cell() == key(1, "energy")
    assert panel.bar.found.text() == "1 of 2"
    qtbot.keyClick(line, Key.Key_Return)
    assert panel.current_cell() == key(1, "trace")
    qtbot.keyClick(line, Key.Key_Return)
    assert panel.current_cell() == key(1, "energy")
    qtbot.keyClicks(line, "zzz")
    assert panel.bar.found.text() == "no such column"
    qtbot.keyClick(line, Key.Key_Escape)
    assert panel.view.hasFocus()
    assert line.text() == ""
    qtbot.keyClicks(panel.view, "2")
    assert panel.bar.run_line.hasFocus()
    qtbot.keyClicks(panel.bar.run_line, "9")
    assert panel.current_cell() == key(29, "energy")
    qtbot.keyClicks(panel.bar.run_line, "99")
    assert panel.bar.found.text() == "no such run"
    qtbot.keyClick(panel.bar.run_line, Key.Key_Return)
    assert panel.view.hasFocus()


def test_selected_cells_are_copied_as_a_spreadsheet_takes_them(panel, qtbot) -> None:
    select(panel, key(2, "comment"), key(3, "energy"))
    qtbot.keyClick(panel.view, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    clipboard = QApplication.clipboard()
    assert clipboard.text() == "beam was unstable\t100.66666666666667\n\t101.0\n"
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(panel.view, Key.Key_C, both)
    assert clipboard.text().splitlines() == [
        "Run\tComment\tXGM/Pulse energy (µJ)", "2\tbeam was unstable\t100.66666666666667", "3\t\t101.0",
    ]  # fmt: skip


def entries(found) -> dict:
    return {entry.text: entry for entry in found if entry.run is not None}


def test_menus_offer_what_makes_sense(panel) -> None:
    plotted, logs = [], []
    panel.plot_requested.connect(plotted.append)
    panel.show_log.connect(logs.append)
    commands, model = panel._commands, panel.model
    panel.focus_cell(key(2, "energy"))
    menu = entries(commands.cell_entries(panel.view.currentIndex()))
    assert list(menu) == [
        "Open", "Copy", "Copy with headings", "Plot “Pulse energy”", "Hide “Pulse energy”", "Reprocess run 2",
        "Reprocess “Pulse energy” in run 2", "Show the log of run 2",
    ]  # fmt: skip
    menu["Plot “Pulse energy”"].run()
    menu["Show the log of run 2"].run()
    assert (plotted, logs) == (["energy"], [RunKey(1234, 2)])
    select(panel, key(2, "comment"), key(3, "comment"))
    menu = entries(commands.cell_entries(panel.view.currentIndex()))
    assert "Reprocess 2 runs" in menu
    assert "Edit" in menu
    assert not any("Reprocess “" in text for text in menu)
    assert not menu["Plot “Comment”"].enabled
    entries(commands.column_entries(model.section_of("kind")))["Hide “Run type”"].run()
    assert model.section_of("kind") is None
    entries(commands.column_entries(0))["Show one hidden column"].run()
    assert model.section_of("kind") is not None


def test_menus_open_where_they_are_asked_for(panel) -> None:
    for widget in (panel.view, panel.view.header, panel.view.runs):
        widget.customContextMenuRequested.emit(QPoint(20, 20))
        menu = QApplication.activePopupWidget()
        assert menu.actions()
        menu.close()
    for menu in (panel.bar.columns_menu, panel.bar.rows_menu):
        menu.popup(QPoint(0, 0))
        menu.close()
    columns = {action.text(): action for action in panel.bar.columns_menu.actions()}
    columns["Run type"].setChecked(False)
    assert panel.model.section_of("kind") is None


def test_hidden_columns_are_counted_so_that_nobody_forgets_them(panel) -> None:
    columns = panel.model.columnCount()
    assert panel.bar.count.text() == f"5 runs · {columns} columns"
    panel.model.set_columns(panel.model.column_order(), {"energy", "motor"})
    assert panel.bar.count.text() == f"5 runs · {columns - 2} of {columns} columns"


def test_all_columns_may_be_hidden_while_runs_arrive(panel, session, add_run) -> None:
    panel.model.set_columns((), {*panel.model.column_order(), "late"})
    add_run(6, {"late": 1.0})
    session.live.look()
    session.table.request_reload()
    panel.grab()
    assert panel.current_cell() is None
    assert (panel.model.rowCount(), panel.model.columnCount()) == (6, 0)
    panel._commands.show_all()
    assert panel.model.columnCount() == 13


def test_the_arrangement_is_remembered(panel, session, qtbot) -> None:
    panel.view.header.resizeSection(panel.model.section_of("energy"), 177)
    panel.view.header.moveSection(panel.model.section_of("kind"), 0)
    panel._commands.hide("motor")
    panel.model.sort_by(Sort("energy", True))
    panel.set_density(Density.DENSE)
    panel.set_follow(False)
    stored = panel.layout_state()

    other = RunTablePanel(session)
    qtbot.addWidget(other)
    other.restore_layout(stored)
    assert other.layout_state() == stored
    assert [column.name for column in other.model.columns] == [column.name for column in panel.model.columns]
    assert other.model.columns[0].name == "kind"
    assert other.view.header.sectionSize(other.model.section_of("energy")) == 177
    assert other.view.runs.defaultSectionSize() == 24
    assert not other.bar.follow.isChecked()


def test_a_dragged_column_keeps_its_width_and_its_cells(panel) -> None:
    header = panel.view.header
    header.resizeSection(panel.model.section_of("energy"), 177)
    header.moveSection(panel.model.section_of("energy"), panel.model.section_of("kind"))
    section = panel.model.section_of("energy")
    assert panel.model.columns[section - 1].name == "kind"
    assert header.sectionSize(section) == 177
    assert [header.visualIndex(place) for place in range(header.count())] == list(range(header.count()))


def test_columns_grow_with_their_values_but_not_against_peoples_will(session, panel, database, add_run) -> None:
    def width() -> int:
        return panel.view.header.sectionSize(panel.model.section_of("late"))

    declare_computed(database, [Declaration("late", "Late")])
    session.live.look()
    widths = [width()]
    for run, text in enumerate(("some text", "a rather long text that needs more room", "short"), 5):
        add_run(run, {"late": text})
        session.live.look()
        widths.append(width())
    assert widths[0] < widths[1] < widths[2] == widths[3]
    panel.view.header.resizeSection(panel.model.section_of("late"), 90)
    add_run(5, {"late": "another long text that needs some more room"})
    session.live.look()
    assert width() == 90
    panel._widths.fit(panel.model.section_of("late"))
    assert width() >= widths[2]


def test_no_digit_of_a_column_that_fits_itself_is_cut(session, panel, add_run) -> None:
    add_run(8, {"wide": 123456.5})
    session.live.look()
    section = panel.model.section_of("wide")
    index = panel.model.index(panel.model.row_of(RunKey(1234, 8)), section)
    font = tabular(panel.view.font())
    font.setBold(True)
    wanted = QFontMetrics(font).horizontalAdvance(index.data()) + 2 * MARGIN_X
    assert panel.view.visualRect(index).width() >= wanted


def test_runs_that_are_being_computed_are_marked_at_the_edge(panel) -> None:
    from damnit_gui.theme import current

    def edge(row: int) -> str:
        picture = panel.view.runs.viewport().grab().toImage()
        y = panel.view.runs.sectionViewportPosition(row) + panel.view.runs.sectionSize(row) // 2
        return picture.pixelColor(1, y).name()

    panel.view.runs.set_in_work([RunKey(1234, 2)])
    marked = panel.model.row_of(RunKey(1234, 2))
    assert edge(marked) == current().busy.lower()
    assert edge(marked + 1) != edge(marked)
    panel.view.runs.set_in_work([])
    assert edge(marked) == edge(marked + 1)


def test_everything_is_painted_in_both_themes(panel, qapp) -> None:
    from damnit_gui.theme import apply_theme

    panel.model.sort_by(Sort("energy", True))
    pictures = []
    for theme in ("light", "dark"):
        apply_theme(qapp, theme)
        pictures.append(panel.grab().toImage())
    assert pictures[0] != pictures[1]


@pytest.fixture
def open_folder(folder, database, notifier, qtbot):  # noqa: ARG001 (the folder has a database)
    """``open_folder(read_only)``: a panel on an empty folder that is not loaded yet, and its session."""
    sessions = []

    def make(read_only: bool = False):
        tasks = Tasks(notifier, synchronous=True)
        sessions.append(FolderSession(FolderAccess(folder, read_only, 1234), notifier, tasks=tasks))
        made = RunTablePanel(sessions[-1])
        qtbot.addWidget(made)
        return made, sessions[-1]

    yield make
    for session in sessions:
        session.close()


def test_an_empty_folder_says_what_happens_next(open_folder, database) -> None:
    panel, session = open_folder()
    assert panel.placeholder.title.text() == "Loading runs…"
    session.table.request_reload()
    assert panel.placeholder.title.text() == "No runs yet"
    assert "proposal 1234" in panel.placeholder.text.text()
    write_edit(database, key(1, "comment"), "made in advance")
    session.live.look()
    assert not panel.view.isHidden()
    assert panel.view.parent().currentWidget() is panel.view
    assert panel.model.rowCount() == 1


def test_a_folder_that_cannot_be_read_says_why_and_is_tried_again(open_folder, folder) -> None:
    panel, session = open_folder()
    away = folder.path / "away.sqlite"
    folder.database.rename(away)
    session.table.request_reload()
    assert "is gone" in panel.placeholder.title.text()
    assert not panel.placeholder.button.isHidden()
    away.rename(folder.database)
    panel.placeholder.button.click()
    assert panel.placeholder.title.text() == "No runs yet"


def test_a_read_only_folder_can_be_looked_at_only(open_folder, database) -> None:
    write_edit(database, key(1, "comment"), "of somebody else")
    panel, session = open_folder(read_only=True)
    session.table.request_reload()
    assert not panel.bar.read_only.isHidden()
    index = panel.model.index(0, panel.model.section_of("comment"))
    assert not panel.model.flags(index) & Qt.ItemFlag.ItemIsEditable
    panel.view.setCurrentIndex(index)
    menu = entries(panel._commands.cell_entries(index))
    assert "Edit" not in menu
    assert not menu["Reprocess run 1"].enabled
