"""Is the database's file sound?"""

import os
from collections.abc import Iterator

from damnit_backend.care.examination import Examination, Found, counted
from damnit_backend.core.errors import UserError
from damnit_backend.core.findings import Level
from damnit_backend.store.database import DatabaseBusyError
from damnit_backend.store.folder import has_database
from damnit_backend.store.integrity import (
    foreign_key_problems,
    integrity_problems,
    only_indexes,
    remake_indexes,
)
from damnit_backend.store.opening import open_for_reading

REBUILD = "Make it anew from the results and from what can be read of it: damnit doctor FOLDER --rebuild"


def check(examination: Examination) -> Iterator[Found]:
    """SQLite's own checks. Tells the other checks if the database cannot be read at all."""
    where = str(examination.folder.database)
    if not has_database(examination.folder):
        examination.database_problem = "there is none"
        yield Found(Level.ERROR, "The database is missing.", where, REBUILD)
        return
    try:
        with open_for_reading(examination.folder) as database:
            problems = integrity_problems(database, quick=examination.quick)
            dangling = foreign_key_problems(database) if not problems else []
    except UserError as error:
        examination.database_problem = error.message
        is_damage = os.access(where, os.R_OK) and not isinstance(error, DatabaseBusyError)
        text = f"The database cannot be read: {error.message}"
        yield Found(Level.ERROR, text, where, REBUILD if is_damage else error.hint)
        return
    if problems and only_indexes(problems):
        yield Found(
            Level.ERROR, "Indexes of the database do not agree with its tables.", where,
            details=tuple(problems), mend=lambda: _remake(examination), mend_text="make the indexes anew",
        )  # fmt: skip
    elif problems:
        yield Found(Level.ERROR, "The database is damaged.", where, REBUILD, tuple(problems))
    if dangling:
        text = f"The database refers to rows that do not exist: {counted(len(dangling), 'time')}."
        yield Found(Level.WARNING, text, where, "They do no harm to values; tags may be missing.", tuple(dangling))
    if not problems and not dangling:
        yield Found(Level.OK, f"SQLite finds no damage{' at a quick look' if examination.quick else ''}.", where)


def _remake(examination: Examination) -> str:
    with examination.mending() as database:
        remake_indexes(database)
        left = integrity_problems(database, quick=False)
    if left:
        raise UserError(f"The database is damaged still: {left[0]}.", REBUILD)
    return "made the indexes anew"
