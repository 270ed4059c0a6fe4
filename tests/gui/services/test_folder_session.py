from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.store.opening import open_database
from damnit_backend.store.table import read_table
from damnit_gui.services.access import FolderAccess, check_access
from damnit_gui.services.folder_session import FolderSession


def test_the_table_of_the_folder_is_loaded(session):
    data = session.table.data
    assert len(data) == 5
    assert data.run(0).key == RunKey(1234, 1)
    assert data.cell(1, "comment").value == "beam was unstable"
    assert data.cell(3, "good").value is True


def test_a_new_run_of_the_listener_appears_with_the_next_look(session, add_run, qtbot):
    with qtbot.waitSignal(session.table.updated) as got:
        add_run(7, {"energy": 1.5})
        session.live.look()
    assert got.args[0].inserted == (5,)
    assert session.table.data.cell(5, "energy").value == 1.5


def test_an_edit_is_stored_and_confirmed_by_the_table(session):
    key = CellKey(1234, 1, "comment")
    session.editing.edit(key, "good run")
    assert session.editing.pending(key).value == "good run"
    session.live.look()
    assert session.editing.pending(key) is None
    assert session.table.data.cell(0, "comment").value == "good run"
    session.editing.undo_stack.undo()
    session.live.look()
    cell = session.table.data.cell(0, "comment")
    assert cell is None or cell.value is None


def test_edits_that_wait_are_stored_before_a_session_is_closed(small_folder, notifier, qtbot):
    access = FolderAccess(small_folder, read_only=False)
    session = FolderSession(access, notifier)
    for run in range(1, 6):
        session.editing.edit(CellKey(1234, run, "comment"), f"comment {run}")
    with qtbot.waitSignal(session.closed):
        session.close()
    session.join()
    with access.database() as database:
        cells = read_table(database).cells
    assert [cells[CellKey(1234, run, "comment")].value for run in range(1, 6)] == [f"comment {n}" for n in range(1, 6)]


def test_a_session_without_waiting_edits_closes_at_once(session):
    session.close()
    assert session.is_closed


def test_why_a_folder_is_only_shown_is_said_when_it_is_opened(small_folder, notifier):
    with open_database(small_folder) as database, database.writing() as sql:
        sql.execute("INSERT INTO desk_migrations VALUES (999, 'later', 1.0, 'x')")
    access = check_access(small_folder)
    session = FolderSession(access, notifier)
    session.start()
    assert any("newer version" in notice.text for notice in notifier.notices)
    session.close()
    session.join()
