"""Every version of the context file that was ever run or saved, with the modules beside it."""

import hashlib
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from .database import Database
from .schema import has_table


@dataclass(frozen=True, slots=True)
class ContextVersion:
    """``digest`` tells it from others; ``files``: what the modules beside it say, by path from there."""

    digest: str
    text: str
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KeptContext:
    """A version and what is known of it: when it was first and last run or saved, and by whom first."""

    version: ContextVersion
    first_at: float
    last_at: float
    author: str | None
    saved: bool
    ran: bool


def text_version(text: str) -> ContextVersion:
    """The version of a text without modules beside it: its digest is that of the file."""
    return ContextVersion(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(), text)


def note_context(
    sql: sqlite3.Connection, version: ContextVersion, at: float, author: str | None = None, *, ran: bool = False
) -> None:
    """Keep a version that was saved, or run."""
    files = msgspec.json.encode(dict(version.files)).decode()
    text = version.text.encode("utf-8", "backslashreplace").decode()
    sql.execute(
        "INSERT INTO desk_contexts (digest, text, files, first_at, last_at, author, saved, ran)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (digest) DO UPDATE SET last_at = excluded.last_at,"
        " author = coalesce(author, excluded.author), saved = max(saved, excluded.saved), ran = max(ran, excluded.ran)",
        (version.digest, text, files, at, at, author, not ran, ran),
    )


def save_context(database: Database, text: str, author: str) -> None:
    """Keep a text that a person saved as the context file."""
    with database.writing() as sql:
        note_context(sql, text_version(text), time.time(), author)


def read_context(database: Database, digest: str) -> KeptContext | None:
    """The version with a digest; None if it is not known."""
    return next(iter(_read(database, "WHERE digest = ?", (digest,))), None)


def read_contexts(database: Database) -> list[KeptContext]:
    """All versions, the latest first."""
    return _read(database, "ORDER BY last_at DESC", ())


def _read(database: Database, which: str, values: tuple[object, ...]) -> list[KeptContext]:
    with database.reading() as sql:
        if not has_table(sql, "desk_contexts"):
            return []
        rows = sql.execute(
            f"SELECT digest, text, files, first_at, last_at, author, saved, ran FROM desk_contexts {which}", values
        ).fetchall()
    return [
        KeptContext(
            ContextVersion(digest, text, msgspec.json.decode(files, type=dict[str, str])),
            first_at, last_at, author, bool(saved), bool(ran),
        )
        for digest, text, files, first_at, last_at, author, saved, ran in rows
    ]  # fmt: skip
