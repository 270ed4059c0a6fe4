"""The views `runs` and `max_diffs`: one column a variable, for programs that read the table with plain SQL."""

import sqlite3

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


def _quoted(name: str, quote: str) -> str:
    return quote + name.replace(quote, quote * 2) + quote
