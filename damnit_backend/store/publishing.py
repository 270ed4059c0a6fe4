"""Replacing results in a run's file and in the database, both or neither, with the former ones kept.

The order makes a crash harmless at every instruction: the new run file and what it replaces are written aside and
synced; then, in one transaction, the new file is renamed and the cells are written. Who repeats it after a crash comes
to the same end. The transaction begins before the file is renamed, so that a listener which was replaced while it hung
(`Database.guard`) changes neither.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import RunKey

from .database import Database
from .folder import Folder
from .former import Keeping, keep_former, keeping
from .fragments import Fragment
from .retention import read_retention
from .run_file import prepare_run_file, publish_run_file

ATTEMPTS = 3
"""If others change the run's file so many times while the next one is prepared, they must wait for once."""

Write = Callable[[sqlite3.Connection], None]


def publish_results(
    database: Database, key: RunKey, fragments: Sequence[Fragment], write: Write, *, author: str, reason: str = ""
) -> None:
    """Put the fragments' results into the run's file, and call ``write`` for the cells in the same transaction.

    BrokenFragmentError, with nothing changed, if a fragment cannot be copied; UserError if the disk or the database
    cannot be used now.
    """
    database.check_guard()
    kept = read_retention(database).history_results > 0
    for _ in range(ATTEMPTS):
        with (
            _prepared(database.folder, key, fragments, kept) as next_file,
            database.writing(author=author, reason=reason) as sql,
        ):
            if next_file.publish(sql, write):
                return
    with (
        database.writing(author=author, reason=reason) as sql,
        _prepared(database.folder, key, fragments, kept) as next_file,
    ):
        next_file.publish(sql, write)


@dataclass
class _NextFile:
    """A run's next file, beside the one that was ``found`` in its place, and where the former results are kept."""

    folder: Folder
    key: RunKey
    found: tuple[int, ...] | None
    aside: Path
    former: Keeping
    published: bool = False

    def publish(self, sql: sqlite3.Connection, write: Write) -> bool:
        """Put it into its place; False, with nothing changed, if another one came there meanwhile."""
        if _identity(self.folder.run_file(self.key)) != self.found or not self.aside.exists():
            return False
        publish_run_file(self.folder, self.key, self.aside)
        self.published = True
        with keeping(sql, self.key, self.former.files):
            write(sql)
        return True


@contextlib.contextmanager
def _prepared(folder: Folder, key: RunKey, fragments: Sequence[Fragment], kept: bool) -> Iterator[_NextFile]:
    """Write the next file, and keep what it replaces; both are removed again if it is not published."""
    with _clear_errors(folder, key):
        found = _identity(folder.run_file(key))
        former = Keeping({})
        if kept:
            replacing = {name: fragment.path for fragment in fragments for name in fragment.cells}
            former = keep_former(folder, key, replacing)
        published = False
        try:
            next_file = _NextFile(folder, key, found, prepare_run_file(folder, key, fragments, former.told), former)
            try:
                yield next_file
            finally:
                next_file.aside.unlink(missing_ok=True)
                published = next_file.published
        finally:
            if not published:
                former.discard()


def _identity(path: Path) -> tuple[int, ...] | None:
    """What tells a run's file from the one that is put into its place."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size


@contextlib.contextmanager
def _clear_errors(folder: Folder, key: RunKey) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UserError(
            f"The results of run {key.run} cannot be written: {error}.",
            f"Is the disk of {folder.path} full or write-protected?",
        ) from error
