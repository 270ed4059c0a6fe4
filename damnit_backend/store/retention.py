"""How much of the history is kept, and removing the rest."""

import logging
import re
import time
from pathlib import Path

import msgspec

from damnit_backend.core.settings import Retention

from .database import Database
from .folder import Folder
from .former import file_id
from .schema import has_table

log = logging.getLogger(__name__)

BATCH = 200
"""So many entries are looked at, or changed, in one transaction: others wait only a moment."""
ORPHAN_SECONDS = 3600.0
"""A former result of which the history knows nothing may be about to be named, for so long."""

PRUNED = '{"pruned": true}'
"""In the column ``row`` of an entry whose picture or curve is not kept any more."""

_ENDING = re.compile(r"\.h5(\.aside)?")


def read_retention(database: Database) -> Retention:
    """The folder's own, else the defaults; what is none counts as the default."""
    kept = Retention()
    with database.reading() as sql:
        names = Retention.__struct_fields__
        rows = sql.execute("SELECT key, value FROM metameta WHERE key IN (?, ?)", names).fetchall()
    for name, value in rows:
        try:
            kept = msgspec.structs.replace(kept, **{name: getattr(msgspec.convert({name: value}, Retention), name)})
        except msgspec.ValidationError:
            continue
    return kept


class Pruning:
    """Removes pictures, curves and full results beyond what is kept of each cell, and files that nothing names.

    Each call goes on where the last one ended and takes ``seconds`` at most, in transactions of a moment: others use
    the database meanwhile.
    """

    def __init__(self) -> None:
        self._done = 0
        self._kept: Retention | None = None

    def __call__(self, database: Database, seconds: float = 1.0) -> bool:
        """Whether nothing is left to be removed."""
        end = time.monotonic() + seconds
        kept = read_retention(database)
        if kept != self._kept:
            self._kept, self._done = kept, 0  # other settings count for what was looked at before
        while time.monotonic() < end:
            last, images, files = _excess(database, self._done, kept)
            for statement, ids in ((_FORGET_IMAGES, images), (_FORGET_FILES, files)):
                for start in range(0, len(ids), BATCH):
                    with database.writing() as sql:
                        sql.executemany(statement, ids[start : start + BATCH])
            if last == self._done:
                _remove_files(database)
                return True
            self._done = last
        return False


def prune_history(database: Database) -> None:
    """All of `Pruning` at once."""
    pruning = Pruning()
    while not pruning(database):
        pass


_FORGET_IMAGES = f"UPDATE desk_history SET value = NULL, row = '{PRUNED}' WHERE id = ?"
_FORGET_FILES = "UPDATE desk_history SET former_file = NULL WHERE id = ?"
# A complex number is a BLOB as well, and a scalar.
_IS_IMAGE = "typeof(value) = 'blob' AND summary_type IS NOT 'complex'"
_HAS_FILE = "former_file NOT NULL"


def _excess(database: Database, done: int, kept: Retention) -> tuple[int, list[tuple[int]], list[tuple[int]]]:
    """How far the next entries after ``done`` reach, and what of their cells is too old: pictures, and files."""
    with database.reading() as sql:
        if not has_table(sql, "desk_history"):
            return done, [], []
        last = sql.execute(
            "SELECT max(id) FROM (SELECT id FROM desk_history WHERE id > ? ORDER BY id LIMIT ?)", (done, BATCH)
        ).fetchone()[0]
        cells = sql.execute(
            "SELECT DISTINCT proposal, run, name FROM desk_history WHERE id > ? AND id <= ?"
            f" AND kind = 'value' AND (({_IS_IMAGE}) OR {_HAS_FILE})",
            (done, last),
        ).fetchall()
        images, files = (
            [row for cell in cells for row in sql.execute(_OLDER.format(condition=condition), (*cell, number))]
            for condition, number in ((_IS_IMAGE, kept.history_images), (_HAS_FILE, kept.history_results))
        )
    return last or done, images, files


_OLDER = (
    "SELECT id FROM desk_history WHERE kind = 'value' AND proposal = ? AND run = ? AND name = ? AND {condition}"
    " ORDER BY id DESC LIMIT -1 OFFSET ?"
)


def _remove_files(database: Database) -> None:
    folder = database.folder
    now = time.time()
    found = [path for path in folder.former.glob("*") if _ENDING.search(path.name) and _age(path, now) > ORPHAN_SECONDS]
    if not found:
        return
    with database.reading() as sql:
        if not has_table(sql, "desk_history"):
            return
        named = {
            name for (name,) in sql.execute("SELECT DISTINCT former_file FROM desk_history WHERE former_file NOT NULL")
        }
    for path in found:
        if path.name not in named and not _is_awaited(folder, path):
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                log.warning("A former result that is not kept any more cannot be removed: %s", error)


def _age(path: Path, now: float) -> float:
    try:
        return now - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _is_awaited(folder: Folder, path: Path) -> bool:
    """Whether the merge that it was written for was broken off and is still to be repeated."""
    stem = path.name.partition(".")[0]
    return (folder.results / f"{stem}.{file_id(path)}.ready.h5").exists()
