"""Migration 4: what was asked for, as against what was computed because others need it."""

# `asked`: when a value was last computed for itself. `exact`: what the Variables need is computed, but not stored.
SCRIPT = """
ALTER TABLE desk_provenance ADD COLUMN asked REAL;
ALTER TABLE desk_jobs ADD COLUMN exact INTEGER NOT NULL DEFAULT 0;
"""
