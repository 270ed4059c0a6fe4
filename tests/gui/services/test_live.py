import asyncio
import sqlite3
import threading

import pytest

from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.core.messages import Activity, Changed, Status
from damnit_backend.store.edits import write_edit
from damnit_backend.store.folder import Folder
from damnit_backend.transport.memory import MemoryHub
from damnit_gui.services.access import FolderAccess
from damnit_gui.services.folder_session import FolderSession
from damnit_gui.services.notifier import Level


@pytest.fixture
def hub():
    return MemoryHub()


@pytest.fixture
def live_session(small_folder, notifier, hub, qtbot):
    """The small folder with real threads, timers, and a listener's messages from `hub`."""
    access = FolderAccess(small_folder, read_only=False, proposal=1234)
    session = FolderSession(access, notifier, subscriber=hub.subscriber())
    with qtbot.waitSignal(session.table.reset):
        session.start()
    yield session
    session.close()
    session.join()


def test_a_run_written_by_another_program_appears_within_the_polling_time(live_session, add_run, qtbot):
    with qtbot.waitSignal(live_session.table.updated, timeout=3000):
        add_run(9, {"energy": 3.0})
    assert live_session.table.data.row_of(RunKey(1234, 9)) == 5


def test_a_hint_makes_it_quicker_than_polling(small_folder, notifier, hub, add_run, qtbot):
    access = FolderAccess(small_folder, read_only=False)
    session = FolderSession(access, notifier, subscriber=hub.subscriber())
    session.live._tick.setInterval(3_600_000)
    with qtbot.waitSignal(session.table.reset):
        session.start()
    add_run(9, {"energy": 3.0})
    with qtbot.waitSignal(session.table.updated, timeout=3000):
        hub.publish(Changed(1))
    session.close()
    session.join()


def test_a_storm_of_hints_is_answered_by_few_looks(session, qtbot):
    looks = []
    session.live.polled.connect(looks.append)
    for _ in range(500):
        session.live._heard(Changed(1))
    qtbot.waitUntil(lambda: bool(looks))
    qtbot.wait(150)
    assert len(looks) == 1


def test_what_the_listener_says_of_itself_is_passed_on(live_session, hub, qtbot):
    status = Status(Activity.WORKING, queued=2, running=((1234, 7),))
    with qtbot.waitSignal(live_session.live.status_received) as got:
        hub.publish(status)
    assert got.args == [status]


def test_connection_and_its_loss_are_passed_on(live_session, hub, qtbot):
    with qtbot.waitSignal(live_session.live.connected_changed) as got:
        asyncio.run(hub.open(lambda _: None))
    assert got.args == [True]
    with qtbot.waitSignal(live_session.live.connected_changed) as got:
        asyncio.run(hub.close())
    assert got.args == [False]


def test_a_reader_too_far_behind_loads_everything_again(session, database, qtbot):
    write_edit(database, CellKey(1234, 5, "comment"), "late")
    with database.writing() as sql:
        sql.execute("DELETE FROM desk_changes")
    with qtbot.waitSignal(session.table.reset):
        session.live.look()
    assert session.table.data.cell(4, "comment").value == "late"


def test_many_changed_runs_are_read_at_once(session, database, qtbot):
    for run in range(10, 400):
        write_edit(database, CellKey(1234, run, "comment"), "bulk")
    with qtbot.waitSignal(session.table.reset):
        session.live.look()
    assert len(session.table.data) == 395


def test_jobs_and_settings_are_passed_on_without_touching_the_table(session, database, qtbot):
    with database.writing() as sql:
        sql.execute("INSERT INTO metameta VALUES ('context_python', '/bin/python3')")
    with qtbot.assertNotEmitted(session.table.updated), qtbot.waitSignal(session.live.settings_changed):
        session.live.look()


def test_a_result_that_a_reload_overtook_is_dropped(session, add_run):
    session.live.look()
    news = session.live._read(session.table.data.seq)
    add_run(8, {"energy": 1.0})
    session.table.request_reload()
    session.live._apply(news)
    assert len(session.table.data) == 6


def test_a_database_that_cannot_be_read_is_said_once_and_recovered_from(session, small_folder: Folder, qtbot):
    aside = small_folder.path / "aside"
    small_folder.database.rename(aside)
    with qtbot.waitSignal(session.live.problem_changed) as got:
        session.live.look()
    assert "is gone" in got.args[0]
    with qtbot.assertNotEmitted(session.live.problem_changed):
        session.live.look()
    aside.rename(small_folder.database)
    with qtbot.waitSignal(session.live.problem_changed) as got:
        session.live.look()
    assert got.args == [""]


def test_a_database_without_a_feed_is_read_again_when_its_file_changes(session, small_folder: Folder, qtbot):
    with sqlite3.connect(small_folder.database) as sql:
        names = [name for (name,) in sql.execute("SELECT name FROM sqlite_master WHERE name LIKE 'desk%'")]
        for name in names:
            kind = sql.execute("SELECT type FROM sqlite_master WHERE name = ?", (name,)).fetchone()
            if kind is not None and kind[0] in ("table", "trigger"):
                sql.execute(f"DROP {kind[0]} {name}")
    sql.close()
    session.table.request_reload()
    assert session.table.data.seq == 0
    session.live.look()
    with sqlite3.connect(small_folder.database) as sql:
        sql.execute("INSERT INTO run_info VALUES (1234, 77, NULL, 0)")
    sql.close()
    with qtbot.waitSignal(session.table.reset):
        session.live.look()
    assert session.table.data.row_of(RunKey(1234, 77)) is not None


def test_a_bug_while_looking_is_reported_once_and_looking_goes_on(
    session, notifier, monkeypatch, qtbot, expect_log, log_watch
):
    expect_log("ZeroDivisionError")
    with monkeypatch.context() as broken:
        broken.setattr(session.live, "_read", lambda _: 1 / 0)
        session.live.look()
        session.live.look()
    assert [notice.level for notice in notifier.notices] == [Level.BUG]
    assert len(log_watch.texts) == 1
    assert "failed" in session.live.problem
    with qtbot.waitSignal(session.live.problem_changed) as got:
        session.live.look()
    assert got.args == [""]


def test_a_bug_while_loading_is_reported_and_the_table_does_not_seem_to_load_for_ever(
    session, notifier, monkeypatch, qtbot, expect_log
):
    expect_log("ZeroDivisionError")
    monkeypatch.setattr(session.table, "_load", lambda: 1 / 0)
    with qtbot.waitSignal(session.table.failed) as got:
        session.table.request_reload()
    assert "failed" in got.args[0].message
    assert [notice.level for notice in notifier.notices] == [Level.BUG]


def test_live_updates_and_edits_do_not_wait_for_other_work_that_is_stuck(live_session, add_run, qtbot):
    release = threading.Event()
    for _ in range(20):
        live_session.tasks.run(lambda: release.wait(30), lambda _: None)
    with qtbot.waitSignal(live_session.table.updated, timeout=3000):
        add_run(9, {"energy": 3.0})
    key = CellKey(1234, 9, "comment")
    live_session.editing.edit(key, "stored")
    qtbot.waitUntil(lambda: live_session.editing.pending(key) is None, timeout=3000)
    release.set()
