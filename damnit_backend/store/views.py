"""The views `runs` and `max_diffs`: one column a variable, for programs that read the table with plain SQL."""

import sqlite3
from collections.abc import Iterable

MAX_VARIABLES = 1990
"""SQLite allows 2000 columns, four of them are ours; variables past that are left out of the views only."""


def rebuild_views(sql: sqlite3.Connection) -> None:
    """Make both views anew from the variables that have values or are declared."""
    names = [
        name
        for (name,) in sql.execute(
            "SELECT name FROM variables UNION SELECT DISTINCT name FROM run_variables ORDER BY name LIMIT ?",
            (MAX_VARIABLES,),
        )
    ]
    for view, column, extra in (("runs", "value", "r.start_time, r.added_at"), ("max_diffs", "max_diff", "")):
        fields = ["r.proposal", "r.run", *([extra] if extra else [])]
        fields += [
            f"max(CASE WHEN v.name = {_quoted(name, chr(39))} THEN v.{column} END) AS {_quoted(name, chr(34))}"
            for name in names
        ]
        sql.execute(f"DROP VIEW IF EXISTS {view}")
        sql.execute(
            f"CREATE VIEW {view} AS SELECT {', '.join(fields)} FROM run_info r"
            " LEFT JOIN run_variables v ON v.proposal = r.proposal AND v.run = r.run GROUP BY r.proposal, r.run"
        )


def add_columns(sql: sqlite3.Connection, names: Iterable[str]) -> None:
    """Make the views anew if they lack one of these names, of which there are values now."""
    undeclared = [
        name for name in names if not sql.execute("SELECT 1 FROM variables WHERE name = ?", (name,)).fetchone()
    ]
    if not undeclared:
        return  # those that are declared have their columns since then
    row = sql.execute("SELECT sql FROM sqlite_master WHERE type = 'view' AND name = 'runs'").fetchone()
    text = row[0] if row else ""
    if text.count("CASE WHEN") >= MAX_VARIABLES:
        return
    # The other program quotes the columns of its views differently.
    if not all(any(f" AS {_quoted(name, quote)}" in text for quote in ('"', "'")) for name in undeclared):
        rebuild_views(sql)


def _quoted(name: str, quote: str) -> str:
    return quote + name.replace(quote, quote * 2) + quote
