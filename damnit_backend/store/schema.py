"""The shared format's part of the database: the tables that every program of the format has."""

import sqlite3

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


def has_table(sql: sqlite3.Connection, name: str) -> bool:
    return sql.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)).fetchone() is not None


def run_script(sql: sqlite3.Connection, script: str) -> None:
    """Execute several statements inside the open transaction (`executescript` would commit it first)."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            sql.execute(statement)
            statement = ""
