"""Declaring the table's columns: those of the context file, and those that people edit."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from damnit_backend.core.codec import encode
from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import RESERVED_NAMES
from damnit_backend.core.values import CellValue

from .database import Database
from .views import rebuild_views

EDITABLE_TYPES = ("boolean", "integer", "number", "string")


@dataclass(frozen=True, slots=True)
class Declaration:
    """A computed variable as its context file declares it."""

    name: str
    title: str
    description: str = ""
    units: str = ""
    tags: tuple[str, ...] = ()


def declare_computed(database: Database, declarations: Sequence[Declaration]) -> bool:
    """Bring the columns of the context file up to date; True if anything changed.

    Variables that left the context file keep their rows: their values stay.
    """
    with database.writing() as sql:
        changed = False
        for declaration in declarations:
            changed |= _declare(sql, declaration)
        if changed:
            rebuild_views(sql)
    return changed


def _declare(sql: sqlite3.Connection, new: Declaration) -> bool:
    attributes = encode(CellValue(units=new.units)).attributes
    row = (new.title, new.description or None, attributes)
    old = sql.execute(
        "SELECT title, description, attributes, type FROM variables WHERE name = ?", (new.name,)
    ).fetchone()
    changed = False
    if old is None:
        sql.execute("INSERT INTO variables VALUES (?, NULL, ?, ?, ?)", (new.name, *row))
        changed = True
    elif tuple(old) != (*row, None):
        sql.execute(
            "UPDATE variables SET title = ?, description = ?, attributes = ?, type = NULL WHERE name = ?",
            (*row, new.name),
        )
        changed = True
    return _declare_tags(sql, new) or changed


def _declare_tags(sql: sqlite3.Connection, new: Declaration) -> bool:
    old = {
        tag
        for (tag,) in sql.execute(
            "SELECT tags.name FROM variable_tags JOIN tags ON tags.id = tag_id WHERE variable_name = ?", (new.name,)
        )
    }
    for tag in old - set(new.tags):
        sql.execute(
            "DELETE FROM variable_tags WHERE variable_name = ? AND tag_id = (SELECT id FROM tags WHERE name = ?)",
            (new.name, tag),
        )
    for tag in set(new.tags) - old:
        sql.execute("INSERT OR IGNORE INTO tags (name) VALUES (?)", (tag,))
        sql.execute("INSERT INTO variable_tags SELECT ?, id FROM tags WHERE name = ?", (new.name, tag))
    return old != set(new.tags)


def add_editable(database: Database, name: str, type_: str, title: str = "", description: str = "") -> None:
    """Declare a variable whose values people type in."""
    if type_ not in EDITABLE_TYPES:
        raise UserError(f"{type_!r} is not a type of variable.", f"Choose one of {', '.join(EDITABLE_TYPES)}.")
    if not name.isidentifier() or name in RESERVED_NAMES:
        raise UserError(f"{name!r} cannot be the name of a variable.", "Use letters, digits and underscores.")
    with database.writing() as sql:
        if sql.execute("SELECT 1 FROM variables WHERE name = ?", (name,)).fetchone():
            raise UserError(f"There is a variable {name} already.", "Choose another name.")
        sql.execute(
            "INSERT INTO variables VALUES (?, ?, ?, ?, NULL)", (name, type_, title or name, description or None)
        )
        rebuild_views(sql)
