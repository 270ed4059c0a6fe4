"""The settings that a folder keeps for itself, in `metameta`."""

import msgspec

from damnit_backend.core.account import user_name
from damnit_backend.core.errors import UserError
from damnit_backend.core.settings import Limits, Retention, Settings

from .database import Database


def get_setting(database: Database, key: str) -> str | int | float | None:
    with database.reading() as sql:
        row = sql.execute("SELECT value FROM metameta WHERE key = ?", (key,)).fetchone()
    return row[0] if row else None


def set_setting(database: Database, key: str, value: str | int | float | None) -> None:
    """Set a folder's own setting; None takes it away."""
    with database.writing(author=user_name()) as sql:
        if value is None:
            sql.execute("DELETE FROM metameta WHERE key = ?", (key,))
        else:
            sql.execute("INSERT OR REPLACE INTO metameta VALUES (?, ?)", (key, value))


def folder_limits(database: Database, settings: Settings) -> Limits:
    """The limits of a folder: its own, else those of the settings. UserError if one of its own is none."""
    names = Limits.__struct_fields__
    limits = {name: getattr(settings, name) for name in names}
    with database.reading() as sql:
        marks = ", ".join("?" * len(names))
        own = dict(sql.execute(f"SELECT key, value FROM metameta WHERE key IN ({marks})", names).fetchall())
    for name, value in own.items():
        limits[name] = parse_limit(name, value)
    return Limits(**limits)


def parse_limit(name: str, value: object) -> float | int:
    """The value of a limit or of what is kept, from a number or a text. UserError if it is none."""
    kind = Retention if name in Retention.__struct_fields__ else Limits
    try:
        limit: float | int = getattr(msgspec.convert({name: value}, kind, strict=False), name)
    except msgspec.ValidationError as error:
        raise UserError(
            f"{value!r} is no value of the setting {name}: {error}.",
            f"Set it anew: damnit setting FOLDER {name} NUMBER",
        ) from error
    return limit


def folder_proposal(database: Database) -> int | None:
    """The proposal whose runs this folder is about."""
    value = get_setting(database, "proposal")
    if value is None:
        return None
    try:
        return int(value)
    except (ValueError, TypeError, OverflowError) as error:
        raise UserError(f"The folder's proposal is {value!r}, which is not a number.", "Set it anew.") from error
