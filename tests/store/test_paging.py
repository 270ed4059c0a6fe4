"""Reading a large table while others write: no view of the database is kept for long, and the result is whole."""

import contextlib
import time

import pytest

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.store import feed, paging
from damnit_backend.store import table as table_module
from damnit_backend.store.database import Database
from damnit_backend.store.edits import write_edit
from damnit_backend.store.feed import read_changes
from damnit_backend.store.runs import add_run
from damnit_backend.store.table import read_runs, read_table
from damnit_backend.store.variables import Declaration, add_editable, declare_computed

INSERT = "INSERT INTO run_variables (proposal, run, name, version, value) VALUES (1, ?, ?, 1, ?)"


@pytest.fixture
def many(database, plain_sql):
    """Fills 20 runs with 100 cells each."""
    sql = plain_sql()
    sql.execute("BEGIN")
    for run in range(20):
        sql.execute("INSERT INTO run_info VALUES (1, ?, NULL, 1.0)", (run,))
        sql.executemany(INSERT, [(run, f"v{number}", number) for number in range(100)])
    sql.execute("COMMIT")
    return database


@pytest.fixture
def between_pages(monkeypatch, folder):
    """``between_pages(act)`` has pages of 100 cells, and ``act`` called, with another connection, after each."""

    def arrange(act) -> None:
        monkeypatch.setattr(paging, "READ_SECONDS", 0.0)
        monkeypatch.setattr(paging, "FETCHED", 100)
        add = table_module._Cells.add

        def add_and_act(self, rows) -> None:
            add(self, rows)
            with Database(folder) as other:
                act(other)

        monkeypatch.setattr(table_module._Cells, "add", add_and_act)

    return arrange


def test_that_what_others_write_between_pages_is_in_the_result(many, between_pages, monkeypatch):
    writes = iter([
        lambda other: write_edit(other, CellKey(1, 0, "comment"), "after its page"),
        lambda other: add_run(other, RunKey(1, 99)),
        lambda other: _delete_run(other, 19),
    ])  # fmt: skip
    between_pages(lambda other: next(writes, lambda _: None)(other))
    table = read_table(many)
    monkeypatch.undo()
    again = read_table(many)
    assert (table.seq, table.runs, table.variables) == (again.seq, again.runs, again.variables)
    assert {key: str(cell) for key, cell in table.cells.items()} == {k: str(cell) for k, cell in again.cells.items()}
    assert table.cells[CellKey(1, 0, "comment")].value == "after its page"
    assert RunKey(1, 19) not in {run.key for run in table.runs}
    assert not [key for key in table.cells if key.run == 19]
    assert read_changes(many, table.seq).empty


def _delete_run(database: Database, run: int) -> None:
    with database.writing() as sql:
        sql.execute("DELETE FROM run_variables WHERE run = ?", (run,))
        sql.execute("DELETE FROM run_info WHERE run = ?", (run,))


def test_that_a_column_which_comes_between_pages_is_in_the_result(many, between_pages, monkeypatch):
    def declare(other: Database) -> None:
        declare_computed(other, [Declaration("v1", "One")])
        with contextlib.suppress(UserError):
            add_editable(other, "flag", "boolean")
            write_edit(other, CellKey(1, 0, "flag"), True)

    between_pages(declare)
    table = read_table(many)
    monkeypatch.undo()
    assert {variable.title for variable in table.variables} == {"One", "flag"}
    assert table.cells[CellKey(1, 0, "flag")].value is True


def test_that_a_writer_who_never_ceases_does_not_keep_the_reader_for_ever(many, between_pages):
    between_pages(lambda other: write_edit(other, CellKey(1, 0, "comment"), str(time.time_ns())))
    table = read_table(many)
    assert len(table.cells) == 20 * 100 + 1


def test_that_cells_are_not_decoded_while_a_view_is_open(many, monkeypatch):
    decode = table_module.decode
    inside = []

    def watched(*arguments, **options):
        inside.append(many._connection.in_transaction)
        return decode(*arguments, **options)

    monkeypatch.setattr(table_module, "decode", watched)
    read_table(many)
    read_runs(many, [RunKey(1, 1), RunKey(1, 2)])
    assert len(inside) == 22 * 100
    assert not any(inside)


class Watched(Database):
    """A database that notes for how long each view of it is kept."""

    def __init__(self, *arguments, **options) -> None:
        super().__init__(*arguments, **options)
        self.seconds: list[float] = []

    @contextlib.contextmanager
    def reading(self):
        with super().reading() as sql:
            begin = time.monotonic()
            yield sql
            self.seconds.append(time.monotonic() - begin)


@pytest.mark.usefixtures("database")
def test_that_no_view_of_a_large_table_is_kept_for_long(folder, plain_sql):
    sql = plain_sql()
    sql.execute("BEGIN")
    sql.execute("INSERT INTO run_info VALUES (1, 1, NULL, 1.0)")
    sql.executemany(INSERT, [(1, f"v{number}", b"x" * 2000) for number in range(60_000)])
    sql.execute("COMMIT")
    with Watched(folder) as watched:
        assert len(read_table(watched).cells) == 60_000
    # Fetching them all takes several times as long as one page, however fast the machine.
    assert len(watched.seconds) > 4
    assert sum(watched.seconds) / len(watched.seconds) < 0.05


def test_that_a_folder_without_a_feed_is_read_whole(old_folder):
    with Database(old_folder(4), read_only=True) as database:
        table = read_table(database)
    assert (table.seq, [cell.value for cell in table.cells.values()]) == (0, [3.5])


def test_that_a_folder_without_a_feed_is_read_again_if_somebody_writes_meanwhile(old_folder, plain_sql, monkeypatch):
    folder = old_folder(4)
    other = plain_sql()
    add = table_module._Cells.add
    reads = []

    def add_and_write(self, rows) -> None:
        add(self, rows)
        reads.append(1)
        if len(reads) == 1:
            other.execute("UPDATE run_variables SET value = 4.5")
            other.execute("UPDATE run_info SET start_time = 7.0")

    monkeypatch.setattr(table_module._Cells, "add", add_and_write)
    with Database(folder, read_only=True) as database:
        table = read_table(database)
    assert len(reads) == 2
    assert (table.runs[0].start_time, [cell.value for cell in table.cells.values()]) == (7.0, [4.5])


def test_that_many_changes_are_read_in_several_views(database, plain_sql, monkeypatch):
    monkeypatch.setattr(feed, "_READ", 10)
    since = feed.read_seq(database)
    plain_sql().executemany("INSERT INTO run_info VALUES (1, ?, NULL, 1.0)", [(run,) for run in range(95)])
    changes = read_changes(database, since)
    assert (len(changes.runs), changes.complete, changes.seq) == (95, True, feed.read_seq(database))


def test_that_changes_which_are_forgotten_while_they_are_read_are_missed_by_nobody(database, plain_sql, monkeypatch):
    since = feed.read_seq(database)
    sql = plain_sql()
    sql.executemany("INSERT INTO run_info VALUES (1, ?, NULL, 1.0)", [(run,) for run in range(95)])
    monkeypatch.setattr(feed, "_READ", 50)
    read_seq = feed.read_seq

    def read_seq_and_forget(database: Database) -> int:
        seq = read_seq(database)
        sql.execute("DELETE FROM desk_changes WHERE seq <= ?", (since + 1,))
        return seq

    monkeypatch.setattr(feed, "read_seq", read_seq_and_forget)
    assert not read_changes(database, since).complete


def test_that_the_oldest_changes_are_forgotten_in_small_transactions(database, plain_sql, monkeypatch):
    monkeypatch.setattr(feed, "KEPT", 20)
    monkeypatch.setattr(feed, "_REMOVED", 7)
    plain_sql().executemany("INSERT INTO run_info VALUES (1, ?, NULL, 1.0)", [(run,) for run in range(95)])
    begun = []
    database.guard = lambda _: begun.append(1)
    feed.compact(database)
    assert len(begun) > 10
    with database.reading() as sql:
        assert sql.execute("SELECT count(*) FROM desk_changes").fetchone() == (20,)
