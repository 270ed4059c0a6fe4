import time

import pytest

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.core.values import Failure
from damnit_backend.store.edits import write_edit
from damnit_backend.store.runs import add_run
from damnit_backend.store.table import read_runs, read_table, read_variables, runs_with_results
from damnit_backend.store.variables import Declaration, add_editable, declare_computed

INSERT = "INSERT INTO run_variables (proposal, run, name, version, value, provenance) VALUES (?, ?, ?, ?, ?, ?)"
ODD_NAMES = [
    "a.b",
    "it's",
    'say "x"',
    "µ – 静",
    "x; DROP TABLE run_info; --",
    "%s {0}",
    "a",
    "A",
    "[x]",
    "run",
    "select",
    "",
    "🎉",
    "e\u0301",
    "é",
    "two\nlines\t",
    "-- x",
    "v.name = 'a' THEN v.value END) AS \"a\"",
    "a/b",
    ".reduced",
    "..",
    "%",
    "proposal",
    "rowid",
    "x" * 900,
]


def test_that_proposals_with_the_same_run_numbers_are_kept_apart(database, plain_sql):
    sql = plain_sql()
    for proposal in (1, 2):
        add_run(database, RunKey(proposal, 5))
        sql.execute(INSERT, (proposal, 5, "x", 1, 10 * proposal, "context.py"))
    declare_computed(database, [Declaration("x", "X")])
    table = read_table(database)
    assert [run.key for run in table.runs] == [RunKey(1, 5), RunKey(2, 5)]
    assert {key.proposal: cell.value for key, cell in table.cells.items()} == {1: 10, 2: 20}
    assert {key.proposal for key in read_runs(database, [RunKey(2, 5)]).cells} == {2}
    assert sql.execute("SELECT proposal, run, x FROM runs ORDER BY 1").fetchall() == [(1, 5, 10), (2, 5, 20)]
    assert runs_with_results(database) == [RunKey(1, 5), RunKey(2, 5)]


def test_that_the_highest_version_counts_whatever_the_order(database, plain_sql):
    sql = plain_sql()
    add_run(database, RunKey(1, 1))
    for version in (2, 10, 1):
        sql.execute(INSERT, (1, 1, "x", version, version, "context.py"))
    assert read_table(database).cells[CellKey(1, 1, "x")].value == 10
    assert read_runs(database, [RunKey(1, 1)]).cells[CellKey(1, 1, "x")].value == 10


def test_that_some_runs_are_read_as_all_are(database):
    for run in range(5):
        write_edit(database, CellKey(1, run, "comment"), f"c{run}")
    part = read_runs(database, [RunKey(1, 3), RunKey(1, 99), RunKey(1, 1)])
    whole = read_table(database)
    assert [run.key.run for run in part.runs] == [3, 1]
    assert {key: cell.value for key, cell in part.cells.items()} == {
        key: cell.value for key, cell in whole.cells.items() if key.run in (1, 3)
    }
    assert read_runs(database, []).runs == ()


ROWS = [("x", 1), (None, 1), (1, None), (1, "5"), (1, 5.5), (b"1", 1), (1, float("inf"))]


def test_that_rows_which_are_none_hide_no_others(database, plain_sql):
    sql = plain_sql()
    write_edit(database, CellKey(1, 1, "comment"), "fine")
    for row in ROWS:
        sql.execute("INSERT INTO run_info VALUES (?, ?, 'noon', x'00')", row)
        sql.execute(INSERT, (*row, "x", 1, 5, None))
    for number, name in enumerate((None, 5, b"blob")):
        sql.execute(INSERT, (1, 1, name, 1, number, 7))
    sql.execute("INSERT INTO run_info VALUES (1.0, 2.0, 'noon', NULL)")
    sql.execute("INSERT INTO variables VALUES ('v', x'01', x'02', x'03', '{garbage')")
    sql.execute("UPDATE run_variables SET timestamp = 'noon', max_diff = 'much', provenance = 3 WHERE name = 'comment'")
    table = read_table(database)
    assert [run.key for run in table.runs] == [RunKey(1, 1), RunKey(1, 2)]
    assert (table.runs[1].start_time, table.runs[1].added_at) == (None, None)
    (cell,) = table.cells.values()
    assert (cell.value, cell.timestamp, cell.max_diff, cell.provenance) == ("fine", None, None, "")
    assert [(v.name, v.title, v.type, v.description) for v in table.variables] == [("v", "v", None, "")]
    assert runs_with_results(database) == []


def test_that_odd_names_are_declared_shown_and_viewed(database, plain_sql):
    sql = plain_sql()
    declare_computed(database, [Declaration(n, f"T/{n}", f"D {n}", n, (n, "tag")) for n in ODD_NAMES])
    add_run(database, RunKey(1, 1))
    for number, name in enumerate(ODD_NAMES):
        sql.execute(INSERT, (1, 1, name, 1, number, "context.py"))
    assert declare_computed(database, [Declaration("last", "Last")]).changed
    found = read_variables(database)
    assert [v.name for v in found] == [*ODD_NAMES, "last"]
    assert [(v.title, v.description, v.units, v.tags) for v in found[:-1]] == [
        (f"T/{n}", f"D {n}", n, tuple(sorted((n, "tag")))) for n in ODD_NAMES
    ]
    cells = read_table(database).cells
    assert [cells[CellKey(1, 1, name)].value for name in ODD_NAMES] == list(range(len(ODD_NAMES)))
    for name in set(ODD_NAMES) - {"a", "A", "run", "proposal", ""}:  # SQLite has other columns of such names
        column = '"' + name.replace('"', '""') + '"'
        assert sql.execute(f"SELECT {column} FROM runs").fetchall() == [(ODD_NAMES.index(name),)]


@pytest.mark.parametrize("name", ["x" * 10_000, "nul\0nul", "\0"])
def test_that_names_which_no_view_can_have_are_left_out_of_the_views_only(database, plain_sql, name):
    add_run(database, RunKey(1, 1))
    declare_computed(database, [Declaration(name, "T"), Declaration("fine", "F")])
    sql = plain_sql()
    sql.executemany(INSERT, [(1, 1, name, 1, 5, "context.py"), (1, 1, "fine", 1, 6, "context.py")])
    assert read_table(database).cells[CellKey(1, 1, name)].value == 5
    assert [variable.name for variable in read_variables(database)] == [name, "fine"]
    assert sql.execute("SELECT * FROM runs").fetchall()[0][4:] == (6,)
    before = sql.execute("PRAGMA schema_version").fetchone()
    declare_computed(database, [Declaration(name, "Another title"), Declaration("fine", "F")])
    assert sql.execute("PRAGMA schema_version").fetchone() == before


def test_that_the_views_stay_small_however_long_the_names_are(database, plain_sql):
    declare_computed(database, [Declaration(f"v{number:04d}".ljust(990, "_"), "T") for number in range(2000)])
    (size,) = plain_sql().execute("SELECT max(length(sql)) FROM sqlite_master").fetchone()
    assert 500_000 < size < 1_500_000


def test_that_a_new_variable_does_not_have_all_values_looked_at(database, plain_sql):
    declare_computed(database, [Declaration("first", "T")])
    sql = plain_sql()
    add_run(database, RunKey(1, 1))
    # Nobody told the views of this value, so that they only know it if somebody looks.
    sql.execute(INSERT, (1, 1, "unseen", 1, 5, "context.py"))
    declare_computed(database, [Declaration("first", "T"), Declaration("second", "T")])
    add_editable(database, "third", "number")
    assert [row[1] for row in sql.execute("PRAGMA table_info(runs)")][4:] == ["first", "second", "third"]


@pytest.mark.parametrize("length", [20, 400])
def test_that_2500_variables_are_no_problem(database, plain_sql, length):
    names = [f"v{number:04d}".ljust(length, "_") for number in range(2500)]
    declare_computed(database, [Declaration(name, name) for name in names])
    add_run(database, RunKey(1, 1))
    sql = plain_sql()
    sql.execute("BEGIN")
    sql.executemany(INSERT, [(1, 1, name, 1, number, "context.py") for number, name in enumerate(names)])
    sql.execute("COMMIT")
    table = read_table(database)
    assert len(table.variables) == len(table.cells) == 2500
    row = sql.execute("SELECT * FROM runs").fetchone()
    assert row[:2] == (1, 1)
    assert 0 in row
    assert sql.execute("SELECT count(*) FROM max_diffs").fetchone() == (1,)


def test_that_declaring_the_same_again_changes_nothing(database):
    declarations = [Declaration("x", "X", "doc", "mm", ("a", "b")), Declaration("y", "Y")]
    assert declare_computed(database, declarations).changed
    seq = read_table(database).seq
    assert not declare_computed(database, declarations).changed
    assert read_table(database).seq == seq


def test_that_a_changed_declaration_is_taken_over_and_a_left_one_stays(database):
    declare_computed(database, [Declaration("x", "X", "doc", "mm", ("a", "b")), Declaration("y", "Y")])
    assert declare_computed(database, [Declaration("x", "X2", "", "cm", ("b", "c"))]).changed
    x, y = read_variables(database)
    assert (x.title, x.description, x.units, x.tags) == ("X2", "", "cm", ("b", "c"))
    assert y.title == "Y"


def test_that_tags_which_nothing_has_any_more_are_gone(database, plain_sql):
    declare_computed(database, [Declaration("x", "X", tags=("a", "b"))])
    declare_computed(database, [Declaration("x", "X", tags=("b",))])
    assert plain_sql().execute("SELECT name FROM tags").fetchall() == [("b",)]


def test_that_a_context_file_never_takes_over_a_variable_that_people_edit(database):
    add_editable(database, "x", "number", "Mine")
    write_edit(database, CellKey(1, 1, "x"), 5)
    declared = declare_computed(database, [Declaration("x", "X", tags=("a",)), Declaration("y", "Y")])
    assert (declared.changed, declared.clashes) == (True, ("x",))
    x, y = read_variables(database)
    assert (x.title, x.type, x.tags, y.name) == ("Mine", "number", (), "y")
    write_edit(database, CellKey(1, 1, "x"), 6)
    assert read_table(database).cells[CellKey(1, 1, "x")].value == 6


TYPED = [
    ("boolean", True),
    ("boolean", False),
    ("integer", -42),
    ("number", 3.25),
    ("number", 3),
    ("string", "µ"),
    ("string", ""),
]


@pytest.mark.parametrize(("type_", "value"), TYPED)
def test_that_what_people_type_comes_back_in_its_type(database, plain_sql, type_, value):
    add_editable(database, "x", type_, "X", "doc")
    write_edit(database, CellKey(1, 1, "x"), value)
    cell = read_table(database).cells[CellKey(1, 1, "x")]
    expected = float(value) if type_ == "number" else value
    assert (cell.value, type(cell.value), cell.provenance) == (expected, type(expected), "manual-input")
    assert cell.timestamp == pytest.approx(time.time(), abs=60)
    assert plain_sql().execute("SELECT attributes, summary_type FROM run_variables").fetchall() == [(None, None)]
    write_edit(database, CellKey(1, 1, "x"), None)
    assert read_table(database).cells[CellKey(1, 1, "x")].value is None


WRONG = [("boolean", 1), ("boolean", "yes"), ("integer", True), ("integer", 1.5), ("integer", 2**63), ("number", "1"),
         ("number", True), ("string", 5)]  # fmt: skip


@pytest.mark.parametrize(("type_", "value"), WRONG)
def test_that_a_value_of_another_type_is_refused_and_changes_nothing(database, type_, value):
    add_editable(database, "x", type_)
    with pytest.raises(UserError, match="x"):
        write_edit(database, CellKey(1, 1, "x"), value)
    assert read_table(database).runs == ()


def test_that_only_editable_variables_can_be_edited(database):
    declare_computed(database, [Declaration("x", "X")])
    for name in ("x", "nobody"):
        with pytest.raises(UserError, match=name):
            write_edit(database, CellKey(1, 1, name), 5)


def test_that_a_comment_makes_its_run_and_a_later_one_replaces_it(database):
    write_edit(database, CellKey(1, 1, "comment"), "first")
    write_edit(database, CellKey(1, 1, "comment"), "it's \ud800 second")
    assert read_table(database).cells[CellKey(1, 1, "comment")].value == "it's ? second"
    assert len(read_table(database).runs) == 1


def test_that_the_first_comment_gets_its_column_in_the_views(database, plain_sql):
    declare_computed(database, [Declaration("x", "X")])
    write_edit(database, CellKey(1, 1, "comment"), "first")
    assert plain_sql().execute("SELECT comment, x FROM runs").fetchall() == [("first", None)]
    before = plain_sql().execute("PRAGMA schema_version").fetchone()
    write_edit(database, CellKey(1, 2, "comment"), "second")
    assert plain_sql().execute("SELECT comment FROM runs ORDER BY run").fetchall() == [("first",), ("second",)]
    assert plain_sql().execute("PRAGMA schema_version").fetchone() == before


def test_that_5000_variables_do_not_have_the_views_made_anew_at_each_comment(database, plain_sql):
    declare_computed(database, [Declaration(f"a{number}", "T") for number in range(5000)])
    before = plain_sql().execute("PRAGMA schema_version").fetchone()
    write_edit(database, CellKey(1, 1, "comment"), "first")
    assert plain_sql().execute("PRAGMA schema_version").fetchone() == before
    assert plain_sql().execute("SELECT run FROM runs").fetchall() == [(1,)]


@pytest.mark.parametrize("quote", ["'", '"'])
def test_that_views_of_the_reference_program_are_kept_while_they_have_the_column(database, plain_sql, quote):
    sql = plain_sql()
    sql.execute("DROP VIEW runs")
    sql.execute(f"CREATE VIEW runs AS SELECT run, max(CASE WHEN name='comment' THEN value END) AS {quote}comment{quote}"
                " FROM run_variables GROUP BY run")  # fmt: skip
    before = sql.execute("PRAGMA schema_version").fetchone()
    write_edit(database, CellKey(1, 1, "comment"), "first")
    assert sql.execute("PRAGMA schema_version").fetchone() == before


@pytest.mark.parametrize("name", ["run", "comment", "start_time", "a.b", "1x", "", "a b", "x'"])
def test_that_a_bad_name_is_refused(database, name):
    with pytest.raises(UserError, match="name"):
        add_editable(database, name, "number")


def test_that_a_bad_type_and_a_taken_name_are_refused(database):
    with pytest.raises(UserError, match="float"):
        add_editable(database, "x", "float")
    add_editable(database, "x", "number")
    with pytest.raises(UserError, match="already"):
        add_editable(database, "x", "string")


def test_that_errors_and_booleans_of_the_reference_program_are_known(database, plain_sql):
    sql = plain_sql()
    add_editable(database, "good", "boolean")
    add_run(database, RunKey(1, 1))
    sql.execute(INSERT, (1, 1, "good", 1, 1, "manual-input"))
    sql.execute(
        "INSERT INTO run_variables (proposal, run, name, version, attributes) VALUES (1, 1, 'e', 1, ?)",
        ('{"error": "boo", "error_cls": "ValueError"}',),
    )
    sql.execute(INSERT, (1, 1, "start_time", 1, 5.0, "context.py"))
    cells = {key.name: cell.value for key, cell in read_table(database).cells.items()}
    assert cells == {"good": True, "e": Failure("ValueError", "boo")}
