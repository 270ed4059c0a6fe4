import contextlib
import os
import shutil
import sqlite3
import stat
import threading

import pytest

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.store import journal, opening, schema, upgrade
from damnit_backend.store.blueprint import blueprint
from damnit_backend.store.database import Database
from damnit_backend.store.edits import write_edit
from damnit_backend.store.folder import Folder
from damnit_backend.store.opening import create_database, open_database, open_for_reading
from damnit_backend.store.settings import folder_proposal, get_setting
from damnit_backend.store.table import read_table

CELL = CellKey(1234, 5, "energy")


def opened_for_reading(folder: Folder) -> None:
    """Must be possible, and must not be writable."""
    with open_database(folder) as database:
        assert database.read_only
        assert read_table(database).cells[CELL].value == 3.5
        with pytest.raises(UserError), database.writing():
            pass


def test_that_a_new_database_says_what_it_is(folder):
    with create_database(folder, proposal=1234, context_python="/usr/bin/python3") as database:
        assert folder_proposal(database) == 1234
        assert get_setting(database, "context_python") == "/usr/bin/python3"
        assert len(str(get_setting(database, "db_id"))) == 40
        assert get_setting(database, "data_format_version") == 4
        assert read_table(database).runs == ()


@pytest.mark.usefixtures("database")
def test_that_it_has_what_the_shared_format_needs(plain_sql):
    names = {name for (name,) in plain_sql().execute("SELECT name FROM sqlite_master")}
    assert names >= schema.APPLICATION_TABLES | {
        "variables",
        "tags",
        "variable_tags",
        "time_comments",
        "runs",
        "max_diffs",
    }
    assert names >= set(blueprint())


@pytest.mark.parametrize(
    ("folder_mode", "umask", "file_mode"),
    [
        (0o755, 0o022, 0o644),
        (0o2775, 0o002, 0o664),
        (0o775, 0o022, 0o644),
        (0o700, 0o000, 0o600),
        (0o777, 0o000, 0o664),
    ],
)
def test_that_its_files_have_the_folders_permissions_and_are_never_open_to_all(folder, folder_mode, umask, file_mode):
    folder.path.chmod(folder_mode)
    before = os.umask(umask)
    try:
        with create_database(folder, 1) as database, database.writing():
            modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.path.glob("runs.sqlite*")}
    finally:
        os.umask(before)
    assert modes == {file_mode}


def test_that_a_folder_is_not_made_twice(database, folder):
    with pytest.raises(UserError, match="already"):
        create_database(folder, 1)
    assert folder_proposal(database) == 1234


def test_that_two_who_make_the_same_folder_at_once_get_one_database(folder):
    start = threading.Barrier(4)
    results = []

    def make() -> None:
        start.wait()
        try:
            create_database(folder, 1).close()
            results.append("made")
        except UserError:
            results.append("refused")

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["made", "refused", "refused", "refused"]
    with open_database(folder) as database:
        assert folder_proposal(database) == 1


def test_that_what_a_crash_left_of_making_a_folder_can_be_made_again(folder, monkeypatch):
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(opening, "rebuild_views", crash)
        with pytest.raises(KeyboardInterrupt):
            create_database(folder, 1)
    with pytest.raises(UserError, match="empty"):
        open_database(folder)
    create_database(folder, 2).close()
    with open_database(folder) as database:
        assert folder_proposal(database) == 2


def test_that_a_missing_database_is_not_made_by_opening_it(folder):
    for open_ in (open_database, open_for_reading, Database):
        with pytest.raises(UserError):
            open_(folder)
    assert not folder.database.exists()


@pytest.mark.parametrize("content", [b"", b"x", b"hello " * 500, b"SQLite format 3\0" + b"\xff" * 5000, bytes(8192)])
@pytest.mark.parametrize("open_", [open_database, open_for_reading])
def test_that_a_file_which_is_no_database_is_named_and_left_alone(folder, content, open_):
    folder.database.write_bytes(content)
    with pytest.raises(UserError) as caught:
        open_(folder)
    assert str(folder.database) in caught.value.message
    assert caught.value.hint
    assert folder.database.read_bytes() == content


def test_that_a_damaged_database_is_named(database, folder):
    with database.writing() as sql:
        sql.executemany("INSERT INTO run_info VALUES (1, ?, NULL, NULL)", [(run,) for run in range(5000)])
    database.close()
    content = bytearray(folder.database.read_bytes())
    content[4096:] = b"\x5a" * (len(content) - 4096)
    folder.database.write_bytes(content)
    with pytest.raises(UserError, match="damaged"), open_database(folder) as opened:
        read_table(opened)


def test_that_a_database_of_another_program_is_refused_and_left_alone(folder, plain_sql):
    plain_sql().execute("CREATE TABLE bookmarks (url)")
    for open_ in (open_database, open_for_reading):
        with pytest.raises(UserError, match="another program"):
            open_(folder)
    with pytest.raises(UserError, match="already"):
        create_database(folder, 1)
    assert plain_sql().execute("SELECT count(*) FROM sqlite_master").fetchone() == (1,)


def test_that_a_directory_in_the_databases_place_is_named(folder):
    folder.database.mkdir()
    with pytest.raises(UserError, match=r"runs\.sqlite"):
        open_database(folder)
    with pytest.raises(UserError, match=r"runs\.sqlite"):
        create_database(folder, 1)


@pytest.mark.parametrize("version", ["four", b"\x00", None])
def test_that_a_version_which_is_none_is_named(old_folder, plain_sql, version):
    folder = old_folder(4)
    plain_sql().execute("UPDATE metameta SET value = ? WHERE key = 'data_format_version'", (version,))
    with pytest.raises(UserError, match="version"):
        open_database(folder)


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_that_a_folder_of_another_program_is_upgraded_after_a_backup(old_folder, plain_sql, version):
    folder = old_folder(version)
    with open_database(folder) as database:
        table = read_table(database)
        assert get_setting(database, "data_format_version") == 4
        write_edit(database, CellKey(1234, 5, "comment"), "new")
    assert table.cells[CELL].value == 3.5
    backup = folder.path / f"runs.sqlite.v{version}.backup"
    with contextlib.closing(sqlite3.connect(backup)) as sql:
        assert sql.execute("SELECT value FROM metameta WHERE key = 'data_format_version'").fetchone() == (version,)
        assert sql.execute("SELECT value FROM run_variables").fetchall() == [(3.5,)]
        assert sql.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert plain_sql().execute("SELECT energy FROM runs").fetchall() == [(3.5,)]
    assert sorted(path.name for path in folder.path.glob("*.backup*")) == [backup.name]


@pytest.mark.usefixtures("database")
def test_that_a_folder_which_is_up_to_date_needs_no_backup(folder):
    before = folder.database.read_bytes()
    open_database(folder).close()
    assert folder.database.read_bytes() == before
    assert not list(folder.path.glob("*.backup*"))


def test_that_a_backup_which_is_cut_off_is_none(old_folder, monkeypatch):
    folder = old_folder(2)

    class Full(sqlite3.Connection):
        def backup(self, target: sqlite3.Connection, **_: object) -> None:
            target.execute("CREATE TABLE half (x)")
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        real = sqlite3.connect
        patched.setattr(sqlite3, "connect", lambda *args, **options: real(*args, **options, factory=Full))
        with pytest.raises(KeyboardInterrupt):
            open_database(folder)
    assert not list(folder.path.glob("*backup*"))
    open_database(folder).close()
    with contextlib.closing(sqlite3.connect(folder.path / "runs.sqlite.v2.backup")) as sql:
        assert sql.execute("SELECT value FROM run_variables").fetchall() == [(3.5,)]


def test_that_a_later_opening_keeps_the_first_backup(old_folder):
    folder = old_folder(2)
    backup = folder.path / "runs.sqlite.v2.backup"
    backup.write_bytes(b"precious")
    open_database(folder).close()
    assert backup.read_bytes() == b"precious"


def test_that_several_may_open_and_upgrade_it_at_once(old_folder):
    folder = old_folder(1)
    start = threading.Barrier(4)
    problems: list[BaseException] = []

    def use() -> None:
        start.wait()
        try:
            with open_database(folder) as database:
                assert read_table(database).cells[CELL].value == 3.5
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_that_an_upgrade_which_fails_leaves_the_old_version(old_folder, monkeypatch, plain_sql):
    folder = old_folder(1)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(upgrade, "rebuild_views", crash)
        with pytest.raises(KeyboardInterrupt):
            open_database(folder)
    assert len(plain_sql().execute("PRAGMA table_info(run_variables)").fetchall()) == 10
    open_database(folder).close()


def test_that_a_newer_version_is_opened_for_reading_only(old_folder):
    folder = old_folder(5)
    before = folder.database.read_bytes()
    opened_for_reading(folder)
    assert folder.database.read_bytes() == before


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_that_reading_changes_nothing(old_folder, version):
    folder = old_folder(version)
    before = folder.database.read_bytes()
    with open_for_reading(folder) as database:
        table = read_table(database)
    assert table.cells[CELL].value == 3.5
    assert table.variables[0].title == "Energy"
    assert folder.database.read_bytes() == before
    assert sorted(path.name for path in folder.path.iterdir()) == ["extracted_data", "process_logs", "runs.sqlite"]


@pytest.mark.usefixtures("foreign")
@pytest.mark.parametrize("version", [1, 4])
def test_that_a_folder_of_another_user_is_opened_for_reading_only(old_folder, as_other_user, version):
    folder = old_folder(version)
    folder.path.chmod(0o755)
    as_other_user(lambda: opened_for_reading(folder))


@pytest.mark.usefixtures("foreign")
def test_that_a_folder_with_a_write_ahead_log_can_be_read_where_nothing_may_be_written(old_folder, as_other_user):
    folder = old_folder(4)
    with open_database(folder) as database:
        database.set_journal_mode("WAL")
        write_edit(database, CellKey(1234, 5, "comment"), "x")
    assert not folder.database.with_name("runs.sqlite-shm").exists()
    folder.path.chmod(0o755)
    as_other_user(lambda: opened_for_reading(folder))


@pytest.mark.usefixtures("foreign")
def test_that_a_reader_without_permissions_sees_what_a_listener_writes_later(old_folder):
    folder = old_folder(4)
    with open_database(folder) as database:
        database.set_journal_mode("WAL")
    folder.path.chmod(0o755)
    to_reader, to_writer = os.pipe(), os.pipe()

    def read() -> None:
        with open_database(folder) as reader:
            assert CellKey(1234, 5, "comment") not in read_table(reader).cells
            os.write(to_writer[1], b"x")
            os.read(to_reader[0], 1)
            assert read_table(reader).cells[CellKey(1234, 5, "comment")].value == "late"

    def write() -> None:
        os.read(to_writer[0], 1)
        with open_database(folder) as writer:
            write_edit(writer, CellKey(1234, 5, "comment"), "late")
            os.write(to_reader[1], b"x")
            finished.wait()

    finished = threading.Event()
    thread = threading.Thread(target=write)
    pid = os.fork()
    if pid == 0:
        try:
            if os.getuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            read()
        except BaseException:
            os.write(to_writer[1], b"x")
            os._exit(1)
        os._exit(0)
    thread.start()
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    finished.set()
    thread.join()
    assert code == 0


@pytest.mark.usefixtures("foreign")
def test_that_an_unreadable_database_is_named(old_folder, as_other_user):
    folder = old_folder(4)
    folder.database.chmod(0o600)

    def check() -> None:
        for open_ in (open_database, open_for_reading):
            with pytest.raises(UserError, match=r"runs\.sqlite"):
                open_(folder)

    as_other_user(check)


@pytest.mark.usefixtures("foreign")
def test_that_a_folder_which_may_not_be_entered_is_named(old_folder, as_other_user):
    folder = old_folder(4)
    folder.path.chmod(0o700)

    def check() -> None:
        with pytest.raises(UserError, match="amore"):
            open_database(folder)

    as_other_user(check)


@pytest.mark.parametrize("name", ["a b", "a#b?c%20", "ü µ", "quote'\"", "per%cent", "new\nline", os.fsdecode(b"\xff")])
def test_that_a_folder_may_have_any_name(tmp_path, name):
    path = tmp_path / name
    path.mkdir()
    with create_database(Folder(path), 1) as database:
        write_edit(database, CellKey(1, 1, "comment"), "x")
    with open_database(Folder(path)) as database:
        assert read_table(database).runs[0].key == RunKey(1, 1)
    assert sorted(found.name for found in path.iterdir()) == ["runs.sqlite"]


def test_that_a_local_disk_gets_a_write_ahead_log_and_a_network_one_does_not(folder, monkeypatch):
    monkeypatch.setattr(journal, "journal_mode", lambda _: "WAL")
    with create_database(folder, 1) as database, database.reading() as sql:
        assert sql.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    monkeypatch.setattr(journal, "journal_mode", lambda _: "DELETE")
    with open_database(folder) as database, database.reading() as sql:
        assert sql.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_that_a_database_put_in_its_place_is_followed(database, folder, tmp_path):
    write_edit(database, CellKey(1234, 1, "comment"), "old")
    other = Folder(tmp_path / "other")
    other.path.mkdir()
    with create_database(other, 7) as made:
        write_edit(made, CellKey(7, 1, "comment"), "new")
    folder.database.unlink()
    for suffix in ("-wal", "-shm"):
        folder.database.with_name("runs.sqlite" + suffix).unlink(missing_ok=True)
    with pytest.raises(UserError, match="reached"), database.reading():
        pass
    shutil.copy(other.database, folder.database)
    assert [run.key for run in read_table(database).runs] == [RunKey(7, 1)]
    write_edit(database, CellKey(7, 2, "comment"), "kept")
    with open_database(folder) as again:
        assert len(read_table(again).runs) == 2
