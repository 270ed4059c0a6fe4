"""Migration 2: former values with who wrote them, and which code made each value.

Columns that triggers fill have no types and no constraints: whatever another program writes, a trigger of ours must
never make it fail.
"""

SCRIPT = """
CREATE TABLE desk_writer (
    one INTEGER PRIMARY KEY CHECK (one = 1), author TEXT, host TEXT, program TEXT, reason TEXT
);
CREATE TABLE desk_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, proposal, run, name,
    value, timestamp, max_diff, provenance, summary_type, summary_method, attributes,
    row TEXT,
    author TEXT, host TEXT, program TEXT,
    origin TEXT,
    replaced_at REAL NOT NULL, replaced_by TEXT, operation TEXT NOT NULL, reason TEXT,
    former_file TEXT
);
CREATE INDEX desk_history_cell ON desk_history (proposal, run, name);
CREATE INDEX desk_history_name ON desk_history (kind, name);
CREATE INDEX desk_history_file ON desk_history (former_file) WHERE former_file IS NOT NULL;
CREATE TABLE desk_replacing (
    source TEXT, kind TEXT, proposal, run, name,
    value, timestamp, max_diff, provenance, summary_type, summary_method, attributes, row TEXT
);
CREATE TABLE desk_keeping (name PRIMARY KEY, file TEXT, row TEXT);
CREATE TABLE desk_authors (
    proposal, run, name, author TEXT, host TEXT, program TEXT, reason TEXT, at REAL NOT NULL,
    PRIMARY KEY (proposal, run, name)
);
ALTER TABLE desk_provenance ADD COLUMN context TEXT;
ALTER TABLE desk_provenance ADD COLUMN code TEXT;
ALTER TABLE desk_provenance ADD COLUMN stage TEXT;
ALTER TABLE desk_provenance ADD COLUMN environment TEXT;
ALTER TABLE desk_provenance ADD COLUMN host TEXT;
ALTER TABLE desk_provenance ADD COLUMN user TEXT;
ALTER TABLE desk_provenance ADD COLUMN job INTEGER;
ALTER TABLE desk_provenance ADD COLUMN parameters TEXT;
ALTER TABLE desk_provenance ADD COLUMN finished REAL;
CREATE TABLE desk_contexts (
    digest TEXT PRIMARY KEY NOT NULL, text TEXT NOT NULL, files TEXT NOT NULL,
    first_at REAL NOT NULL, last_at REAL NOT NULL, author TEXT, saved INTEGER NOT NULL, ran INTEGER NOT NULL
);
CREATE TABLE desk_codes (code TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, context TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE desk_environments (
    digest TEXT PRIMARY KEY NOT NULL, python TEXT NOT NULL, executable TEXT NOT NULL, packages TEXT NOT NULL,
    first_at REAL NOT NULL
);
CREATE TABLE desk_variables (
    name TEXT PRIMARY KEY NOT NULL, code TEXT, depends TEXT, parameters TEXT, data TEXT,
    cluster INTEGER, transient INTEGER, context TEXT, position INTEGER
);
"""
