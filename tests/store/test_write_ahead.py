import sqlite3

import pytest

from damnit_backend.core.keys import CellKey
from damnit_backend.store import write_ahead
from damnit_backend.store.edits import write_edit
from damnit_backend.store.table import read_table
from damnit_backend.store.write_ahead import log_size

KEY = CellKey(1, 1, "comment")
LIMIT = 100_000


@pytest.fixture
def small_log(database, monkeypatch):
    """The database with a log that is to be emptied after 100 kB, and which SQLite leaves alone."""
    monkeypatch.setattr(write_ahead, "LIMIT", LIMIT)
    database.set_journal_mode("WAL")
    database._connection.execute("PRAGMA wal_autocheckpoint = 0")
    return database


def write(database, count: int) -> None:
    for number in range(count):
        write_edit(database, KEY, f"{number} " + "x" * 10_000)


def test_that_the_log_is_emptied_when_it_has_grown(small_log, folder):
    sizes = []
    for _ in range(40):
        write(small_log, 1)
        sizes.append(log_size(folder.database))
    assert LIMIT / 2 < max(sizes) < 2 * LIMIT
    assert sizes.count(0) > 3


def test_that_a_reader_in_the_way_loses_nothing_and_delays_few_commits(small_log, folder, plain_sql, monkeypatch):
    monkeypatch.setattr(write_ahead, "WAIT_MS", 10)
    reader = plain_sql()
    reader.execute("BEGIN")
    before = reader.execute("SELECT count(*) FROM run_variables").fetchall()
    write(small_log, 40)
    assert log_size(folder.database) > LIMIT
    assert reader.execute("SELECT count(*) FROM run_variables").fetchall() == before
    reader.execute("ROLLBACK")
    assert str(read_table(small_log).cells[KEY].value).startswith("39 ")


def test_that_a_log_which_cannot_be_emptied_does_not_make_the_commit_fail(small_log, monkeypatch, caplog):
    class Full(sqlite3.OperationalError):
        pass

    def fail(*_):
        raise Full("database or disk is full")

    monkeypatch.setattr(write_ahead, "_checkpoint", fail)
    write(small_log, 40)
    assert str(read_table(small_log).cells[KEY].value).startswith("39 ")
    assert "cannot be emptied" in caplog.text


def test_that_without_a_log_there_is_nothing_to_do(database, folder):
    database.set_journal_mode("DELETE")
    write(database, 3)
    assert log_size(folder.database) == 0
