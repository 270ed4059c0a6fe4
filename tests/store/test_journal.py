"""Which journal a folder has, and what is left of one in a place where it cannot be used."""

import contextlib
import os
import shutil
import signal
import sqlite3

import pytest

from damnit_backend.cli import app
from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey
from damnit_backend.store import journal
from damnit_backend.store.connection import leave_write_ahead_log
from damnit_backend.store.database import Database
from damnit_backend.store.edits import write_edit
from damnit_backend.store.folder import Folder
from damnit_backend.store.opening import create_database, open_database, open_for_reading
from damnit_backend.store.settings import set_setting
from damnit_backend.store.table import read_table

KEY = CellKey(1234, 1, "comment")


def present(database: Database) -> str:
    with database.reading() as sql:
        return sql.execute("PRAGMA journal_mode").fetchone()[0]


def comment_in(folder: Folder) -> object:
    with open_for_reading(folder) as database:
        return read_table(database).cells[KEY].value


@pytest.fixture
def facility(tmp_path, monkeypatch):
    """``facility(text)`` is the facility's settings file."""

    def write(text: str) -> None:
        path = tmp_path / "damnit.toml"
        path.write_text(text)
        monkeypatch.setenv("DAMNIT_CONFIG", str(path))

    return write


@pytest.fixture
def killed_writer(folder):
    """A folder as a writer left it that was killed, with its last edit in the write-ahead log only."""
    with create_database(folder, 1234) as database:
        database.set_journal_mode("WAL")
        write_edit(database, KEY, "before")
    pid = os.fork()
    if pid == 0:
        with Database(folder) as database:
            write_edit(database, KEY, "the last")
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)
    assert folder.database.with_name("runs.sqlite-wal").stat().st_size > 0
    return folder


@pytest.mark.parametrize(
    ("facility_says", "folder_says", "disk", "mode"),
    [
        ("auto", None, "WAL", "wal"), ("auto", None, "DELETE", "delete"), ("delete", None, "WAL", "delete"),
        ("wal", None, "DELETE", "wal"), ("wal", "delete", "WAL", "delete"), ("delete", "wal", "DELETE", "wal"),
        ("delete", "auto", "WAL", "wal"), ("auto", "nonsense", "WAL", "wal"), ("delete", 7, "WAL", "delete"),
    ],
)  # fmt: skip
def test_that_the_folder_decides_then_the_facility_then_the_disk(
    folder, facility, monkeypatch, facility_says, folder_says, disk, mode
):
    monkeypatch.setattr(journal, "journal_mode", lambda _: disk)
    facility(f'journal_mode = "{facility_says}"\n')
    with create_database(folder, 1234) as database:
        set_setting(database, "journal_mode", folder_says)
    with open_database(folder) as database:
        assert present(database) == mode


def test_that_a_new_folder_has_the_facilitys_journal(folder, facility):
    facility('journal_mode = "delete"\n')
    with create_database(folder, 1234) as database:
        assert present(database) == "delete"


def test_that_a_facilitys_nonsense_is_said(folder, facility):
    facility('journal_mode = "fast"\n')
    with pytest.raises(UserError, match="journal_mode"):
        create_database(folder, 1234)


def test_that_a_change_takes_effect_when_nobody_else_has_it_open(folder):
    with create_database(folder, 1234) as first:
        first.set_journal_mode("WAL")
        set_setting(first, "journal_mode", "delete")
        with open_database(folder) as second:
            assert present(second) == "wal"
            write_edit(second, KEY, "x")
    with open_database(folder) as database:
        assert present(database) == "delete"
        set_setting(database, "journal_mode", "wal")
        with open_database(folder) as second:  # this way only needs a moment without a reader
            assert (present(second), present(database)) == ("wal", "wal")


def test_that_the_command_sets_it(folder, capsys):
    create_database(folder, 1234).close()

    def damnit(*arguments: object) -> str:
        app(["setting", str(folder.path), *map(str, arguments)], standalone_mode=False)
        return capsys.readouterr().out

    assert damnit("journal_mode") == "journal_mode = auto\n"
    damnit("journal_mode", "delete")
    assert damnit("journal_mode") == "journal_mode = delete\n"
    with open_database(folder) as database:
        assert present(database) == "delete"
    with pytest.raises(UserError, match="fast"):
        damnit("journal_mode", "fast")
    damnit("journal_mode", "--remove")
    assert damnit("journal_mode") == "journal_mode = auto\n"


def test_that_a_disk_which_cannot_have_the_journal_keeps_the_present_one(folder, caplog):
    with create_database(folder, 1234) as database:
        database.set_journal_mode("DELETE")
        set_setting(database, "journal_mode", "wal")
    folder.database.with_name("runs.sqlite-shm").symlink_to("nowhere/at all")
    for number in range(2):
        with open_database(folder) as database:
            write_edit(database, KEY, f"edit {number}")
            assert present(database) == "delete"
        assert comment_in(folder) == f"edit {number}"
    assert "stays delete" in caplog.text


@pytest.mark.usefixtures("killed_writer")
def test_that_a_log_left_by_a_killed_writer_is_kept_on_a_disk_of_another_kind(folder, monkeypatch):
    monkeypatch.setattr(journal, "journal_mode", lambda _: "DELETE")
    with open_database(folder) as database:
        assert present(database) == "delete"
        assert read_table(database).cells[KEY].value == "the last"
    assert sorted(path.name for path in folder.path.glob("runs.sqlite*")) == ["runs.sqlite"]


@pytest.mark.usefixtures("killed_writer")
def test_that_a_log_is_left_where_its_locks_are_impossible(folder):
    shared_memory = folder.database.with_name("runs.sqlite-shm")
    shared_memory.unlink()
    # SQLite cannot open it, as on a file system that has no shared memory.
    shared_memory.symlink_to("nowhere/at all")
    with pytest.raises(UserError, match=r"runs\.sqlite"):
        open_for_reading(folder)
    with open_database(folder) as database:
        assert present(database) == "delete"
        assert read_table(database).cells[KEY].value == "the last"


@pytest.mark.usefixtures("killed_writer")
def test_that_a_log_which_others_use_is_not_left(folder):
    with Database(folder) as other:
        assert read_table(other).cells[KEY].value == "the last"
        assert not leave_write_ahead_log(folder.database)
    assert leave_write_ahead_log(folder.database)
    assert comment_in(folder) == "the last"


def test_that_what_is_no_database_has_no_log_to_leave(folder):
    folder.database.write_bytes(b"nonsense" * 1000)
    assert not leave_write_ahead_log(folder.database)


@pytest.mark.usefixtures("foreign")
def test_that_a_log_is_read_where_nothing_may_be_written(killed_writer, tmp_path, as_other_user):
    copy = Folder(tmp_path / "copy")
    copy.path.mkdir()
    for suffix in ("", "-wal"):
        shutil.copyfile(
            killed_writer.database.with_name(f"runs.sqlite{suffix}"), copy.database.with_name(f"runs.sqlite{suffix}")
        )
    copy.path.chmod(0o555)

    def look() -> None:
        assert comment_in(copy) == "the last"

    as_other_user(look)
    assert not copy.database.with_name("runs.sqlite-shm").exists()


@pytest.mark.usefixtures("foreign")
def test_that_a_companion_which_may_not_be_read_is_named(killed_writer, as_other_user):
    killed_writer.path.chmod(0o755)
    killed_writer.database.with_name("runs.sqlite-shm").chmod(0o600)

    def look() -> None:
        with pytest.raises(UserError) as caught:
            comment_in(killed_writer)
        assert "runs.sqlite-shm" in caught.value.hint

    as_other_user(look)


@pytest.fixture
def half_written(folder):
    """A folder whose writer was killed in the middle of a commit with a rollback journal."""
    with create_database(folder, 1234) as database:
        database.set_journal_mode("DELETE")
        write_edit(database, KEY, "before")
    pid = os.fork()
    if pid == 0:
        database = Database(folder)
        database._connection.execute("PRAGMA cache_spill = ON")
        with database.writing() as sql:
            sql.execute("PRAGMA cache_size = 1")
            sql.executemany("INSERT INTO run_info VALUES (9, ?, NULL, 1.0)", [(run,) for run in range(5000)])
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)
    assert folder.database.with_name("runs.sqlite-journal").exists()
    return folder


def test_that_a_reader_who_may_write_undoes_what_a_killed_writer_left(half_written):
    assert comment_in(half_written) == "before"
    assert not half_written.database.with_name("runs.sqlite-journal").exists()


def test_that_a_reader_follows_a_writer_who_is_killed_later(half_written):
    backup = {path: path.read_bytes() for path in half_written.path.glob("runs.sqlite*")}
    with open_for_reading(half_written) as database:
        assert read_table(database).cells[KEY].value == "before"
        for path, content in backup.items():
            with path.open("r+b" if path.exists() else "wb") as file:
                file.write(content)
        assert read_table(database).cells[KEY].value == "before"


@pytest.mark.usefixtures("foreign")
def test_that_a_reader_who_may_not_write_is_told_who_can_help(half_written, as_other_user):
    half_written.path.chmod(0o755)

    def look() -> None:
        with pytest.raises(UserError, match="ended while it wrote") as caught:
            comment_in(half_written)
        assert "open it once" in caught.value.hint

    as_other_user(look)
    with contextlib.closing(sqlite3.connect(half_written.database)) as sql:
        assert sql.execute("SELECT count(*) FROM run_info").fetchone() == (1,)
