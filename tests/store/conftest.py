"""Fixtures for tests of the store."""

import contextlib
import os
import sqlite3
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from damnit_backend.store import database as database_module
from damnit_backend.store.folder import Folder

V1 = """
CREATE TABLE run_info(proposal, run, start_time, added_at);
CREATE UNIQUE INDEX proposal_run ON run_info (proposal, run);
CREATE TABLE run_variables(proposal, run, name, version, value, timestamp, max_diff, provenance, summary_type,
    summary_method);
CREATE UNIQUE INDEX variable_version ON run_variables (proposal, run, name, version);
CREATE TABLE metameta(key PRIMARY KEY NOT NULL, value);
CREATE TABLE variables(name TEXT PRIMARY KEY NOT NULL, type TEXT, title TEXT, description TEXT, attributes TEXT);
CREATE TABLE time_comments(timestamp, comment);
CREATE VIEW runs AS SELECT * FROM run_info;
CREATE VIEW max_diffs AS SELECT proposal, run FROM run_info;
INSERT INTO run_info VALUES (1234, 5, 1.5, 2.5);
INSERT INTO run_variables VALUES (1234, 5, 'energy', 1, 3.5, 2.5, NULL, 'context.py', NULL, '');
INSERT INTO variables VALUES ('energy', NULL, 'Energy', NULL, NULL);
INSERT INTO metameta VALUES ('proposal', 1234), ('db_id', 'abc');
"""
V2 = "ALTER TABLE run_variables ADD COLUMN attributes;"
V3 = """
CREATE TABLE tags(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE NOT NULL);
CREATE TABLE variable_tags(variable_name TEXT NOT NULL, tag_id INTEGER NOT NULL,
    FOREIGN KEY (variable_name) REFERENCES variables(name) ON DELETE CASCADE,
    FOREIGN KEY (tag_id) REFERENCES tags(id) ON DELETE CASCADE, PRIMARY KEY (variable_name, tag_id));
"""
V4 = """
CREATE TRIGGER delete_orphan_tags_after_variable_tag_delete AFTER DELETE ON variable_tags
BEGIN
    DELETE FROM tags WHERE id = OLD.tag_id AND NOT EXISTS (SELECT 1 FROM variable_tags WHERE tag_id = OLD.tag_id);
END;
"""


@pytest.fixture
def plain_sql(folder: Folder) -> Iterator[Callable[..., sqlite3.Connection]]:
    """``plain_sql()`` connects to the folder's database as another program does; commits at once."""
    with contextlib.ExitStack() as stack:

        def connect(**options: Any) -> sqlite3.Connection:
            return stack.enter_context(
                contextlib.closing(sqlite3.connect(folder.database, isolation_level=None, **options))
            )

        yield connect


@pytest.fixture
def old_folder(folder: Folder) -> Callable[[int], Folder]:
    """``old_folder(version)``: the folder with a database as another program made it in versions 1 to 4, or newer."""

    def make(version: int) -> Folder:
        with contextlib.closing(sqlite3.connect(folder.database)) as sql:
            sql.executescript("".join([V1, V2, V3, V4][:version]))
            sql.execute("INSERT INTO metameta VALUES ('data_format_version', ?)", (version,))
            sql.commit()
        return folder

    return make


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections made from now on wait only a moment for locks."""
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 0.05)


@pytest.fixture
def as_other_user() -> Callable[[Callable[[], None]], None]:
    """``as_other_user(check)`` runs a function in a process that may not write other people's files.

    Tests may run as root, whom no permission stops.
    """

    def run(check: Callable[[], None]) -> None:
        pid = os.fork()
        if pid == 0:
            try:
                if os.getuid() == 0:
                    os.setgroups([])
                    os.setgid(65534)
                    os.setuid(65534)
                check()
            except BaseException:
                traceback.print_exc(file=sys.__stderr__)
                os._exit(1)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0

    return run


@pytest.fixture
def foreign(tmp_path: Path) -> None:
    """A way to a folder that another user may enter."""
    for path in (tmp_path, *tmp_path.parents[:3]):
        if path.stat().st_uid == os.getuid() and path.name:
            path.chmod(path.stat().st_mode | 0o055)
