"""The triggers that fill the change feed."""

NOW = "(julianday('now') - 2440587.5) * 86400.0"

_FEEDS = (
    # table, kind, proposal, run, name
    ("run_info", "run", "{row}.proposal", "{row}.run", "NULL"),
    ("run_variables", "value", "{row}.proposal", "{row}.run", "{row}.name"),
    ("variables", "variable", "NULL", "NULL", "{row}.name"),
    ("variable_tags", "variable", "NULL", "NULL", "{row}.variable_name"),
    ("metameta", "setting", "NULL", "NULL", "{row}.key"),
    ("time_comments", "time_comment", "NULL", "NULL", "NULL"),
    ("desk_jobs", "job", "{row}.proposal", "{row}.run", "NULL"),
    ("desk_parameters", "parameter", "NULL", "NULL", "{row}.name"),
    ("desk_variables", "code", "NULL", "NULL", "{row}.name"),
)


_MOVED = "WHEN OLD.proposal IS NOT NEW.proposal OR OLD.run IS NOT NEW.run"


def feed_triggers() -> str:
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
                f"CREATE TRIGGER desk_feed_{table}_{suffix} AFTER {event} ON {table} {condition}\n"
                f"BEGIN\n    INSERT INTO desk_changes (kind, proposal, run, name, at)"
                f" VALUES ('{kind}', {values}, {NOW});\nEND;"
            )
    return "\n".join(statements)
