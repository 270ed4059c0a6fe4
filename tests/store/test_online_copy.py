import contextlib
import sqlite3
import threading

import pytest

from damnit_backend.store import online_copy
from damnit_backend.store.database import Database


@pytest.fixture(params=["WAL", "DELETE"])
def large(database, request):
    """A database of about 10 MB."""
    database.set_journal_mode(request.param)
    with database.writing() as sql:
        sql.execute("CREATE TABLE counter (n)")
        sql.execute("INSERT INTO counter VALUES (0)")
        sql.execute("CREATE TABLE large (n, data)")
        sql.executemany("INSERT INTO large VALUES (0, ?)", [("x" * 1000,) for _ in range(10_000)])
    return database


@pytest.mark.parametrize("restarts", [0, 5, 10**9])
def test_that_a_copy_is_of_one_moment_while_others_write(large, folder, tmp_path, monkeypatch, restarts):
    monkeypatch.setattr(online_copy, "RESTARTS", restarts)
    monkeypatch.setattr(online_copy, "PAGES", 100)
    stop, written = threading.Event(), []

    def write() -> None:
        with Database(folder) as other:
            for number in range(1, 30):
                with other.writing() as sql:
                    sql.execute("UPDATE counter SET n = ?", (number,))
                    sql.execute("UPDATE large SET n = ? WHERE rowid IN (1, 5000, 10000)", (number,))
                written.append(number)
                if stop.wait(0.01):
                    return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        large.backup_to(tmp_path / "copy")
    finally:
        stop.set()
        writer.join()
    with contextlib.closing(sqlite3.connect(tmp_path / "copy")) as sql:
        assert sql.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        (number,) = sql.execute("SELECT n FROM counter").fetchone()
        rows = sql.execute("SELECT n FROM large WHERE rowid IN (1, 5000, 10000)").fetchall()
    assert rows == [(number,)] * 3
    assert written


def test_that_an_undisturbed_copy_is_made_in_steps(database, tmp_path):
    database.set_journal_mode("DELETE")
    looked = []

    class Source(sqlite3.Connection):
        def backup(self, *arguments, **options):
            looked.append(options.get("pages"))
            return super().backup(*arguments, **options)

    with (
        contextlib.closing(sqlite3.connect(database.folder.database, factory=Source)) as source,
        contextlib.closing(sqlite3.connect(tmp_path / "copy")) as target,
    ):
        online_copy.copy_online(source, target)
        assert target.execute("SELECT count(*) FROM metameta").fetchone()[0] > 0
    assert looked == [online_copy.PAGES]
