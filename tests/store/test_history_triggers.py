"""Whoever writes, and however: the former row is in the history, once, and a write never fails for it."""

import json
import sqlite3
from collections.abc import Callable

import pytest

from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.store.database import Database
from damnit_backend.store.edits import write_edit
from damnit_backend.store.merge import merge_fragments
from damnit_backend.store.variables import Declaration, declare_computed

Rows = Callable[..., list[tuple[object, ...]]]
CELL = "proposal, run, name, version, value, timestamp, max_diff, provenance, summary_type, summary_method, attributes"
ROW = (1, 2, "x", 1, 3.5, 10.0, 0.5, "context.py", None, "mean", '{"bold": true}')
INSERT = f"INSERT INTO run_variables ({CELL}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


@pytest.fixture
def sql(plain_sql: Callable[..., sqlite3.Connection], database: Database) -> sqlite3.Connection:
    """Another program's connection, to a folder with one value; foreign keys are off, as SQLite has it."""
    assert not database.read_only
    connection = plain_sql()
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    connection.execute(INSERT, ROW)
    return connection


@pytest.fixture
def history(sql: sqlite3.Connection) -> Rows:
    """``history("value", "name")``: these columns of all that was kept, in order."""

    def read(*columns: str, kind: str = "value") -> list[tuple[object, ...]]:
        names = ", ".join(columns)
        return sql.execute(f"SELECT {names} FROM desk_history WHERE kind = ? ORDER BY id", (kind,)).fetchall()

    return read


def changed(value: object = 4.5) -> tuple[object, ...]:
    return (*ROW[:4], value, 11.0, *ROW[6:])


WAYS = {
    "update": [("UPDATE run_variables SET value = 4.5, timestamp = 11.0 WHERE name = 'x'", ())],
    "replace": [(INSERT.replace("INSERT", "INSERT OR REPLACE"), changed())],
    "upsert": [
        (
            INSERT + " ON CONFLICT (proposal, run, name, version)"
            " DO UPDATE SET value = excluded.value, timestamp = excluded.timestamp",
            changed(),
        )
    ],
    "update or replace": [("UPDATE OR REPLACE run_variables SET value = 4.5, timestamp = 11.0", ())],
    "delete and insert": [
        ("BEGIN", ()),
        ("DELETE FROM run_variables WHERE name = 'x'", ()),
        (INSERT, changed()),
        ("COMMIT", ()),
    ],
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("recursive", [False, True])
def test_that_a_former_value_is_kept_once_with_all_that_it_was(sql, history, way, recursive):
    sql.execute(f"PRAGMA recursive_triggers = {recursive:d}")
    for statement, values in WAYS[way]:
        sql.execute(statement, values)
    assert sql.execute("SELECT value FROM run_variables").fetchall() == [(4.5,)]
    columns = CELL.replace("version, ", "").split(", ")
    assert history(*columns) == [tuple(value for index, value in enumerate(ROW) if index != 3)]
    ((operation, by, at),) = history("operation", "replaced_by", "replaced_at")
    # With recursive triggers SQLite says that what is replaced was deleted.
    assert operation == ("delete" if way.startswith("delete") or (way == "replace" and recursive) else "update")
    assert by is None
    assert 1.7e9 < at < 1e10


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "value", [4.5, b"\x00\xff", None, "text", 2**62, float("inf"), "\ud800".encode("utf-8", "replace")]
)
def test_that_the_same_again_leaves_nothing(sql, history, way, value):
    sql.execute("DELETE FROM run_variables")
    sql.execute("DELETE FROM desk_history")
    sql.execute(INSERT, changed(value))
    if way == "delete and insert":
        return  # a deletion is one, whatever comes next
    for statement, _ in WAYS[way]:
        for _ in range(2):
            sql.execute(statement.replace("4.5", "?"), (value,) if "4.5" in statement else changed(value))
    assert history("value") == []


def test_that_a_value_is_kept_whatever_its_type(sql, history):
    values = [1, 2.5, "a\0b", b"\x89PNG\x00", None, -(2**63), "é", b""]
    for value in values:
        sql.execute("UPDATE run_variables SET value = ?", (value,))
    assert [row[0] for row in history("value")] == [3.5, *values[:-1]]


def test_that_another_type_or_other_attributes_are_another_value(sql, history):
    sql.execute("UPDATE run_variables SET attributes = NULL")
    sql.execute("UPDATE run_variables SET summary_type = 'complex'")
    sql.execute("UPDATE run_variables SET summary_method = 'max', provenance = 'x', max_diff = 9")
    assert history("attributes", "summary_type") == [('{"bold": true}', None), (None, None)]


@pytest.mark.parametrize("attempt", ["INSERT OR IGNORE", "INSERT"])
def test_that_an_insertion_which_does_nothing_leaves_nothing(sql, history, attempt):
    def insert() -> None:
        sql.execute(INSERT.replace("INSERT", attempt), changed())

    if attempt == "INSERT":
        with pytest.raises(sqlite3.IntegrityError):
            insert()
    else:
        insert()
    assert history("value") == []
    sql.execute("DELETE FROM run_variables")
    sql.execute(INSERT, changed())
    assert history("value") == [(3.5,)]


def test_that_what_is_undone_leaves_nothing(sql, history):
    sql.execute("BEGIN")
    sql.execute("UPDATE run_variables SET value = 1")
    sql.execute("ROLLBACK")
    assert history("value") == []


def test_that_a_value_which_moves_or_is_overrun_is_kept_where_it_was(sql, history):
    sql.execute(INSERT, (1, 3, *changed("other")[2:]))
    with pytest.raises(sqlite3.IntegrityError):
        sql.execute("UPDATE run_variables SET run = 3 WHERE run = 2")
    assert history("value") == []
    sql.execute("UPDATE OR REPLACE run_variables SET run = 3 WHERE run = 2")
    assert sorted(history("run", "value", "operation")) == [(2, 3.5, "delete"), (3, "other", "delete")]


@pytest.mark.parametrize("recursive", [False, True])
def test_that_a_row_which_is_replaced_by_its_number_is_kept(sql, history, recursive):
    sql.execute(f"PRAGMA recursive_triggers = {recursive:d}")
    sql.execute(INSERT, (1, 3, *changed("other")[2:]))
    (number,) = sql.execute("SELECT rowid FROM run_variables WHERE run = 2").fetchone()
    # It takes the number of one and the place of the other.
    sql.execute(
        f"INSERT OR REPLACE INTO run_variables (rowid, {CELL}) VALUES (?{', ?' * 11})", (number, 1, 3, *ROW[2:])
    )
    assert sorted(history("run", "value")) == [(2, 3.5), (3, "other")]
    assert ("delete",) in history("operation")
    assert sql.execute("SELECT run FROM desk_authors").fetchall() == [(3,)]
    sql.execute("INSERT INTO time_comments (rowid, timestamp, comment) VALUES (7, 1.5, 'first')")
    for comment in ("first", "second"):
        sql.execute("REPLACE INTO time_comments (rowid, timestamp, comment) VALUES (7, 1.5, ?)", (comment,))
    kept = [json.loads(row)["comment"] for (row,) in history("row", kind="time_comment")]
    assert kept == (["first", "first"] if recursive else ["first"])


def test_that_a_whole_table_may_be_deleted(sql, history):
    sql.executemany(INSERT, [(1, run, *ROW[2:]) for run in range(10, 60)])
    sql.execute("DELETE FROM run_variables")
    assert len(history("value")) == 51


@pytest.mark.parametrize("key", [(None, None, None), (b"\xff", "x", 2.5), (2**70.0, float("nan"), "\0")])
def test_that_rows_with_odd_keys_are_written_all_the_same(sql, key):
    for _ in range(2):
        for way in ("INSERT OR REPLACE", "INSERT OR IGNORE"):
            sql.execute(INSERT.replace("INSERT", way), (*key, *ROW[3:]))
    sql.execute("UPDATE run_variables SET value = 9")
    sql.execute("DELETE FROM run_variables")


def authors(sql: sqlite3.Connection) -> dict[str, str | None]:
    return dict(sql.execute("SELECT name, author FROM desk_authors"))


def test_who_made_the_present_and_the_former_value(sql, history, database):
    with database.writing() as plain:
        plain.execute("INSERT INTO variables VALUES ('x', 'number', 'X', NULL, NULL)")
    assert authors(sql) == {"x": None}
    write_edit(database, CellKey(1, 2, "x"), 5.0, author="ann")
    assert authors(sql) == {"x": "ann"}
    write_edit(database, CellKey(1, 2, "x"), 5.0, author="bob")  # nothing new
    assert authors(sql) == {"x": "ann"}
    sql.execute(INSERT.replace("INSERT", "INSERT OR REPLACE"), (*ROW[:4], 5.0, 12.0, *ROW[6:-1], None))
    assert authors(sql) == {"x": "ann"}
    write_edit(database, CellKey(1, 2, "x"), 6.0, author="bob")
    sql.execute(INSERT.replace("INSERT", "INSERT OR REPLACE"), changed(7.0))
    assert authors(sql) == {"x": None}
    sql.execute("DELETE FROM run_variables")
    assert authors(sql) == {}
    assert history("value", "author", "replaced_by") == [
        (3.5, None, "ann"),
        (5.0, "ann", "bob"),
        (6.0, "bob", None),
        (7.0, None, None),
    ]
    ((host, program),) = set(history("host", "program")[1:3])
    assert host
    assert program.startswith("DAMNIT Desktop ")


def test_how_a_value_was_made_goes_with_it(database, hand_over, plain_sql):
    key = RunKey(1234, 5)
    for value in (1.0, 2.0):
        merge_fragments(database, key, [hand_over(x=value)])
    other = plain_sql()
    assert other.execute("SELECT count(*) FROM desk_provenance WHERE name = 'x'").fetchone() == (1,)
    other.execute("UPDATE run_variables SET value = 3.0 WHERE name = 'x'")
    assert other.execute("SELECT count(*) FROM desk_provenance WHERE name = 'x'").fetchone() == (0,)
    other.execute("UPDATE run_variables SET value = 4.0 WHERE name = 'x'")
    rows = other.execute("SELECT value, origin FROM desk_history WHERE name = 'x' ORDER BY id").fetchall()
    assert [value for value, _ in rows] == [1.0, 2.0, 3.0]
    assert [origin and json.loads(origin)["seconds"] for _, origin in rows] == [2.0, 2.0, None]


@pytest.mark.parametrize("way", ["INSERT OR REPLACE", "UPDATE"])
def test_that_how_a_value_was_made_is_not_said_of_the_same_value_made_by_another_program(
    database, hand_over, plain_sql, way
):
    merge_fragments(database, RunKey(1234, 5), [hand_over(x=1.0)])
    other = plain_sql()
    row = list(other.execute(f"SELECT {CELL} FROM run_variables WHERE name = 'x'").fetchone())
    row[5] += 100.0
    if way == "UPDATE":
        other.execute("UPDATE run_variables SET timestamp = timestamp + 100 WHERE name = 'x'")
    else:
        other.execute(INSERT.replace("INSERT", way), row)
    assert other.execute("SELECT count(*) FROM desk_provenance WHERE name = 'x'").fetchone() == (0,)
    assert other.execute("SELECT count(*) FROM desk_history WHERE kind = 'value'").fetchone() == (0,)


def test_that_a_merge_is_signed_and_the_same_merge_again_leaves_nothing(database, hand_over, plain_sql):
    key = RunKey(1234, 5)
    merge_fragments(database, key, [hand_over(x=1.0, y="a")])
    merge_fragments(database, key, [hand_over(x=2.0, y="a")])
    sql = plain_sql()
    (row,) = sql.execute("SELECT name, value, author, replaced_by FROM desk_history").fetchall()
    assert row[:2] == ("x", 1.0)
    assert row[2] == row[3] is not None


VARIABLE = (
    "INSERT INTO variables VALUES ('x', 'number', 'X', 'what', NULL), ('y', NULL, 'Y', NULL, NULL)",
    "INSERT INTO tags VALUES (1, 'one'), (2, 'two')",
    "INSERT INTO variable_tags VALUES ('x', 1), ('x', 2), ('y', 2)",
)


@pytest.fixture
def tagged(sql: sqlite3.Connection) -> sqlite3.Connection:
    for statement in VARIABLE:
        sql.execute(statement)
    return sql


def rows(history: Rows, kind: str) -> list[tuple[object, ...]]:
    return [(*rest, json.loads(row)) for *rest, row in history("name", "operation", "row", kind=kind)]


FORMER = {"type": "number", "title": "X", "description": "what", "attributes": None, "tags": ["one", "two"]}


@pytest.mark.parametrize("foreign_keys", [False, True])
@pytest.mark.parametrize(
    ("statement", "operation"),
    [
        ("DELETE FROM variables WHERE name = 'x'", "delete"),
        ("UPDATE variables SET title = 'New' WHERE name = 'x'", "update"),
        ("INSERT OR REPLACE INTO variables VALUES ('x', 'number', 'New', 'what', NULL)", "update"),
        (
            "INSERT INTO variables VALUES ('x', 'number', 'New', 'what', NULL)"
            " ON CONFLICT (name) DO UPDATE SET title = excluded.title",
            "update",
        ),
    ],
)
def test_that_a_former_variable_is_kept_with_its_tags(tagged, history, statement, operation, foreign_keys):
    tagged.execute(f"PRAGMA foreign_keys = {foreign_keys:d}")
    tagged.execute(statement)
    assert rows(history, "variable") == [("x", operation, FORMER)]
    assert rows(history, "tag") == []


def test_that_a_tag_taken_from_a_variable_is_kept(tagged, history):
    tagged.execute("DELETE FROM variable_tags WHERE variable_name = 'x'")
    assert sorted(rows(history, "tag"), key=str) == [
        ("one", "delete", {"variables": ["x"]}),
        ("two", "delete", {"variables": ["x"]}),
    ]


def test_that_a_tag_which_is_exchanged_for_another_is_kept(tagged, history):
    tagged.execute("INSERT INTO tags (id, name) VALUES (9, 'nine')")
    tagged.execute("UPDATE variable_tags SET tag_id = 9 WHERE variable_name = 'x' AND tag_id = 1")
    assert rows(history, "tag") == [("one", "delete", {"variables": ["x"]})]


@pytest.mark.parametrize("foreign_keys", [False, True])
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM tags WHERE id = 2",
        "INSERT OR REPLACE INTO tags (name) VALUES ('two')",
        "INSERT OR REPLACE INTO tags (id, name) VALUES (2, 'another')",
    ],
)
def test_that_a_tag_is_kept_with_the_variables_that_had_it(tagged, history, statement, foreign_keys):
    tagged.execute(f"PRAGMA foreign_keys = {foreign_keys:d}")
    tagged.execute(statement)
    ((name, _, row),) = rows(history, "tag")
    assert (name, sorted(row["variables"])) == ("two", ["x", "y"])


def test_that_a_renamed_tag_is_kept(tagged, history):
    tagged.execute("UPDATE tags SET name = 'three' WHERE id = 1")
    assert rows(history, "tag") == [("one", "delete", {"variables": ["x"]})]


def test_that_adding_tags_and_declaring_the_same_again_leaves_nothing(database, history):
    for _ in range(2):
        declare_computed(database, [Declaration("z", "Z", tags=("a", "b")), Declaration("w", "W", tags=("b",))])
    assert history("name", kind="tag") == history("name", kind="variable") == []
    declare_computed(database, [Declaration("z", "Z", tags=("b",))])
    assert rows(history, "tag") == [("a", "delete", {"variables": ["z"]})]


@pytest.mark.parametrize(
    ("kind", "first", "second", "name", "row"),
    [
        ("setting", "INSERT INTO metameta VALUES ('k', 1)", "UPDATE metameta SET value = 2 WHERE key = 'k'", "k",
         {"value": 1}),
        ("setting", "INSERT INTO metameta VALUES ('k', 1)", "INSERT OR REPLACE INTO metameta VALUES ('k', 2)", "k",
         {"value": 1}),
        ("setting", "INSERT INTO metameta VALUES ('k', x'ff00')", "DELETE FROM metameta WHERE key = 'k'", "k", None),
        ("parameter", "INSERT INTO desk_parameters VALUES ('g', '1')",
         "INSERT OR REPLACE INTO desk_parameters VALUES ('g', '2')", "g", {"value": "1"}),
        ("parameter", "INSERT INTO desk_parameters VALUES ('g', '1')", "DELETE FROM desk_parameters", "g",
         {"value": "1"}),
        ("time_comment", "INSERT INTO time_comments VALUES (5.5, 'hm')", "UPDATE time_comments SET comment = 'ah'",
         None, {"timestamp": 5.5, "comment": "hm", "rowid": 1}),
        ("time_comment", "INSERT INTO time_comments VALUES (5.5, 'hm')", "DELETE FROM time_comments", None,
         {"timestamp": 5.5, "comment": "hm", "rowid": 1}),
        ("run", "INSERT INTO run_info VALUES (1, 2, 3.5, 4.5)", "DELETE FROM run_info", None,
         {"start_time": 3.5, "added_at": 4.5}),
        ("run", "INSERT INTO run_info VALUES (1, 2, 3.5, 4.5)",
         "INSERT OR REPLACE INTO run_info VALUES (1, 2, NULL, 5.5)", None, {"start_time": 3.5, "added_at": 4.5}),
        ("run", "INSERT INTO run_info VALUES (1, 2, 3.5, 4.5)", "UPDATE run_info SET start_time = NULL", None,
         {"start_time": 3.5, "added_at": 4.5}),
    ],
)  # fmt: skip
def test_that_other_former_rows_are_kept(sql, history, kind, first, second, name, row):
    sql.execute(first)
    sql.execute(second)
    ((found, text),) = history("name", "row", kind=kind)
    assert found == name
    if row is not None:
        assert json.loads(text) == row


def test_that_a_time_which_was_not_known_is_no_loss(sql, history):
    sql.execute("INSERT INTO run_info VALUES (1, 2, NULL, 4.5)")
    sql.execute("INSERT OR IGNORE INTO run_info VALUES (1, 2, NULL, 5.5)")
    sql.execute("UPDATE run_info SET start_time = 3.5")
    assert history("name", kind="run") == []


@pytest.mark.parametrize("table", ["variables", "metameta", "time_comments", "tags", "variable_tags", "run_info"])
def test_that_blobs_anywhere_make_no_write_fail(sql, table):
    columns = [row[1] for row in sql.execute(f"PRAGMA table_info({table})")]
    for way in ("INSERT OR REPLACE", "INSERT OR REPLACE", "INSERT OR IGNORE"):
        values = [1 if column in ("id", "tag_id") else b"\xff\xfe\x00" for column in columns]
        sql.execute(f"{way} INTO {table} VALUES ({', '.join('?' * len(columns))})", values)
    sql.execute(f"UPDATE {table} SET {columns[-1]} = {columns[-1] if table == 'variable_tags' else 7}")
    sql.execute(f"DELETE FROM {table}")
