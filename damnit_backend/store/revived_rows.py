"""Bringing back what is no single value: variables, tags, runs, settings, parameters and comments on times."""

import sqlite3
from collections.abc import Callable, Sequence

import msgspec

from damnit_backend.core.errors import UserError

from .history import Change
from .history_triggers import ORIGIN_COLUMNS
from .retention import PRUNED
from .views import rebuild_views

_PROTECTED = frozenset({"data_format_version", "db_id"})
"""Settings that say what the database is; an older one would be wrong."""

_CHOSEN = "FROM desk_history WHERE id IN (SELECT value FROM json_each(?))"


def revive_row(sql: sqlite3.Connection, change: Change) -> None:
    """Write a former row again, inside the open transaction. UserError if that cannot be."""
    _WAYS[change.kind](sql, change)


def _variable(sql: sqlite3.Connection, change: Change) -> None:
    row = change.row
    columns = ("type", "title", "description", "attributes")
    taken = ", ".join(f"{column} = excluded.{column}" for column in columns)
    # One that was declared again meanwhile is as its context file says.
    again = "NOTHING" if change.deleted else f"UPDATE SET {taken}"
    sql.execute(
        f"INSERT INTO variables (name, type, title, description, attributes) VALUES (?, ?, ?, ?, ?)"
        f" ON CONFLICT (name) DO {again}",
        (change.name, *(row.get(column) for column in columns)),
    )
    for tag in _texts(row.get("tags")):
        _add_tag(sql, change.name, tag)
    if change.deleted:
        _values_deleted_with(sql, change, "name", (change.name,))
    rebuild_views(sql)


def _run(sql: sqlite3.Connection, change: Change) -> None:
    if change.run is None:
        raise UserError(f"Entry {change.id} has no run.", "Another program wrote it; it cannot be brought back.")
    sql.execute(
        "INSERT INTO run_info (proposal, run, start_time, added_at) VALUES (?, ?, ?, ?) ON CONFLICT (proposal, run)"
        " DO UPDATE SET start_time = excluded.start_time, added_at = excluded.added_at",
        (*change.run, change.row.get("start_time"), change.row.get("added_at")),
    )
    if change.deleted:
        _values_deleted_with(sql, change, "proposal, run", change.run)
    rebuild_views(sql)


def _values_deleted_with(sql: sqlite3.Connection, change: Change, columns: str, owner: tuple[object, ...]) -> None:
    """Insert the values whose deletion stands just before the entry: they went in the same transaction.

    A cell that has a value again keeps it.
    """
    marks = ", ".join("?" * len(owner))
    same = f"kind = 'value' AND operation = 'delete' AND ({columns}) = ({marks})"
    (first,) = sql.execute(
        f"SELECT coalesce(max(id), 0) FROM desk_history WHERE id < ? AND NOT ({same})", (change.id, *owner)
    ).fetchone()
    rows = sql.execute(
        "SELECT id FROM desk_history AS h WHERE id > ? AND id < ? AND row IS NOT ? AND NOT EXISTS (SELECT 1"
        " FROM run_variables AS v WHERE v.proposal = h.proposal AND v.run = h.run AND v.name = h.name)",
        (first, change.id, PRUNED),
    ).fetchall()
    wanted = [id_ for (id_,) in rows]
    values = "proposal, run, name, value, timestamp, max_diff, provenance, summary_type, summary_method, attributes"
    sql.execute(f"INSERT INTO run_variables ({values}, version) SELECT {values}, 1 {_CHOSEN}", (_json(wanted),))
    revive_origins(sql, wanted)


def revive_origins(sql: sqlite3.Connection, ids: Sequence[int]) -> None:
    """Say again of the values of these entries how they were made, as far as it was known."""
    origin = ", ".join(f"json_extract(origin, '$.{column}')" for column in ORIGIN_COLUMNS)
    sql.execute(
        f"INSERT OR REPLACE INTO desk_provenance (proposal, run, name, {', '.join(ORIGIN_COLUMNS)})"
        f" SELECT proposal, run, name, {origin} {_CHOSEN} AND json_valid(origin)"
        " AND json_extract(origin, '$.started') NOT NULL",
        (_json(ids),),
    )


def _json(ids: Sequence[int]) -> str:
    return msgspec.json.encode(ids).decode()


def _tag(sql: sqlite3.Connection, change: Change) -> None:
    for name in _texts(change.row.get("variables")):
        _add_tag(sql, name, change.name)


def _add_tag(sql: sqlite3.Connection, name: str, tag: str) -> None:
    """Give a variable a tag, if it has not got it; nothing if there is no such variable any more."""
    if not sql.execute("SELECT 1 FROM variables WHERE name = ?", (name,)).fetchone():
        return
    sql.execute("INSERT OR IGNORE INTO tags (name) VALUES (?)", (tag,))
    sql.execute("INSERT OR IGNORE INTO variable_tags SELECT ?, id FROM tags WHERE name = ?", (name, tag))


def _setting(sql: sqlite3.Connection, change: Change) -> None:
    if change.name in _PROTECTED:
        raise UserError(f"{change.name} says what the database is; an older one would be wrong.")
    _put(sql, "metameta", "key", change)


def _parameter(sql: sqlite3.Connection, change: Change) -> None:
    _put(sql, "desk_parameters", "name", change)


def _put(sql: sqlite3.Connection, table: str, key: str, change: Change) -> None:
    if "value" not in change.row:
        raise UserError(f"What {change.name} was cannot be read.", "Set it anew.")
    sql.execute(
        f"INSERT INTO {table} ({key}, value) VALUES (?, ?) ON CONFLICT ({key}) DO UPDATE SET value = excluded.value",
        (change.name, change.row["value"]),
    )


def _time_comment(sql: sqlite3.Connection, change: Change) -> None:
    row = (change.row.get("timestamp"), change.row.get("comment"))
    if not change.deleted:
        done = sql.execute(
            "UPDATE time_comments SET timestamp = ?, comment = ? WHERE rowid = ?", (*row, change.row.get("rowid"))
        )
        if done.rowcount:
            return
    sql.execute(
        "INSERT INTO time_comments (timestamp, comment) SELECT ?1, ?2"
        " WHERE NOT EXISTS (SELECT 1 FROM time_comments WHERE timestamp IS ?1 AND comment IS ?2)",
        row,
    )


def _texts(items: object) -> list[str]:
    return [item for item in items if isinstance(item, str)] if isinstance(items, list) else []


_WAYS: dict[str, Callable[[sqlite3.Connection, Change], None]] = {
    "variable": _variable,
    "run": _run,
    "tag": _tag,
    "setting": _setting,
    "parameter": _parameter,
    "time_comment": _time_comment,
}
