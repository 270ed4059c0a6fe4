"""The triggers that keep former values: whatever program updates, deletes or replaces a row, it is copied first.

`INSERT OR REPLACE` removes the former row without any trigger for deletions, and `INSERT … ON CONFLICT` begins like an
insertion. So each insertion first notes in `desk_replacing` the row that it meets, and only one that took the place of
that row moves the note to the history.

A merge says in `desk_keeping` where it keeps the former full results: those make an entry also where the table shows
the same as before.
"""

from dataclasses import dataclass

from .feed_triggers import NOW

_PLACE = ("proposal", "run", "name")
_VALUE_COLUMNS = ("value", "timestamp", "max_diff", "provenance", "summary_type", "summary_method", "attributes")
ORIGIN_COLUMNS = (
    "started", "seconds", "memory", "outcome", "line", "context", "code", "stage", "environment", "host", "user",
    "job", "parameters", "finished", "asked",
)  # fmt: skip
"""What is kept of how a value was made: columns of `desk_provenance`."""
_TIMES = frozenset({"started", "seconds", "finished", "asked"})
"""Those that hold fractions."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A table whose former rows are kept: what makes a row the same one, and what makes it another content.

    ``name`` and what ``more`` puts into the JSON of the row are SQL about a row called ``{row}``.
    """

    table: str
    kind: str
    key: tuple[str, ...]
    content: tuple[str, ...]
    name: str = ""
    more: str = ""

    @property
    def is_value(self) -> bool:
        return self.kind == "value"

    def columns(self, row: str) -> dict[str, str]:
        """What is kept of a row: SQL by the column of `desk_history` and `desk_replacing`."""
        found = {column: f"{row}.{column}" for column in self.key if column in ("proposal", "run")}
        if self.name:
            found["name"] = self.name.format(row=row)
        if self.is_value:
            return found | {column: f"{row}.{column}" for column in _VALUE_COLUMNS}
        parts = [f"'{column}', {_json(f'{row}.{column}')}" for column in self.content]
        parts += [self.more.format(row=row)] if self.more else []
        return found | {"row": f"json_object({', '.join(parts)})"}

    def met(self) -> str:
        """The row whose place a new one would take; = and not IS, because no NULL is like another."""
        same = " AND ".join(f"met.{column} = NEW.{column}" for column in self.key)
        return f"FROM {self.table} AS met WHERE {same}"

    def met_by_number(self) -> str:
        """The other row that a new one would take the number of; a new one that says none has -1."""
        other = " OR ".join(f"met.{column} IS NOT NEW.{column}" for column in self.key or self.content)
        return f"FROM {self.table} AS met WHERE met.rowid = NEW.rowid AND NEW.rowid <> -1 AND ({other})"

    def moved(self) -> str:
        return " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in self.key) or "0"

    def differs(self, row: str = "OLD") -> str:
        return " OR ".join(f"{row}.{column} IS NOT NEW.{column}" for column in self.content)


_VALUES = _Kept(
    "run_variables", "value", ("proposal", "run", "name", "version"), ("value", "summary_type", "attributes"),
    "{row}.name",
)  # fmt: skip
_TAGS = (
    "'tags', json((SELECT json_group_array(CAST(tags.name AS TEXT)) FROM variable_tags JOIN tags ON tags.id = tag_id"
    " WHERE variable_name = {row}.name))"
)
_TAGGED = (
    "'variables', json((SELECT json_group_array(CAST(variable_name AS TEXT)) FROM variable_tags"
    " WHERE tag_id = {row}.id))"
)
_KEPT = (
    _VALUES,
    _Kept("run_info", "run", ("proposal", "run"), ("start_time", "added_at")),
    _Kept("variables", "variable", ("name",), ("type", "title", "description", "attributes"), "{row}.name", _TAGS),
    _Kept("metameta", "setting", ("key",), ("value",), "{row}.key"),
    _Kept("desk_parameters", "parameter", ("name",), ("value",), "{row}.name"),
    _Kept("time_comments", "time_comment", (), ("timestamp", "comment"), more="'rowid', {row}.rowid"),
    _Kept("tags", "tag", ("name",), (), "{row}.name", _TAGGED),
)
_TAG_USE = _Kept(
    "variable_tags", "tag", (), (), "(SELECT name FROM tags WHERE id = {row}.tag_id)",
    "'variables', json_array(CAST({row}.variable_name AS TEXT))",
)  # fmt: skip


def _json(sql: str) -> str:
    """A column's value as JSON has it. JSON cannot hold BLOBs and infinity, and a trigger must not make a write fail.

    SQLite's own text of a number has 15 digits; 17 give the same number again.
    """
    finite = f"WHEN {sql} BETWEEN -1.7e308 AND 1.7e308 THEN json(printf('%!.17g', {sql}))"
    return (
        f"CASE typeof({sql}) WHEN 'real' THEN CASE {finite} ELSE CAST({sql} AS TEXT) END"
        f" WHEN 'blob' THEN CAST({sql} AS TEXT) ELSE {sql} END"
    )


def _save(kept: _Kept, columns: dict[str, str], source: str, operation: str) -> str:
    """Put rows into the history, with who made them and how, and with who replaces them."""
    found = {"kind": f"'{kept.kind}'", **columns}
    joins = " LEFT JOIN desk_writer AS w ON w.one = 1"
    if kept.is_value:
        for column, kept_column in (("row", "row"), ("former_file", "file")):
            found[column] = f"(SELECT {kept_column} FROM desk_keeping AS k WHERE k.name = {columns['name']})"
        parts = {column: f"p.{column}" for column in ORIGIN_COLUMNS}
        parts |= {column: _json(parts[column]) for column in _TIMES}
        origin = ", ".join(f"'{column}', {sql}" for column, sql in parts.items())
        found |= {column: f"a.{column}" for column in ("author", "host", "program")}
        found["origin"] = f"CASE WHEN p.name IS NOT NULL THEN json_object({origin}) END"
        for table, short in (("desk_authors", "a"), ("desk_provenance", "p")):
            same = " AND ".join(f"{short}.{column} = {columns[column]}" for column in _PLACE)
            joins += f" LEFT JOIN {table} AS {short} ON {same}"
    found |= {"replaced_at": NOW, "replaced_by": "w.author", "operation": operation, "reason": "w.reason"}
    table, _, where = source.partition(" WHERE ")
    return (
        f"INSERT INTO desk_history ({', '.join(found)}) SELECT {', '.join(found.values())} {table}{joins}"
        f"{' WHERE ' + where if where else ''};"
    )


_ROW = "FROM (SELECT 1)"


def _trigger(name: str, event: str, when: str, *statements: str) -> str:
    condition = f"\nWHEN {when}" if when else ""
    return f"CREATE TRIGGER desk_history_{name} {event}{condition}\nBEGIN\n    " + "\n    ".join(statements) + "\nEND;"


def _at(row: str) -> str:
    return " AND ".join(f"{column} = {row}.{column}" for column in _PLACE)


def _forget(row: str) -> tuple[str, ...]:
    return (f"DELETE FROM desk_authors WHERE {_at(row)};", f"DELETE FROM desk_provenance WHERE {_at(row)};")


_FORGET_NOTED = tuple(
    f"DELETE FROM {table} WHERE (proposal, run, name) IN"
    " (SELECT proposal, run, name FROM desk_replacing WHERE source = 'run_variables');"
    for table in ("desk_authors", "desk_provenance")
)
_SIGN = (
    "INSERT INTO desk_authors (proposal, run, name, author, host, program, reason, at)"
    f" SELECT NEW.proposal, NEW.run, NEW.name, w.author, w.host, w.program, w.reason, {NOW}"
    f" {_ROW} LEFT JOIN desk_writer AS w ON w.one = 1 WHERE true"
    " ON CONFLICT (proposal, run, name) DO UPDATE SET author = excluded.author, host = excluded.host,"
    " program = excluded.program, reason = excluded.reason, at = excluded.at"
)
"""Who made the present value; a conflict clause of its own, because the outer statement's would count otherwise."""


_KEEPING = "EXISTS (SELECT 1 FROM desk_keeping AS k WHERE k.name = OLD.name AND k.file IS NOT NULL)"


def _updated(kept: _Kept) -> str:
    differs = kept.differs() or "0"
    if kept.kind == "run":  # a time that was not known yet is no loss
        differs = " OR ".join(
            f"(OLD.{column} NOT NULL AND OLD.{column} IS NOT NEW.{column})" for column in kept.content
        )
    operation = f"CASE WHEN {kept.moved()} THEN 'delete' ELSE 'update' END"
    return _trigger(
        f"{kept.table}_update",
        f"AFTER UPDATE ON {kept.table}",
        f"{kept.moved()} OR {differs}{' OR ' + _KEEPING if kept.is_value else ''}",
        _save(kept, kept.columns("OLD"), _ROW, operation),
        *((*_forget("OLD"), _SIGN + ";") if kept.is_value else ()),
    )


def _deleted(kept: _Kept) -> str:
    # A tag that nothing has is no loss. Before: what belongs to a row by a foreign key goes with it.
    when = "EXISTS (SELECT 1 FROM variable_tags WHERE tag_id = OLD.id)" if kept.kind == "tag" else ""
    return _trigger(
        f"{kept.table}_delete",
        f"BEFORE DELETE ON {kept.table}",
        when,
        _save(kept, kept.columns("OLD"), _ROW, "'delete'"),
        f"DELETE FROM desk_replacing WHERE source = '{kept.table}';",
        *(_forget("OLD") if kept.is_value else ()),
    )


def _met(kept: _Kept) -> str:
    columns = kept.columns("met")
    differs = f" AND ({kept.differs('met')})" if kept.content else ""
    places = [f"{kept.met()}{differs}"] if kept.key else []
    return _trigger(
        f"{kept.table}_meet",
        f"BEFORE INSERT ON {kept.table}",
        "",
        f"DELETE FROM desk_replacing WHERE source = '{kept.table}';",
        *(
            f"INSERT INTO desk_replacing (source, {', '.join(columns)})"
            f" SELECT '{kept.table}', {', '.join(columns.values())} {place};"
            for place in (*places, kept.met_by_number())
        ),
    )


def _replaced(kept: _Kept) -> str:
    noted = f"FROM desk_replacing AS f WHERE source = '{kept.table}'"
    new = kept.columns("NEW")
    same = " AND ".join(f"f.{column} IS {new[column]}" for column in _PLACE if column in new) or "1"
    return _trigger(
        f"{kept.table}_replace",
        f"AFTER INSERT ON {kept.table}",
        f"EXISTS (SELECT 1 {noted})",
        _save(
            kept, {column: f"f.{column}" for column in new}, noted, f"CASE WHEN {same} THEN 'update' ELSE 'delete' END"
        ),
        *(_FORGET_NOTED if kept.is_value else ()),
        f"DELETE FROM desk_replacing WHERE source = '{kept.table}';",
        *((*_forget("NEW"), _SIGN + ";") if kept.is_value else ()),
    )


def _overrun(kept: _Kept) -> str:
    """`UPDATE OR REPLACE` that moves a row onto another one."""
    return _trigger(
        f"{kept.table}_overrun",
        f"BEFORE UPDATE ON {kept.table}",
        f"({kept.moved()}) AND EXISTS (SELECT 1 {kept.met()})",
        _save(kept, kept.columns("met"), kept.met(), "'delete'"),
    )


_VALUE_ADDED = _trigger(
    "run_variables_insert",
    "AFTER INSERT ON run_variables",
    "NOT EXISTS (SELECT 1 FROM desk_replacing WHERE source = 'run_variables')",
    f"DELETE FROM desk_provenance WHERE {_at('NEW')};",
    # The same value in the same row again keeps its author.
    f"{_SIGN} WHERE false;",
)
_VALUE_REPEATED = _trigger(
    "run_variables_repeat",
    "AFTER UPDATE ON run_variables",
    f"OLD.timestamp IS NOT NEW.timestamp AND NOT ({_VALUES.moved()} OR {_VALUES.differs()} OR {_KEEPING})",
    f"DELETE FROM desk_provenance WHERE {_at('NEW')};",
)
"""The same value, made anew: how the former one was made says nothing of it. Who made it says so next."""

_TAG_TAKEN = _trigger(
    "variable_tags_delete",
    "BEFORE DELETE ON variable_tags",
    # Not when it goes with its variable or its tag: their own triggers have kept it.
    "EXISTS (SELECT 1 FROM variables WHERE name = OLD.variable_name)"
    " AND EXISTS (SELECT 1 FROM tags WHERE id = OLD.tag_id)",
    _save(_TAG_USE, _TAG_USE.columns("OLD"), _ROW, "'delete'"),
)

_TAG_MOVED = _trigger(
    "variable_tags_update",
    "AFTER UPDATE ON variable_tags",
    "OLD.variable_name IS NOT NEW.variable_name OR OLD.tag_id IS NOT NEW.tag_id",
    _save(_TAG_USE, _TAG_USE.columns("OLD"), _ROW, "'delete'"),
)


def history_triggers() -> str:
    """Triggers that keep what is updated, deleted or replaced, by whatever program."""
    statements = [_VALUE_ADDED, _VALUE_REPEATED, _TAG_TAKEN, _TAG_MOVED]
    for kept in _KEPT:
        statements += [_updated(kept), _deleted(kept)]
        statements += [_met(kept), _replaced(kept)]
        if kept.key:
            statements.append(_overrun(kept))
    return "\n".join(statements)
