"""The settings that a folder keeps for itself, in `metameta`."""

from damnit_backend.core.errors import UserError

from .database import Database


def get_setting(database: Database, key: str) -> str | int | float | None:
    with database.reading() as sql:
        row = sql.execute("SELECT value FROM metameta WHERE key = ?", (key,)).fetchone()
    return row[0] if row else None


def folder_proposal(database: Database) -> int | None:
    """The proposal whose runs this folder is about."""
    value = get_setting(database, "proposal")
    if value is None:
        return None
    try:
        return int(value)
    except (ValueError, TypeError, OverflowError) as error:
        raise UserError(f"The folder's proposal is {value!r}, which is not a number.", "Set it anew.") from error
