"""Whatever an older program left becomes the same database as a new one, or stays as it was."""

import contextlib
import os
import random
import re
import select
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.store import database as database_module
from damnit_backend.store import upgrade
from damnit_backend.store.connection import connect
from damnit_backend.store.database import Database
from damnit_backend.store.edits import write_edit
from damnit_backend.store.folder import Folder
from damnit_backend.store.migrations import LATEST, MIGRATIONS
from damnit_backend.store.opening import create_database, open_database, open_for_reading
from damnit_backend.store.parameters import read_parameter_defaults
from damnit_backend.store.provenance import read_provenance
from damnit_backend.store.table import read_table

CELL = CellKey(1234, 5, "energy")
DESK_1 = Path(__file__).parent / "data" / "desk1.sql"
STARTS = ("v1", "v2", "v3", "v4", "desk1")


@pytest.fixture
def older(folder: Folder, old_folder: Callable[[int], Folder]) -> Callable[[str], Folder]:
    """``older(start)``: the folder as an older program left it."""

    def make(start: str) -> Folder:
        if start != "desk1":
            return old_folder(int(start[1:]))
        with contextlib.closing(sqlite3.connect(folder.database)) as sql:
            sql.executescript(DESK_1.read_text(encoding="utf-8"))
        return folder

    return make


def parts(folder: Folder) -> dict[str, str]:
    """Everything in the schema by name, without differences that mean nothing."""
    with contextlib.closing(sqlite3.connect(folder.database)) as sql:
        rows = sql.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type <> 'view'").fetchall()
    return {name: normal(text) for name, text in rows}


def normal(text: str) -> str:
    """The SQL without white space, and with the foreign keys of 0.4.0's own way to write them."""
    text = re.sub(
        r"FOREIGN KEY \((\w+)\) REFERENCES (\w+) ?\((\w+)\) ON DELETE CASCADE,\s*", "", text, flags=re.IGNORECASE
    )
    text = re.sub(r"REFERENCES \w+ ?\(\w+\) ON DELETE CASCADE", "", text)
    return re.sub(r"\s", "", text).replace("IFNOTEXISTS", "")


def numbers(folder: Folder) -> list[int]:
    with contextlib.closing(sqlite3.connect(folder.database)) as sql:
        return [number for (number,) in sql.execute("SELECT number FROM desk_migrations ORDER BY number")]


def contents(folder: Folder) -> list[str]:
    with contextlib.closing(sqlite3.connect(folder.database)) as sql:
        return list(sql.iterdump())


@pytest.mark.parametrize("start", STARTS)
def test_that_each_older_folder_becomes_what_a_new_one_is(older, start, tmp_path):
    folder = older(start)
    with open_database(folder) as database:
        assert read_table(database).cells[CELL].value == 3.5
        write_edit(database, CellKey(1234, 5, "comment"), "x")
    new = Folder(tmp_path / "new")
    new.path.mkdir()
    create_database(new, 1234).close()
    assert parts(folder) == parts(new)
    assert numbers(folder) == numbers(new) == [migration.number for migration in MIGRATIONS]


def test_that_what_our_first_version_kept_is_kept(older):
    with open_database(older("desk1")) as database:
        assert read_parameter_defaults(database) == {"gain": 2.5}
        assert read_provenance(database, RunKey(1234, 5))["energy"].seconds == 1.5
        assert read_table(database).variables[0].tags == ("beam",)
        with database.reading() as sql:
            assert sql.execute("SELECT state, asked_by FROM desk_jobs").fetchall() == [("done", "ann")]
            assert sql.execute("SELECT count(*) FROM desk_changes").fetchone()[0] >= 8


def test_that_our_first_version_is_completed_where_it_has_a_part_of_its_tables(older, plain_sql):
    folder = older("desk1")
    plain_sql().executescript(
        "DROP TABLE desk_parameters; DROP TABLE desk_provenance; DROP TRIGGER desk_feed_variables_insert;"
    )
    with open_database(folder) as database:
        assert read_parameter_defaults(database) == {}
        assert read_provenance(database, RunKey(1234, 5)) == {}


@pytest.mark.usefixtures("database")
def test_that_triggers_which_another_program_dropped_come_back(folder, plain_sql):
    before = parts(folder)
    plain_sql().executescript("DROP TRIGGER desk_feed_run_variables_update; DROP INDEX desk_jobs_state;")
    open_database(folder).close()
    assert parts(folder) == before
    assert not list(folder.path.glob("*backup*"))


@pytest.mark.parametrize("start", STARTS)
def test_that_a_backup_is_made_before_the_first_change_and_kept(older, start):
    folder = older(start)
    before = contents(folder)
    open_database(folder).close()
    (backup,) = folder.path.glob("*backup*")
    assert contents(folder) != before
    with contextlib.closing(sqlite3.connect(backup)) as sql:
        assert list(sql.iterdump()) == before
    with open_database(folder) as database:
        write_edit(database, CellKey(1234, 5, "comment"), "x")
    open_database(folder).close()
    assert list(folder.path.glob("*backup*")) == [backup]


def test_that_a_backup_has_the_permissions_of_the_folder(older):
    folder = older("v4")
    folder.path.chmod(0o770)
    open_database(folder).close()
    (backup,) = folder.path.glob("*backup*")
    assert backup.stat().st_mode & 0o777 == 0o660 & ~current_umask()


def current_umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.parametrize("start", STARTS)
def test_that_without_a_backup_nothing_is_changed(older, start):
    folder = older(start)
    name = {"desk1": "runs.sqlite.v4-desk1.backup"}.get(start, f"runs.sqlite.{start}.backup")
    (folder.path / name).mkdir()
    before = contents(folder)
    with pytest.raises(UserError, match="backup") as caught:
        open_database(folder)
    assert "Nothing was changed" in caught.value.hint
    assert contents(folder) == before
    assert not list(folder.path.glob("*.aside*"))


def test_that_what_a_killed_backup_left_is_removed_after_a_day_only(older):
    folder = older("v4")
    old = folder.path / "runs.sqlite.v4.backup.abcd.aside"
    new = folder.path / "runs.sqlite.v4.backup.ef01.aside"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 1e6,) * 2)
    open_database(folder).close()
    assert not old.exists()
    assert new.exists()


def killed(child: Callable[[int], None], after: float | None = None) -> None:
    """Run a function in another process and kill it when it writes to its pipe, or after some time."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        with contextlib.suppress(BaseException):
            child(writer)
        os._exit(0)
    os.close(writer)
    select.select([reader], [], [], after)  # it ends by itself where it was quicker
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(reader)


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
@pytest.mark.parametrize("start", STARTS)
def test_that_a_program_killed_in_the_middle_leaves_the_older_version(older, start, mode, monkeypatch):
    folder = older(start)
    with contextlib.closing(sqlite3.connect(folder.database)) as sql:
        sql.execute(f"PRAGMA journal_mode = {mode}")
    before = contents(folder)

    def child(pipe: int) -> None:
        def spill_and_wait(sql: sqlite3.Connection) -> None:
            # More than fits into the cache: the file itself is half changed then, and its journal must mend it.
            sql.execute("PRAGMA cache_size = 1")
            sql.executemany("INSERT INTO run_info VALUES (9, ?, NULL, 1.0)", [(run,) for run in range(5000)])
            os.write(pipe, b"x")
            signal.pause()

        def connect_to_spill(*arguments: object, **options: object) -> sqlite3.Connection:
            connection = connect(*arguments, **options)
            connection.execute("PRAGMA cache_spill = ON")
            return connection

        monkeypatch.setattr(database_module, "connect", connect_to_spill)
        monkeypatch.setattr(upgrade, "rebuild_views", spill_and_wait)
        open_database(folder)

    killed(child)
    assert contents(folder) == before
    with open_database(folder) as database:
        assert len(read_table(database).runs) == 1
    assert numbers(folder)[-1] == LATEST


def test_that_programs_killed_at_any_moment_leave_one_version_or_the_other(older):
    folder = older("v2")
    original = folder.database.read_bytes()
    for attempt in range(15):
        for path in folder.path.glob("runs.sqlite*"):
            path.unlink()
        folder.database.write_bytes(original)
        delay = random.Random(attempt).uniform(0.0, 0.03)
        killed(lambda _: open_database(folder).close(), delay)
        with contextlib.closing(sqlite3.connect(folder.database)) as sql:
            assert sql.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        with open_database(folder) as database:
            assert read_table(database).cells[CELL].value == 3.5
        with contextlib.closing(sqlite3.connect(folder.path / "runs.sqlite.v2.backup")) as sql:
            assert sql.execute("SELECT value FROM metameta WHERE key = 'data_format_version'").fetchone() == (2,)


@pytest.mark.parametrize("start", ["v1", "desk1"])
def test_that_several_programs_may_migrate_it_at_once(older, start):
    folder = older(start)
    before = contents(folder)
    reader, writer = os.pipe()
    children = []
    for _ in range(4):
        pid = os.fork()
        if pid == 0:
            os.close(writer)
            os.read(reader, 1)  # until the parent closes it
            code = 1
            with contextlib.suppress(BaseException), open_database(folder) as database:
                write_edit(database, CellKey(1234, os.getpid(), "comment"), "x")
                code = 0
            os._exit(code)
        children.append(pid)
    os.close(reader)
    os.close(writer)
    assert [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children] == [0, 0, 0, 0]
    assert numbers(folder) == [migration.number for migration in MIGRATIONS]
    with open_database(folder) as database:
        assert len(read_table(database).runs) == 5
    (backup,) = folder.path.glob("*backup*")
    with contextlib.closing(sqlite3.connect(backup)) as sql:
        assert list(sql.iterdump()) == before


def test_that_a_folder_of_a_newer_version_of_ours_is_shown_and_not_changed(folder, database):
    with database.writing() as sql:
        sql.execute("INSERT INTO desk_migrations VALUES (?, 'later', 1.0, 'x')", (LATEST + 1,))
        sql.execute("DROP TRIGGER desk_feed_run_info_insert")
    database.close()
    before = contents(folder)
    for open_ in (open_database, open_for_reading):
        with open_(folder) as shown:
            assert shown.read_only
            assert "newer version" in shown.notice
            assert read_table(shown).runs == ()
    with open_database(folder) as shown, pytest.raises(UserError) as caught, shown.writing():
        pass
    assert "newer version" in caught.value.hint
    assert contents(folder) == before


def test_that_a_folder_of_a_newer_shared_format_says_so(old_folder):
    with open_database(old_folder(5)) as shown:
        assert "newer version" in shown.notice


@pytest.mark.parametrize("start", STARTS)
def test_that_an_older_folder_that_may_not_be_written_is_shown_and_says_so(older, start, as_other_user, tmp_path):
    folder = older(start)
    for path in (tmp_path, *tmp_path.parents[:3], folder.path):
        if path.stat().st_uid == os.getuid() and path.name:
            path.chmod(path.stat().st_mode | 0o055)

    def check() -> None:
        with open_database(folder) as shown:
            assert shown.read_only
            assert "not changed" in shown.notice
            assert read_table(shown).cells[CELL].value == 3.5

    as_other_user(check)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 400 kB."""
    path = tmp_path / "disk"
    path.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(path)], capture_output=True)
    if done.returncode:
        pytest.skip("no disk may be mounted here")
    yield path
    subprocess.run(["umount", str(path)], check=True)


def fill(disk: Path, leave: int) -> None:
    free = shutil.disk_usage(disk).free
    (disk / "filler").write_bytes(bytes(max(0, free - leave)))


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("backed_up", [False, True])
def test_that_a_full_disk_leaves_the_older_version(older, start, small_disk, backed_up):
    made = older(start)
    folder = Folder(small_disk)
    shutil.copy(made.database, folder.database)
    if backed_up:
        name = "v4-desk1" if start == "desk1" else start
        (small_disk / f"runs.sqlite.{name}.backup").write_bytes(b"")
    fill(small_disk, 16384)
    before = contents(folder)
    with pytest.raises(UserError) as caught:
        open_database(folder)
    assert "full" in f"{caught.value.message} {caught.value.hint}"
    assert contents(folder) == before
    (small_disk / "filler").unlink()
    with open_database(folder) as database:
        assert read_table(database).cells[CELL].value == 3.5
    assert numbers(folder) == [migration.number for migration in MIGRATIONS]


def test_that_only_signed_transactions_say_who_writes_and_nobody_else_sees_it(database, folder):
    with database.writing(author="ann", reason="because") as sql:
        row = sql.execute("SELECT author, reason FROM desk_writer").fetchone()
        with Database(folder) as other, other.reading() as seen:
            assert seen.execute("SELECT count(*) FROM desk_writer").fetchone() == (0,)
    assert row == ("ann", "because")
    with database.writing() as sql:
        assert sql.execute("SELECT count(*) FROM desk_writer").fetchone() == (0,)
    with pytest.raises(ZeroDivisionError), database.writing(author="ann"):
        raise ZeroDivisionError
    with database.reading() as sql:
        assert sql.execute("SELECT count(*) FROM desk_writer").fetchone() == (0,)
