"""The SQL of the database: the tables every program of the format has, and ours beside them."""

import re

DATA_FORMAT_VERSION = 4
"""The newest version of the shared format, and the one in which new folders are made."""

APPLICATION_TABLES = frozenset({"run_info", "run_variables", "metameta"})
"""Without these a database is not one of ours."""

SHARED = """
CREATE TABLE IF NOT EXISTS run_info (proposal, run, start_time, added_at);
CREATE UNIQUE INDEX IF NOT EXISTS proposal_run ON run_info (proposal, run);
CREATE TABLE IF NOT EXISTS run_variables (
    proposal, run, name, version, value, timestamp, max_diff, provenance, summary_type, summary_method, attributes
);
CREATE UNIQUE INDEX IF NOT EXISTS variable_version ON run_variables (proposal, run, name, version);
CREATE TABLE IF NOT EXISTS metameta (key PRIMARY KEY NOT NULL, value);
CREATE TABLE IF NOT EXISTS variables (
    name TEXT PRIMARY KEY NOT NULL, type TEXT, title TEXT, description TEXT, attributes TEXT
);
CREATE TABLE IF NOT EXISTS time_comments (timestamp, comment);
CREATE TABLE IF NOT EXISTS tags (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE NOT NULL);
CREATE TABLE IF NOT EXISTS variable_tags (
    variable_name TEXT NOT NULL REFERENCES variables (name) ON DELETE CASCADE,
    tag_id INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (variable_name, tag_id)
);
CREATE TRIGGER IF NOT EXISTS delete_orphan_tags_after_variable_tag_delete AFTER DELETE ON variable_tags
BEGIN
    DELETE FROM tags
    WHERE id = OLD.tag_id AND NOT EXISTS (SELECT 1 FROM variable_tags WHERE tag_id = OLD.tag_id);
END;
"""

DESK_TABLES = """
CREATE TABLE IF NOT EXISTS desk_changes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, proposal, run, name, at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS desk_listeners (
    one INTEGER PRIMARY KEY CHECK (one = 1), host TEXT NOT NULL, pid INTEGER NOT NULL, user TEXT NOT NULL,
    socket TEXT NOT NULL, token TEXT NOT NULL, started REAL NOT NULL, heartbeat REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS desk_jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, proposal INTEGER NOT NULL, run INTEGER NOT NULL,
    stage TEXT, variables TEXT, live INTEGER NOT NULL, asked_by TEXT NOT NULL, asked_at REAL NOT NULL,
    state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    started REAL, finished REAL, message TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS desk_jobs_state ON desk_jobs (state, live);
CREATE TABLE IF NOT EXISTS desk_run_data (
    proposal INTEGER NOT NULL, run INTEGER NOT NULL, stage TEXT NOT NULL, signature TEXT NOT NULL, seen REAL NOT NULL,
    PRIMARY KEY (proposal, run, stage)
);
CREATE TABLE IF NOT EXISTS desk_provenance (
    proposal INTEGER NOT NULL, run INTEGER NOT NULL, name TEXT NOT NULL,
    started REAL NOT NULL, seconds REAL NOT NULL, memory INTEGER, outcome TEXT NOT NULL, line INTEGER,
    PRIMARY KEY (proposal, run, name)
);
CREATE TABLE IF NOT EXISTS desk_parameters (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL);
"""

_NOW = "(julianday('now') - 2440587.5) * 86400.0"

_FEEDS = (
    # table, kind, proposal, run, name
    ("run_info", "run", "{row}.proposal", "{row}.run", "NULL"),
    ("run_variables", "value", "{row}.proposal", "{row}.run", "{row}.name"),
    ("variables", "variable", "NULL", "NULL", "{row}.name"),
    ("variable_tags", "variable", "NULL", "NULL", "{row}.variable_name"),
    ("metameta", "setting", "NULL", "NULL", "{row}.key"),
    ("time_comments", "time_comment", "NULL", "NULL", "NULL"),
    ("desk_jobs", "job", "{row}.proposal", "{row}.run", "NULL"),
)


_MOVED = "WHEN OLD.proposal IS NOT NEW.proposal OR OLD.run IS NOT NEW.run"


def change_triggers() -> str:
    """Triggers that put every write, by whatever program, into the change feed.

    What moves to another run is a change of the run that it leaves as well.
    """
    statements = []
    for table, kind, *columns in _FEEDS:
        events = [("insert", "INSERT", "NEW", ""), ("update", "UPDATE", "NEW", ""), ("delete", "DELETE", "OLD", "")]
        if kind in ("run", "value"):
            events.append(("moved", "UPDATE OF proposal, run", "OLD", _MOVED))
        for suffix, event, row, condition in events:
            values = ", ".join(column.format(row=row) for column in columns)
            statements.append(
                f"CREATE TRIGGER IF NOT EXISTS desk_feed_{table}_{suffix} AFTER {event} ON {table} {condition}\n"
                f"BEGIN\n    INSERT INTO desk_changes (kind, proposal, run, name, at)"
                f" VALUES ('{kind}', {values}, {_NOW});\nEND;"
            )
    return "\n".join(statements)


DESK = DESK_TABLES + change_triggers()


def desk_names() -> frozenset[str]:
    """The names of our tables, indexes and triggers, to see whether a database has them all."""
    return frozenset(re.findall(r"IF NOT EXISTS (desk_\w+)", DESK))
