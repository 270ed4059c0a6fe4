"""Migration 1: what the listener and the windows need: change feed, queue, lease, times of computations, parameters."""

# Folders had these tables, some a part of them, before migrations were numbered: hence IF NOT EXISTS.
SCRIPT = """
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
