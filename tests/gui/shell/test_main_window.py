import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction, QGuiApplication
from PyQt6.QtWidgets import QToolBar, QWidget

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey, RunKey
from damnit_gui.actions.catalogue import ACTIONS, MENUS
from damnit_gui.actions.help_panel import HelpDialog
from damnit_gui.main_window import MainWindow
from damnit_gui.services.listener_view import ListenerView
from damnit_gui.services.preferences import Preferences
from damnit_gui.theme.icons import program_icon


def action(action_id):
    return next(action for action in ACTIONS if action.id == action_id)


def do(window, action_id):
    window.actions_.trigger(action(action_id))


def entry(window, action_id):
    """What menus and tool bar show of an action."""
    return window.findChild(QAction, action_id)


def test_a_window_without_a_folder_welcomes(empty_window):
    assert empty_window.page == "welcome"
    assert empty_window.windowTitle() == "DAMNIT Desktop"
    assert not any(empty_window.docks.is_visible(name) for name in ("inspector", "plots", "jobs", "log"))
    assert not entry(empty_window, "view.table").isEnabled()


def test_an_open_folder_shows_its_table_with_inspector_and_plots(window):
    assert window.page == "table"
    assert window.windowTitle() == "p1234 – DAMNIT Desktop"
    assert window.docks.is_visible("inspector")
    assert window.docks.is_visible("plots")
    assert not window.docks.is_visible("jobs")
    assert window.panels.table.model.rowCount() == 5


@pytest.mark.parametrize("size", [(1280, 800), (1600, 1000)])
def test_the_first_layout_leaves_most_of_the_room_to_the_table(empty_window, open_session, size, qtbot):
    empty_window.resize(*size)
    empty_window.set_session(open_session())
    qtbot.wait(1)
    table = empty_window.panels.table
    assert empty_window.size().width() == size[0]
    assert 0.55 < table.width() / size[0] < 0.75
    assert table.height() / size[1] > 0.8


def test_closing_the_folder_goes_back_to_the_welcome_page(window):
    session = window.session
    do(window, "folder.close")
    assert window.page == "welcome"
    assert window.session is None
    assert session.editing.undo_stack is not None
    assert not window.docks.is_visible("plots")
    do(window, "view.table")
    assert window.page == "welcome"


def test_another_folder_takes_the_place_of_the_one_that_was_open(window, open_session):
    former = window.panels
    window.set_session(open_session(read_only=True))
    assert window.panels is not former
    assert not entry(window, "run.reprocess").isEnabled()
    assert "read-only" in window.status.listener.text()


def test_opening_and_closing_folders_leaves_nothing_behind(window, open_session, qtbot):
    counts = []
    for _ in range(3):
        do(window, "folder.close")
        qtbot.wait(1)
        counts.append(len(window.findChildren(QWidget)))
        window.set_session(open_session())
    assert len(set(counts)) == 1


def test_late_news_of_the_former_folder_are_not_shown_over_the_new_one(window, open_session):
    former = window.session
    window.set_session(open_session())
    shown = window.status.listener.text()
    former.backend.status_changed.emit(ListenerView(True, "of the former folder", "ok"))
    former.live.connected_changed.emit(True)
    former.live.problem_changed.emit("of the former folder")
    former.editing.count_changed.emit(3)
    assert window.status.listener.text() == shown
    assert window.status.transport.text() == "polling"
    assert not window.status.pending.isVisible()


def test_pages_change_by_keyboard(window, qtbot):
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.page == "editor"
    assert entry(window, "view.editor").isChecked()
    qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert window.page == "table"


def test_panels_unfold_and_fold_by_keyboard(window, qtbot):
    for _ in range(2):
        qtbot.keyClick(window, Qt.Key.Key_6, Qt.KeyboardModifier.ControlModifier)
        assert window.docks.is_visible("log")
        assert entry(window, "view.log").isChecked()
        qtbot.keyClick(window, Qt.Key.Key_6, Qt.KeyboardModifier.ControlModifier)
        assert not window.docks.is_visible("log")


def test_a_tab_behind_another_one_comes_to_the_front(window, qtbot):
    window.toggle_panel("jobs")
    window.toggle_panel("log")
    qtbot.wait(1)
    assert window.docks.is_visible("log")
    assert not window.docks.is_visible("jobs")
    window.toggle_panel("jobs")
    qtbot.wait(1)
    assert window.docks.is_visible("jobs")


def test_layout_and_theme_come_back_after_a_restart(window, preferences_file, notifier, open_session, qtbot):
    window.toggle_panel("log")
    window.toggle_panel("inspector")
    window.set_theme("dark")
    window.panels.plot("motor")
    window.clear_session()
    window.close()
    again = MainWindow(Preferences(preferences_file, notifier), notifier)
    qtbot.addWidget(again)
    again.resize(1280, 800)
    again.show()
    again.set_session(open_session())
    qtbot.wait(1)
    assert again.docks.is_visible("log")
    assert not again.docks.is_visible("inspector")
    assert [spec.y for spec in again.panels.plots.specs()] == ["energy", "motor"]
    assert Preferences(preferences_file, notifier).theme == "dark"
    again.clear_session()


def test_the_layout_can_be_reset(window, qtbot):
    window.toggle_panel("jobs")
    window.toggle_panel("plots")
    do(window, "view.reset_layout")
    qtbot.wait(1)
    assert window.docks.is_visible("plots")
    assert not window.docks.is_visible("jobs")


def test_a_panel_that_was_closed_with_its_cross_can_be_brought_back(window):
    dock = window.docks._docks["inspector"]
    dock.close()
    assert not entry(window, "view.inspector").isChecked()
    do(window, "view.inspector")
    assert window.docks.is_visible("inspector")


def test_the_current_cell_goes_to_inspector_plot_and_full_result(window):
    window.panels.table.focus_cell(CellKey(1234, 2, "motor"))
    assert window.current_cell() == CellKey(1234, 2, "motor")
    assert window.panels.inspector.key == CellKey(1234, 2, "motor")
    do(window, "run.plot")
    assert [spec.y for spec in window.panels.plots.specs()] == ["energy", "motor"]
    assert entry(window, "run.open_cell").isEnabled()
    do(window, "run.open_cell")


def test_where_there_is_no_result_the_inspector_says_why(window):
    window.docks.toggle("inspector")
    for name in ("broken", "quality"):
        window.panels.open_result(CellKey(1234, 1, name))
        assert window.panels.inspector.key == CellKey(1234, 1, name)
    assert window.docks.is_visible("inspector")
    assert window.panels.plots._tabs.count() == 1
    window.panels.open_result(CellKey(1234, 1, "trace"))
    assert window.panels.plots._tabs.count() == 2


def test_a_window_without_room_at_the_first_start_fills_the_screen(empty_window):
    room = empty_window.screen().availableSize()
    empty_window.restore_place((room.width(), room.height()))
    assert empty_window.isMaximized()


def test_a_window_with_room_is_as_large_as_it_should_be(empty_window):
    empty_window.restore_place((500, 400))
    assert not empty_window.isMaximized()


def test_edits_are_undone_from_the_menu(window):
    assert not entry(window, "edit.undo").isEnabled()
    window.session.editing.edit(CellKey(1234, 1, "comment"), "good")
    window.session.live.look()
    assert entry(window, "edit.undo").isEnabled()
    do(window, "edit.undo")
    window.session.live.look()
    assert window.session.table.data.cell(0, "comment").value is None


def test_selected_runs_are_queued(window, database):
    window.panels.table.focus_run(RunKey(1234, 3))
    do(window, "run.reprocess")
    with database.reading() as sql:
        assert sql.execute("SELECT run FROM desk_jobs").fetchall() == [(3,)]
    assert "Queued one run" in window.status.message.text()


def test_every_menu_has_actions_and_every_action_is_in_one(window):
    menus = {shown.text(): shown.menu() for shown in window.menuBar().actions()}
    assert tuple(menus) == MENUS
    listed = {shown.objectName() for menu in menus.values() for shown in menu.actions() if not shown.isSeparator()}
    assert listed == {action.id for action in ACTIONS}


def test_buttons_of_the_tool_bar_explain_themselves(window):
    bar = window.findChild(QToolBar, "toolbar")
    assert all(action.toolTip() for action in bar.actions() if action.objectName())


def test_an_error_on_opening_is_said_on_the_welcome_page(empty_window):
    empty_window.welcome.open_form.place.set_text("/nowhere")
    empty_window.show_opening_failed(UserError("There is no folder /nowhere.", "Check the spelling."))
    assert empty_window.page == "welcome"
    assert empty_window.welcome.open_form.error.text() == "There is no folder /nowhere. Check the spelling."


def test_a_bug_leaves_the_window_up_and_offers_its_report(window, notifier, expect_log):
    expect_log("lost a bolt")
    try:
        raise RuntimeError("lost a bolt")
    except RuntimeError as error:
        notifier.report(error)
    assert window.strip.isVisible()
    window.strip.choices["Copy the report"].click()
    assert "RuntimeError: lost a bolt" in QGuiApplication.clipboard().text()


def test_an_error_is_shown_below_and_kept_among_the_messages(window, notifier, qtbot):
    notifier.error("The disk is full.", "Remove something.")
    assert window.status.message.text() == "The disk is full."
    qtbot.mouseClick(window.status.message, Qt.MouseButton.LeftButton)
    assert window.docks.is_visible("messages")
    assert "Remove something." in window.docks._docks["messages"].widget().list.item(0).text()


def test_help_is_written_from_the_actions(window):
    do(window, "help.shortcuts")
    dialog = window.findChild(HelpDialog)
    assert "Ctrl+1" in dialog.text.toPlainText()
    assert not dialog.isModal()
    dialog.close()


def test_the_editor_asks_which_runs_to_process_again(window, database):
    window.panels.editor.reprocess_requested.emit()
    window.strip.choices["All 5 runs"].click()
    with database.reading() as sql:
        assert sql.execute("SELECT count(*) FROM desk_jobs").fetchone() == (5,)


def test_all_windows_have_the_icon_of_the_program(window, qapp):
    qapp.setWindowIcon(program_icon())
    own = qapp.windowIcon().cacheKey()
    window.panels.plots.open_result(CellKey(1234, 1, "trace")).become_window()
    do(window, "help.about")
    shown = [widget for widget in qapp.topLevelWidgets() if widget.isVisible()]
    assert len(shown) == 3
    assert {widget.windowIcon().cacheKey() for widget in shown} == {own}
    window.findChild(HelpDialog).close()
