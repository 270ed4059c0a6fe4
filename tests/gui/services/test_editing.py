import math
import sqlite3
import time

import pytest

from damnit_backend.core.keys import CellKey
from damnit_backend.store import database as store_database
from damnit_backend.store.edits import write_edit
from damnit_backend.store.late_edits import Typing
from damnit_gui.services.access import FolderAccess
from damnit_gui.services.edit_journal import EditJournal, folder_directory, usual_directory
from damnit_gui.services.folder_session import FolderSession
from damnit_gui.services.journal_lines import journal_edit
from damnit_gui.services.tasks import Tasks

COMMENT = CellKey(1234, 1, "comment")


def shown(session, key=COMMENT):
    cell = session.table.data.cell(session.table.data.row_of(key.row), key.name)
    return None if cell is None else cell.value


def test_an_edit_is_pending_until_the_table_shows_it(session):
    session.editing.edit(COMMENT, "good")
    assert session.editing.pending(COMMENT).value == "good"
    assert session.editing.waiting == 1
    session.live.look()
    assert session.editing.pending(COMMENT) is None
    assert session.editing.waiting == 0
    assert shown(session) == "good"


def test_edits_are_undone_and_redone_in_order(session):
    stack = session.editing.undo_stack
    for text in ("one", "two", "three"):
        session.editing.edit(COMMENT, text)
    stack.undo()
    stack.undo()
    session.live.look()
    assert shown(session) == "one"
    stack.redo()
    session.live.look()
    assert shown(session) == "two"
    assert stack.undoText() == "edit of comment in run 1"


@pytest.mark.parametrize(("there", "said"), [("theirs", "changed to 'theirs'"), (None, "emptied")])
def test_undo_does_not_destroy_what_somebody_else_wrote_since(session, database, notifier, there, said):
    stack = session.editing.undo_stack
    session.editing.edit(COMMENT, "mine")
    write_edit(database, COMMENT, there)
    stack.undo()
    session.live.look()
    assert shown(session) == there
    assert session.editing.pending(COMMENT) is None
    assert f"Since then it was {said} elsewhere (" in notifier.notices[-1].text
    stack.redo()
    session.live.look()
    assert shown(session) == there
    assert stack.count() == 0


def test_redo_does_not_destroy_what_somebody_else_wrote_since(session, database):
    stack = session.editing.undo_stack
    session.editing.edit(COMMENT, "mine")
    stack.undo()
    write_edit(database, COMMENT, "theirs")
    stack.redo()
    session.live.look()
    assert shown(session) == "theirs"


@pytest.mark.parametrize(
    ("name", "values"), [("quality", (1, 2.5, math.nan, None, 3)), ("good", (True, False, None, True))]
)
def test_values_of_each_type_are_undone_and_redone(session, name, values):
    key, stack = CellKey(1234, 5, name), session.editing.undo_stack
    for value in values:
        session.editing.edit(key, value)
        session.live.look()
    for _ in range(2):
        while stack.canUndo():
            stack.undo()
        session.live.look()
        assert shown(session, key) is None
        while stack.canRedo():
            stack.redo()
        session.live.look()
        assert shown(session, key) == values[-1]


def test_typing_what_is_there_already_writes_nothing(session):
    session.editing.edit(CellKey(1234, 2, "comment"), "beam was unstable")
    assert session.editing.undo_stack.count() == 0


def test_zero_and_false_and_one_are_different_values(session):
    key = CellKey(1234, 4, "good")
    session.editing.edit(key, False)
    session.live.look()
    assert shown(session, key) is False
    session.editing.edit(key, None)
    session.live.look()
    assert shown(session, key) is None


def test_a_refused_edit_is_reverted_with_the_reason(session, notifier):
    key = CellKey(1234, 1, "energy")
    session.editing.edit(key, 5)
    edit = session.editing.pending(key)
    assert "computed" in edit.error
    assert session.editing.waiting == 0
    assert "energy of run 1" in notifier.notices[-1].text
    session.editing.undo_stack.undo()
    assert session.editing.undo_stack.count() == 0
    session.editing.forget(key)
    assert session.editing.pending(key) is None


def test_nothing_is_edited_in_a_read_only_folder(small_folder, notifier):
    access = FolderAccess(small_folder, read_only=True)
    session = FolderSession(access, notifier, tasks=Tasks(notifier, synchronous=True))
    session.table.request_reload()
    session.editing.edit(COMMENT, "no")
    assert session.editing.pending(COMMENT) is None
    assert "read-only" in notifier.notices[-1].text
    session.close()


@pytest.fixture
def impatient(monkeypatch):
    """A store that waits only a moment for locks."""
    monkeypatch.setattr(store_database, "BUSY_SECONDS", 0.05)


@pytest.mark.usefixtures("impatient")
def test_an_edit_waits_until_another_program_lets_go_of_the_database(session, small_folder, qtbot):
    other = sqlite3.connect(small_folder.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    session.editing.edit(COMMENT, "patient")
    session.editing.edit(COMMENT, "still patient")
    assert session.editing.pending(COMMENT).error == ""
    other.execute("ROLLBACK")
    other.close()
    with qtbot.waitSignal(session.editing.count_changed, check_params_cb=lambda count: count == 0, timeout=5000):
        pass
    assert shown(session) == "still patient"


@pytest.fixture
def quick(monkeypatch):
    """An editor that tries again at once."""
    monkeypatch.setattr("damnit_gui.services.edit_writer.RETRY_MS", 1)


@pytest.fixture
def locked(small_folder):
    """The database is locked by another program, until the test lets go of it."""
    other = sqlite3.connect(small_folder.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield other
    other.close()


@pytest.mark.usefixtures("impatient", "quick")
def test_an_edit_that_does_not_get_the_database_says_so_and_waits_on(session, locked, notifier, qtbot):
    with qtbot.waitSignal(session.editing.delay_changed, timeout=5000):
        session.editing.edit(COMMENT, "in vain?")
    assert "locked" in session.editing.delay
    assert "kept on this computer" in notifier.notices[-1].hint
    assert session.editing.pending(COMMENT).error == ""
    with qtbot.waitSignal(session.editing.drained, timeout=5000):
        locked.execute("ROLLBACK")
    assert session.editing.delay == ""
    session.live.look()
    assert shown(session) == "in vain?"


@pytest.fixture
def opened(small_folder, notifier):
    """``opened()``: another window on the folder, as after a start of the program."""
    sessions = []

    def open_():
        access = FolderAccess(small_folder, read_only=False, proposal=1234)
        made = FolderSession(access, notifier, tasks=Tasks(notifier, synchronous=True))
        made.table.request_reload()
        sessions.append(made)
        return made

    yield open_
    for session in sessions:
        session.close()


@pytest.fixture
def closed_too_early(opened, locked, notifier, qtbot, monkeypatch, expect_log):
    """``closed_too_early({key: value})``: typed in a window that was closed while the database was locked."""

    def type_and_close(edits):
        expect_log("not stored yet")
        monkeypatch.setattr("damnit_gui.services.folder_session.FLUSH_MS", 10)
        session = opened()
        for key, value in edits.items():
            session.editing.edit(key, value)
        with qtbot.waitSignal(session.closed):
            session.close()
        assert "stored when you open the folder again" in notifier.notices[-1].hint
        locked.execute("ROLLBACK")

    return type_and_close


@pytest.mark.usefixtures("impatient", "quick")
def test_edits_survive_a_window_that_is_closed_while_the_database_is_locked(opened, closed_too_early):
    quality = CellKey(1234, 2, "quality")
    closed_too_early({COMMENT: "typed in the night", quality: 2.5})
    second = opened()
    second.editing.start()
    second.live.look()
    assert shown(second) == "typed in the night"
    assert shown(second, quality) == 2.5
    assert second.editing.waiting == 0


@pytest.mark.usefixtures("impatient", "quick")
def test_a_late_edit_does_not_replace_what_was_written_after_it_but_is_in_the_history(
    opened, closed_too_early, database, notifier
):
    closed_too_early({COMMENT: "early"})
    write_edit(database, COMMENT, "newer")
    second = opened()
    second.editing.start()
    second.live.look()
    assert shown(second) == "newer"
    assert second.editing.pending(COMMENT) is None
    assert "came too late" in notifier.notices[-1].text
    assert "early" in former(database)


def test_an_edit_that_was_stored_just_before_the_crash_is_not_stored_again(opened, small_folder, database):
    edit = journal_edit(COMMENT, "once", time.time())
    write_edit(database, COMMENT, "once", typing=Typing(edit.id, edit.typed_at))
    write_edit(database, COMMENT, "then somebody else")
    left = EditJournal(folder_directory(usual_directory(), str(small_folder.path)), small_folder.path)
    left.add(edit)
    left.close()
    session = opened()
    session.editing.start()
    session.live.look()
    assert shown(session) == "then somebody else"
    assert session.editing.waiting == 0


def test_a_journal_that_cannot_be_written_is_said_and_the_edit_is_stored_all_the_same(
    session, notifier, monkeypatch, tmp_path
):
    (tmp_path / "file").touch()
    monkeypatch.setattr(session.editing.writer._journal, "_directory", tmp_path / "file" / "no")
    session.editing.edit(COMMENT, "stored")
    session.live.look()
    assert shown(session) == "stored"
    assert any("cannot be kept on this computer" in notice.text for notice in notifier.notices)


def former(database):
    with database.reading() as sql:
        return {
            value
            for (value,) in sql.execute("SELECT value FROM desk_history WHERE kind = 'value' AND name = 'comment'")
        }
