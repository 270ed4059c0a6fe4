"""A lost or damaged database made anew."""

import contextlib
import os
import random
import signal
import sqlite3
import subprocess

import numpy as np
import pytest

from damnit_backend.api import Damnit
from damnit_backend.care.rebuild import rebuild_database
from damnit_backend.control.command_line import damnit_command
from damnit_backend.control.listener import live_lease, stop_listener
from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.store.edits import write_edit
from damnit_backend.store.feed import read_changes, read_seq
from damnit_backend.store.opening import open_database, open_for_reading
from damnit_backend.store.settings import folder_proposal, get_setting
from damnit_backend.store.table import read_table
from damnit_backend.store.variables import add_editable

CHECKS = ("database", "schema", "results")


def destroy(path, first: int, length: int) -> None:
    with path.open("r+b") as file:
        file.seek(first)
        file.write(random.Random(first).randbytes(length))


def root_page(path, table: str) -> int:
    with contextlib.closing(sqlite3.connect(path)) as sql:
        return sql.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]


def table_of(folder):
    with open_for_reading(folder) as database:
        return read_table(database)


def test_a_lost_database_comes_back_from_the_files(damnit_folder, examine):
    before = Damnit(damnit_folder.path).table()
    damnit_folder.database.unlink()
    assert next(f.advice for f in examine("database").findings if f.is_problem).endswith("--rebuild")
    rebuild_database(damnit_folder)
    after = Damnit(damnit_folder.path).table()
    columns = [name for name in before.columns if name not in ("comment", "start_time", "nothing")]
    assert after[columns].equals(before[columns])
    np.testing.assert_allclose(after.start_time.astype("int64"), before.start_time.astype("int64"), rtol=1e-9)
    with open_for_reading(damnit_folder) as database:
        assert folder_proposal(database) == 1234
    assert examine(*CHECKS).problems == 0


def test_what_can_be_read_of_a_damaged_database_is_kept(damnit_folder, examine, plain_sql):
    with open_database(damnit_folder) as database:
        add_editable(database, "sample", "string", "Sample")
        for run in range(100, 400):
            write_edit(database, CellKey(1234, run, "sample"), f"sample {run} " + "x" * 200)
        identity = get_setting(database, "db_id")
    plain_sql().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = table_of(damnit_folder)
    # Three whole pages in the middle of the table of values.
    with contextlib.closing(sqlite3.connect(damnit_folder.database)) as sql:
        size = sql.execute("PRAGMA page_size").fetchone()[0]
    length = damnit_folder.database.stat().st_size
    destroy(damnit_folder.database, length // size // 2 * size, 3 * size)
    assert examine("database").problems == 1
    rebuild_database(damnit_folder)
    after = table_of(damnit_folder)
    kept = [key for key in before.cells if key.name == "sample" and key in after.cells]
    assert len(kept) > 200
    assert all(after.cells[key].value == before.cells[key].value for key in kept)
    computed = [key for key in before.cells if key.run <= 3 and key.name not in ("comment", "sample")]
    assert [key for key in computed if key not in after.cells] == []
    with open_for_reading(damnit_folder) as database:
        assert get_setting(database, "db_id") == identity
    assert examine(*CHECKS).problems == 0


def test_comments_survive_damage_elsewhere(damnit_folder, examine):
    before = table_of(damnit_folder)
    page = root_page(damnit_folder.database, "desk_jobs")
    destroy(damnit_folder.database, (page - 1) * 4096, 4096)
    rebuild_database(damnit_folder)
    assert table_of(damnit_folder).cells[CellKey(1234, 2, "comment")].value == "seen by people"
    assert table_of(damnit_folder).cells.keys() == before.cells.keys()
    assert examine(*CHECKS).problems == 0


@pytest.mark.parametrize("content", [b"", b"no database", bytes(8192), os.urandom(8192)])
def test_a_file_of_something_else_is_replaced_and_kept(damnit_folder, examine, content):
    damnit_folder.database.write_bytes(content)
    assert examine("database").problems == 1
    rebuild_database(damnit_folder)
    assert examine(*CHECKS).problems == 0
    (kept,) = damnit_folder.path.glob("set-aside/database-*")
    if content:
        assert (kept / "runs.sqlite").read_bytes() == content


def test_the_damaged_database_is_kept_with_its_journal(damnit_folder):
    with open_database(damnit_folder) as database:
        write_edit(database, CellKey(1234, 3, "comment"), "only in the log")
        before = damnit_folder.database.read_bytes()
        log = damnit_folder.database.with_name("runs.sqlite-wal").read_bytes()
        finding = rebuild_database(damnit_folder)
    (kept,) = damnit_folder.path.glob("set-aside/database-*")
    assert str(kept) == finding.where
    assert (kept / "runs.sqlite").read_bytes() == before
    assert (kept / "runs.sqlite-wal").read_bytes() == log
    assert table_of(damnit_folder).cells[CellKey(1234, 3, "comment")].value == "only in the log"


def test_former_values_survive(damnit_folder, plain_sql):
    with open_database(damnit_folder) as database:
        write_edit(database, CellKey(1234, 2, "comment"), "newer")
    before = plain_sql().execute("SELECT kind, name, value FROM desk_history").fetchall()
    rebuild_database(damnit_folder)
    assert plain_sql().execute("SELECT kind, name, value FROM desk_history").fetchall() == before


def test_windows_that_follow_read_everything_anew(damnit_folder):
    with open_database(damnit_folder) as database:
        seen = read_seq(database)
        rebuild_database(damnit_folder)
        assert not read_changes(database, seen).complete


def test_a_damaged_file_does_not_keep_the_others_out(damnit_folder, examine):
    (damnit_folder.results / "p1234_r2.h5").write_bytes(b"nothing")
    damnit_folder.database.unlink()
    finding = rebuild_database(damnit_folder)
    assert {key.run for key in table_of(damnit_folder).cells} == {1, 3}
    assert any("cannot be read" in line for line in finding.details)
    assert examine(*CHECKS).problems == 1


def test_it_is_refused_while_a_listener_serves_the_folder(damnit_folder):
    process = subprocess.Popen(damnit_command("listen", "--quiet", damnit_folder.path), stderr=subprocess.PIPE)
    try:
        while True:
            with open_for_reading(damnit_folder) as database:
                if live_lease(database) is not None:
                    break
            assert process.poll() is None
        with pytest.raises(UserError, match="A listener serves"):
            rebuild_database(damnit_folder)
        assert not (damnit_folder.path / "set-aside").exists()
        stop_listener(damnit_folder)
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()


def test_an_empty_folder_gets_an_empty_table(damnit_folder):
    damnit_folder.database.unlink()
    for path in damnit_folder.results.glob("*.h5"):
        path.unlink()
    rebuild_database(damnit_folder)
    assert table_of(damnit_folder).runs == ()


def test_the_command_makes_it_anew_and_says_so(damnit_folder):
    damnit_folder.database.write_bytes(b"gone")
    done = subprocess.run(
        damnit_command("doctor", "--rebuild", "--quick", damnit_folder.path), capture_output=True, text=True
    )
    assert "made anew" in done.stdout
    assert done.returncode == 0, done.stdout + done.stderr
    assert RunKey(1234, 2) in [run.key for run in table_of(damnit_folder).runs]
