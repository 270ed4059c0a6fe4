import sqlite3
import threading

import pytest

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.store.database import Database, DatabaseBusyError
from damnit_backend.store.edits import write_edit
from damnit_backend.store.history import read_history
from damnit_backend.store.opening import create_database, open_database
from damnit_backend.store.runs import add_run
from damnit_backend.store.table import read_table

COMMENT = CellKey(1234, 1, "comment")


@pytest.fixture(params=["WAL", "DELETE"])
def either_journal(database, request):
    """The database with each of the journals that the store uses."""
    database.set_journal_mode(request.param)
    with database.reading() as sql:
        assert sql.execute("PRAGMA journal_mode").fetchone()[0].upper() == request.param
    return database


@pytest.mark.usefixtures("impatient", "either_journal")
def test_that_a_lock_held_by_another_program_is_said_soon_and_passes(folder, plain_sql):
    other = plain_sql()
    other.execute("BEGIN IMMEDIATE")
    with open_database(folder) as database:
        with pytest.raises(DatabaseBusyError, match="locked"):
            write_edit(database, COMMENT, "x")
        assert read_table(database).runs == ()
        other.execute("ROLLBACK")
        write_edit(database, COMMENT, "x")
        assert len(read_table(database).runs) == 1


@pytest.mark.usefixtures("impatient")
def test_that_an_exclusive_lock_is_said_on_opening_as_well(database, folder, plain_sql):
    database.set_journal_mode("DELETE")
    plain_sql().execute("BEGIN EXCLUSIVE")
    with pytest.raises(DatabaseBusyError):
        open_database(folder)


@pytest.mark.usefixtures("impatient")
def test_that_a_commit_which_readers_keep_waiting_can_be_tried_again(database, folder, plain_sql):
    database.set_journal_mode("DELETE")
    reader = plain_sql()
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM run_info").fetchall()
    with Database(folder) as writer:
        with pytest.raises(DatabaseBusyError):
            write_edit(writer, COMMENT, "first")
        reader.execute("ROLLBACK")
        write_edit(writer, COMMENT, "second")
        assert read_table(writer).cells[COMMENT].value == "second"


def test_that_a_transaction_is_whole_or_not_at_all(either_journal):
    def fail_halfway() -> None:
        with either_journal.writing() as sql:
            sql.execute("INSERT INTO run_info VALUES (1, 1, NULL, NULL)")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()
    assert read_table(either_journal).runs == ()
    add_run(either_journal, RunKey(1, 2))
    assert len(read_table(either_journal).runs) == 1


def test_that_a_reader_keeps_its_view_while_another_writes(database, folder):
    database.set_journal_mode("WAL")
    with open_database(folder) as other, database.reading() as sql:
        assert sql.execute("SELECT count(*) FROM run_info").fetchone() == (0,)
        add_run(other, RunKey(1, 1))
        assert sql.execute("SELECT count(*) FROM run_info").fetchone() == (0,)
    assert len(read_table(database).runs) == 1


def test_that_reading_never_writes(database):
    with database.reading() as sql:
        sql.execute("INSERT INTO run_info VALUES (1, 1, NULL, NULL)")
    assert read_table(database).runs == ()


def test_that_a_full_disk_is_said_and_loses_nothing_that_was_there(either_journal):
    write_edit(either_journal, COMMENT, "kept")
    with either_journal.reading() as sql:
        pages = sql.execute("PRAGMA page_count").fetchone()[0]
    either_journal._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(UserError, match="full") as caught:
        write_edit(either_journal, COMMENT, "x" * 100_000)
    assert "full" in caught.value.hint
    assert read_table(either_journal).cells[COMMENT].value == "kept"
    either_journal._connection.execute("PRAGMA max_page_count = 100000")
    write_edit(either_journal, COMMENT, "x" * 100_000)


def test_that_many_writers_at_once_all_get_their_turn(either_journal, folder):
    problems = []

    def work(number: int) -> None:
        try:
            with open_database(folder) as own:
                for run in range(10):
                    write_edit(own, CellKey(number, run, "comment"), "x")
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len(read_table(either_journal).runs) == 40


def test_that_a_bug_in_a_statement_is_no_user_error(database):
    with pytest.raises(sqlite3.OperationalError), database.reading() as sql:
        sql.execute("SELECT nonsense")


def test_that_bytes_which_are_no_text_hide_no_rows(database, plain_sql):
    write_edit(database, COMMENT, "fine")
    sql = plain_sql()
    sql.execute("INSERT INTO run_variables (proposal, run, name, version, value) VALUES (1234, 1, 'bad', 1, ?)", ("x",))
    sql.execute("UPDATE run_variables SET value = CAST(x'ff41' AS TEXT) WHERE name = 'bad'")
    cells = read_table(database).cells
    assert cells[COMMENT].value == "fine"
    assert cells[CellKey(1234, 1, "bad")].value == "\ufffdA"


def test_that_committed_work_survives_a_power_failure(database):
    with database.reading() as sql:
        assert sql.execute("PRAGMA synchronous").fetchone() == (2,)
        assert sql.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_that_the_journal_stays_while_another_program_is_in_the_database(folder, plain_sql):
    with create_database(folder, 1) as database:
        database.set_journal_mode("WAL")
        other = plain_sql()
        other.execute("BEGIN IMMEDIATE")
        database.set_journal_mode("DELETE")
        with database.reading() as sql:
            assert sql.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        other.execute("ROLLBACK")


def test_that_a_database_belongs_to_one_thread(database):
    problems = []

    def use() -> None:
        try:
            read_table(database)
        except sqlite3.ProgrammingError as error:
            problems.append(error)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert len(problems) == 1


def test_that_an_edit_shows_where_another_program_gave_a_cell_a_higher_version(database, plain_sql):
    write_edit(database, COMMENT, "first")
    plain_sql().execute(
        "INSERT INTO run_variables (proposal, run, name, version, value, timestamp)"
        " VALUES (1234, 1, 'comment', 2, 'theirs', 1)"
    )
    write_edit(database, COMMENT, "ours", replacing="theirs")
    assert read_table(database).cells[COMMENT].value == "ours"
    assert [version.cell.value for version in read_history(database, COMMENT)] == ["ours", "theirs"]
