"""How much of the history is kept, and removing the rest."""

import re
import time
from pathlib import Path

import msgspec

from damnit_backend.core.settings import Retention

from .database import Database
from .folder import Folder
from .former import file_id
from .schema import has_table

BATCH = 200
"""So many entries are changed in one transaction: others wait only a moment."""
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


def prune_history(database: Database) -> None:
    """Remove pictures, curves and full results beyond what is kept of each cell, and files that nothing names."""
    kept = read_retention(database)
    while _forget(database, _IMAGES, kept.history_images):
        pass
    while _forget(database, _FILES, kept.history_results):
        pass
    _remove_files(database)


_OLDER = (
    "SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY proposal, run, name ORDER BY id DESC) AS age"
    " FROM desk_history WHERE {condition}) WHERE age > ? LIMIT ?"
)
_IMAGES = (
    f"UPDATE desk_history SET value = NULL, row = '{PRUNED}' WHERE id IN ("
    # A complex number is a BLOB as well, and a scalar.
    + _OLDER.format(condition="typeof(value) = 'blob' AND summary_type IS NOT 'complex'")
    + ")"
)
_FILES = f"UPDATE desk_history SET former_file = NULL WHERE id IN ({_OLDER.format(condition='former_file NOT NULL')})"


def _forget(database: Database, statement: str, kept: int) -> bool:
    """Forget some of what is older than the last ``kept`` of each cell; whether there may be more."""
    with database.writing() as sql:
        return sql.execute(statement, (kept, BATCH)).rowcount == BATCH


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
            path.unlink(missing_ok=True)


def _age(path: Path, now: float) -> float:
    try:
        return now - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _is_awaited(folder: Folder, path: Path) -> bool:
    """Whether the merge that it was written for was broken off and is still to be repeated."""
    stem = path.name.partition(".")[0]
    return (folder.results / f"{stem}.{file_id(path)}.ready.h5").exists()
