"""Replacing results in a run's file and in the database, both or neither, with the former ones kept.

The order makes a crash harmless at every instruction: the new run file and what it replaces are written aside and
synced; then, in one transaction, the new file is renamed and the cells are written. Who repeats it after a crash comes
to the same end. The transaction begins before the file is renamed, so that a listener which was replaced while it hung
(`Database.guard`) changes neither.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import RunKey

from .database import Database
from .folder import Folder
from .former import Keeping, keep_former, keeping
from .fragments import Fragment
from .retention import read_retention
from .run_file import prepare_run_file, publish_run_file

ATTEMPTS = 10
"""So many others may change a run's file between preparing the next one and publishing it."""

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
        if _publish(database, key, fragments, write, author, reason, kept):
            return
    raise UserError(f"The results of run {key.run} are being changed by others all the time.", "Try again.")


def _publish(
    database: Database, key: RunKey, fragments: Sequence[Fragment], write: Write, author: str, reason: str, kept: bool
) -> bool:
    """One attempt; False, with nothing changed, if the run's file became another one meanwhile."""
    folder = database.folder
    published = False
    with _clear_errors(folder, key), contextlib.ExitStack() as undoing:
        found = _identity(folder.run_file(key))
        aside = prepare_run_file(folder, key, fragments)
        undoing.callback(aside.unlink, missing_ok=True)
        former = Keeping({})
        if kept:
            former = keep_former(
                folder, key, {name: fragment.path for fragment in fragments for name in fragment.cells}
            )
        undoing.callback(lambda: None if published else former.discard())
        with database.writing(author=author, reason=reason) as sql:
            if _identity(folder.run_file(key)) != found or not aside.exists():
                return False
            publish_run_file(folder, key, aside)
            published = True
            with keeping(sql, key, former.files):
                write(sql)
    return True


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
