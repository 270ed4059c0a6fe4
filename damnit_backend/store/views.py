"""The views `runs` and `max_diffs`: one column a variable, for programs that read the table with plain SQL."""

import re
import sqlite3
from collections.abc import Iterable, Sequence

MAX_VARIABLES = 1990
"""SQLite allows 2000 columns, four of them are ours; variables past that are left out of the views only."""
MAX_NAME = 1000
"""Characters; longer names are left out of the views: each connection reads their text anew."""
MAX_TEXT = 500_000
"""Characters of all names in a view."""

_OURS = "FROM run_info r LEFT JOIN run_variables v "
_COLUMN = re.compile(r"""max\(CASE WHEN v\.name = '((?:[^']|'')*)' THEN v\.value END\) AS "(?:[^"]|"")*\"""")


def rebuild_views(sql: sqlite3.Connection) -> None:
    """Make both views anew from the variables that have values or are declared. Looks at every value."""
    rows = sql.execute("SELECT name FROM variables UNION SELECT DISTINCT name FROM run_variables ORDER BY name")
    _make(sql, _first([], [name for (name,) in rows]))


def add_columns(sql: sqlite3.Connection, names: Iterable[str]) -> None:
    """Have columns for these names, of which there are values now."""
    # Those that are declared have theirs since then.
    known = "SELECT 1 FROM variables WHERE name = ?"
    declare_columns(sql, [name for name in names if not sql.execute(known, (name,)).fetchone()])


def declare_columns(sql: sqlite3.Connection, names: Sequence[str]) -> None:
    """Have columns for these names, which are declared now; quick, however many values there are."""
    if not names:
        return
    row = sql.execute("SELECT sql FROM sqlite_master WHERE type = 'view' AND name = 'runs'").fetchone()
    text = row[0] if row else ""
    if _OURS not in text:
        # The other program's has each column in its own words, and quotes it in more than one way.
        if not all(any(f" AS {_quoted(name, quote)}" in text for quote in ('"', "'")) for name in names):
            rebuild_views(sql)
        return
    present = [match[1].replace("''", "'") for match in _COLUMN.finditer(text)]
    columns = _first(present, names)
    if len(columns) > len(present):
        _make(sql, columns)


def _first(present: Sequence[str], more: Iterable[object]) -> list[str]:
    """The names that are in the views, and of those that are not as many as there is room for."""
    found = dict.fromkeys(present)
    room = MAX_TEXT - sum(map(len, found))
    for name in more:
        if len(found) >= MAX_VARIABLES:
            break
        # Columns have no types in SQLite: another program's name may be no text. SQL ends at a NUL.
        if isinstance(name, str) and name not in found and len(name) <= min(MAX_NAME, room) and "\0" not in name:
            found[name] = None
            room -= len(name)
    return sorted(found)


def _make(sql: sqlite3.Connection, names: Sequence[str]) -> None:
    for view, column, extra in (("runs", "value", "r.start_time, r.added_at"), ("max_diffs", "max_diff", "")):
        fields = ["r.proposal", "r.run", *([extra] if extra else [])]
        fields += [
            f"max(CASE WHEN v.name = {_quoted(name, chr(39))} THEN v.{column} END) AS {_quoted(name, chr(34))}"
            for name in names
        ]
        sql.execute(f"DROP VIEW IF EXISTS {view}")
        sql.execute(
            f"CREATE VIEW {view} AS SELECT {', '.join(fields)} {_OURS}"
            "ON v.proposal = r.proposal AND v.run = r.run GROUP BY r.proposal, r.run"
        )


def _quoted(name: str, quote: str) -> str:
    return quote + name.replace(quote, quote * 2) + quote
