"""Declaring the table's columns: those of the context file, and those that people edit."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from damnit_backend.core.account import user_name
from damnit_backend.core.codec import encode
from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import RESERVED_NAMES
from damnit_backend.core.values import CellValue

from .database import Database
from .views import declare_columns

EDITABLE_TYPES = ("boolean", "integer", "number", "string")


@dataclass(frozen=True, slots=True)
class Declaration:
    """A computed variable as its context file declares it."""

    name: str
    title: str
    description: str = ""
    units: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declared:
    """What a declaration did: whether any column changed, and the names that are taken by what people edit."""

    changed: bool
    clashes: tuple[str, ...]

    @property
    def problem(self) -> str:
        """The clashes in words; empty if there are none."""
        return " ".join(
            f"Variable {name} of the context file has the name of an editable variable; rename one."
            for name in self.clashes
        )


def declare_computed(database: Database, declarations: Sequence[Declaration]) -> Declared:
    """Bring the columns of the context file up to date.

    Variables that left the context file keep their rows: their values stay. So does an editable variable whose name
    the context file uses as well: what people typed is not to be overwritten by results.
    """
    with database.writing(author=user_name()) as sql:
        edited = editable_names(sql)
        computed = [declaration for declaration in declarations if declaration.name not in edited]
        changed = False
        for declaration in computed:
            changed |= _declare(sql, declaration)
        declare_columns(sql, [declaration.name for declaration in computed])
    return Declared(changed, tuple(sorted({declaration.name for declaration in declarations} & edited)))


def editable_names(sql: sqlite3.Connection) -> frozenset[str]:
    """The variables whose values people type in."""
    return frozenset(name for (name,) in sql.execute("SELECT name FROM variables WHERE type IS NOT NULL"))


def _declare(sql: sqlite3.Connection, new: Declaration) -> bool:
    attributes = encode(CellValue(units=new.units)).attributes
    row = (new.title, new.description or None, attributes)
    old = sql.execute("SELECT title, description, attributes FROM variables WHERE name = ?", (new.name,)).fetchone()
    changed = False
    if old is None:
        sql.execute("INSERT INTO variables VALUES (?, NULL, ?, ?, ?)", (new.name, *row))
        changed = True
    elif tuple(old) != row:
        sql.execute("UPDATE variables SET title = ?, description = ?, attributes = ? WHERE name = ?", (*row, new.name))
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
    with database.writing(author=user_name()) as sql:
        if sql.execute("SELECT 1 FROM variables WHERE name = ?", (name,)).fetchone():
            raise UserError(f"There is a variable {name} already.", "Choose another name.")
        sql.execute(
            "INSERT INTO variables VALUES (?, ?, ?, ?, NULL)", (name, type_, title or name, description or None)
        )
        declare_columns(sql, [name])
