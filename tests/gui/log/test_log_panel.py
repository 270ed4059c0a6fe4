"""The log as a person meets it, on files that grow."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from damnit_backend.core.keys import RunKey
from damnit_backend.store.database import Database
from damnit_gui.panels.log import LogPanel
from damnit_gui.panels.log import follower as follower_module
from damnit_gui.services.access import FolderAccess
from damnit_gui.services.folder_session import FolderSession
from damnit_gui.services.notifier import Notifier
from damnit_gui.services.tasks import Tasks

RUN = RunKey(1234, 12)


@pytest.fixture
def threaded(database: Database, notifier: Notifier) -> Iterator[FolderSession]:
    """An open folder whose work is done in real threads."""
    tasks = Tasks(notifier)
    made = FolderSession(FolderAccess(database.folder, read_only=False, proposal=1234), notifier, tasks=tasks)
    yield made
    made.close()
    tasks.join()


@pytest.fixture
def panel(threaded: FolderSession, qtbot: QtBot, monkeypatch) -> LogPanel:
    monkeypatch.setattr(follower_module, "LOOK_MS", 10)
    made = LogPanel(threaded)
    qtbot.addWidget(made)
    made.resize(900, 300)
    made.show()
    return made


def add(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def click(panel: LogPanel, qtbot: QtBot, line: int, column: int) -> None:
    view = panel.view
    position = view.positionFromLineIndex(line, column)
    x = view.SendScintilla(view.SCI_POINTXFROMPOSITION, 0, position)
    y = view.SendScintilla(view.SCI_POINTYFROMPOSITION, 0, position)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x + 2, y + 4))


def test_without_a_log_it_says_so_and_shows_it_when_it_comes(panel: LogPanel, folder, qtbot) -> None:
    panel.show_run(RUN)
    qtbot.waitUntil(lambda: panel.empty.isVisible() and panel.empty.text() == "No log of run 12 yet.")
    assert panel.chooser.currentText() == "Run 12"
    add(folder.run_log(RUN), "begun\n")
    qtbot.waitUntil(panel.view.isVisible)
    assert panel.view.text() == "begun\n"


def test_it_follows_the_file_and_keeps_its_place_when_scrolled_up(panel: LogPanel, folder, qtbot) -> None:
    add(folder.listener_log, "".join(f"line {number}\n" for number in range(200)))
    qtbot.waitUntil(lambda: panel.view.text().endswith("line 199\n"))
    add(folder.listener_log, "half")
    qtbot.waitUntil(lambda: panel.view.text().endswith("line 199\nhalf"))
    add(folder.listener_log, " and whole\n")
    qtbot.waitUntil(lambda: panel.view.text().endswith("line 199\nhalf and whole\n"))
    assert panel.view.at_end
    panel.view.setFirstVisibleLine(5)
    add(folder.listener_log, "more\n")
    qtbot.waitUntil(lambda: panel.view.text().endswith("more\n"))
    assert panel.view.firstVisibleLine() == 5
    panel._end.click()
    qtbot.waitUntil(lambda: panel.view.at_end)


def test_a_rotated_log_is_shown_from_its_beginning(panel: LogPanel, folder, qtbot) -> None:
    add(folder.listener_log, "old\n")
    qtbot.waitUntil(lambda: panel.view.text() == "old\n")
    folder.listener_log.rename(folder.logs / "listener.log.1")
    add(folder.listener_log, "new\n")
    qtbot.waitUntil(lambda: panel.view.text() == "new\n")
    folder.listener_log.unlink()
    qtbot.waitUntil(panel.empty.isVisible)


def test_of_a_long_log_the_rest_can_be_loaded(panel: LogPanel, folder, qtbot) -> None:
    lines = "".join(f"line {number:07} µ ------------------------------\n" for number in range(60_000))
    folder.run_log(RUN).write_text(lines, encoding="utf-8")
    panel.show_run(RUN)
    qtbot.waitUntil(lambda: panel.strip.isVisible())
    assert panel.view.length() <= 2_000_000
    assert panel.view.text().startswith("line ")
    first = panel.view.text(panel.view.firstVisibleLine())
    with qtbot.waitSignal(panel.follower.earlier):
        panel.strip.choices["Load earlier"].click()
    assert panel.view.text(panel.view.firstVisibleLine()) == first
    assert panel.view.text() == lines
    assert not panel.strip.isVisible()


def test_a_click_on_a_place_in_the_context_file_opens_it(panel: LogPanel, folder, qtbot) -> None:
    add(folder.run_log(RUN), 'µµµ\n  File "/x/context.py", line 17, in f\n  File "/x/other.py", line 3\n')
    panel.show_run(RUN)
    qtbot.waitUntil(lambda: "other" in panel.view.text())
    with qtbot.waitSignal(panel.open_line) as opened:
        click(panel, qtbot, 1, 12)
    assert opened.args == [17]
    with qtbot.assertNotEmitted(panel.open_line):
        click(panel, qtbot, 2, 12)
        click(panel, qtbot, 0, 1)


def test_asked_about_a_variable_it_begins_where_that_one_failed(panel: LogPanel, folder, qtbot) -> None:
    lines = [f"12:00 INFO damnit_ctx: v{number} computed" for number in range(200)]
    lines[90] = "12:00 ERROR damnit_ctx: energy failed:"
    add(folder.run_log(RUN), "\n".join([*lines, ""]))
    panel.show_run(RUN, "energy")
    qtbot.waitUntil(lambda: panel.view.firstVisibleLine() == 90)
    panel.show_run(RUN)
    qtbot.waitUntil(lambda: panel.view.at_end)
    panel.show_run(RUN, "no_such")
    qtbot.waitUntil(lambda: panel.view.lines() > 200)
    assert panel.view.at_end


def test_another_log_is_chosen_from_those_that_exist(panel: LogPanel, folder, qtbot) -> None:
    add(folder.run_log(RunKey(1234, 3)), "three\n")
    add(folder.run_log(RUN), "twelve\n")
    panel.show_run(RunKey(1234, 99))
    panel.chooser.refresh()
    names = ["Listener", "Run 99", "Run 12", "Run 3"]
    qtbot.waitUntil(lambda: [panel.chooser.itemText(i) for i in range(panel.chooser.count())] == names)
    assert panel.chooser.currentText() == "Run 99"
    panel.chooser.setCurrentIndex(3)
    panel.chooser.activated.emit(3)
    qtbot.waitUntil(lambda: panel.view.text() == "three\n")
    assert panel.shown == RunKey(1234, 3)
    panel.show_listener()
    qtbot.waitUntil(panel.empty.isVisible)
    assert panel.chooser.currentText() == "Listener"


def test_a_quick_change_of_mind_never_mixes_two_logs(panel: LogPanel, folder, qtbot) -> None:
    for run in range(1, 9):
        add(folder.run_log(RunKey(1234, run)), f"log of {run}\n")
    for run in range(1, 9):
        panel.show_run(RunKey(1234, run))
    qtbot.waitUntil(lambda: panel.view.text() == "log of 8\n")


def test_a_log_that_cannot_be_read_is_told_until_it_can(panel: LogPanel, folder, qtbot) -> None:
    folder.run_log(RUN).mkdir()
    panel.show_run(RUN)
    qtbot.waitUntil(lambda: panel.strip.isVisible() and panel.strip.level == "error")
    folder.run_log(RUN).rmdir()
    add(folder.run_log(RUN), "fine\n")
    qtbot.waitUntil(lambda: panel.view.text() == "fine\n")
    assert not panel.strip.isVisible()


def test_nothing_is_read_while_nobody_looks(panel: LogPanel, folder, qtbot) -> None:
    add(folder.listener_log, "one\n")
    qtbot.waitUntil(lambda: panel.view.text() == "one\n")
    panel.hide()
    assert not panel.follower._timer.isActive()
    add(folder.listener_log, "two\n")
    panel.show()
    qtbot.waitUntil(lambda: panel.view.text() == "one\ntwo\n")


def test_text_is_copied_and_searched(panel: LogPanel, folder, qtbot) -> None:
    add(folder.listener_log, "alpha beta\n")
    qtbot.waitUntil(lambda: panel.view.text() == "alpha beta\n")
    panel.copy()
    clipboard = QApplication.clipboard()
    assert clipboard.text() == "alpha beta\n"
    qtbot.keyClick(panel.view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(panel.find_bar.field, "beta")
    assert panel.view.selectedText() == "beta"
    panel.copy()
    assert clipboard.text() == "beta"
    panel._wrap.setChecked(True)
    assert panel.view.wrapMode() == panel.view.WrapMode.WrapWord


def test_the_panel_works_when_tasks_are_done_at_once(session, qtbot, small_folder) -> None:
    add(small_folder.listener_log, "one\n")
    made = LogPanel(session)
    qtbot.addWidget(made)
    assert made.view.text() == "one\n"
    add(small_folder.listener_log, "two\n")
    made.follower.look()
    assert made.view.text() == "one\ntwo\n"
