"""Migration 3: the numbers of edits that are stored, so that one which is tried again is not stored twice."""

SCRIPT = """
CREATE TABLE desk_edits (id TEXT PRIMARY KEY NOT NULL, at REAL NOT NULL);
CREATE INDEX desk_edits_at ON desk_edits (at);
"""
