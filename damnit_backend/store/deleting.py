"""Deleting variables and runs from the table, so that they can be brought back."""

from dataclasses import dataclass

from damnit_backend.core.account import user_name
from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import RESERVED_NAMES, RunKey

from .database import Database
from .views import rebuild_views


@dataclass(frozen=True, slots=True)
class Deleted:
    """What went: ``history_id`` brings it back with all its values (`reviving.bring_back`)."""

    history_id: int
    values: int
    declared: bool = False
    """The context file has the variable: it comes back with the next run, or when the file is next loaded."""


def delete_variable(database: Database, name: str, *, author: str | None = None, reason: str = "") -> Deleted:
    """Take a variable from the table, with all its values, its declaration and its tags.

    The full results stay in the runs' files. UserError if there is no such variable.
    """
    if name in RESERVED_NAMES:
        raise UserError(f"{name} is a column of the table itself and cannot be deleted.")
    with database.writing(author=author or user_name(), reason=reason) as sql:
        # In this order: the entries of the values stand before that of the variable, see `revived_rows`.
        values = sql.execute("DELETE FROM run_variables WHERE name = ?", (name,)).rowcount
        # One that was never declared gets an entry of its own in this way.
        sql.execute("INSERT OR IGNORE INTO variables (name, title) SELECT ?1, ?1 WHERE ?2 > 0", (name, values))
        if not sql.execute("DELETE FROM variables WHERE name = ?", (name,)).rowcount:
            raise UserError(f"There is no variable {name!r}.", "See them with: damnit table")
        (history_id,) = sql.execute("SELECT max(id) FROM desk_history WHERE kind = 'variable'").fetchone()
        declared = sql.execute("SELECT 1 FROM desk_variables WHERE name = ?", (name,)).fetchone() is not None
        rebuild_views(sql)
    return Deleted(history_id, values, declared)


def delete_run(database: Database, key: RunKey, *, author: str | None = None, reason: str = "") -> Deleted:
    """Take a run from the table with all its values; its file stays. UserError if there is no such run."""
    with database.writing(author=author or user_name(), reason=reason) as sql:
        values = sql.execute("DELETE FROM run_variables WHERE proposal = ? AND run = ?", key).rowcount
        if not sql.execute("DELETE FROM run_info WHERE proposal = ? AND run = ?", key).rowcount:
            raise UserError(f"There is no run {key.run} of proposal {key.proposal}.", "See them with: damnit table")
        (history_id,) = sql.execute("SELECT max(id) FROM desk_history WHERE kind = 'run'").fetchone()
        rebuild_views(sql)
    return Deleted(history_id, values)
