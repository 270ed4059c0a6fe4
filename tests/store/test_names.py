"""Names with any characters, and several proposals with the same runs: everything works with all of them."""

import csv
import io
import json
import unicodedata

import numpy as np
import pytest
from typer.testing import CliRunner

from damnit_backend import cli
from damnit_backend.api import Damnit
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.store.edits import write_edit
from damnit_backend.store.feed import read_changes, read_seq
from damnit_backend.store.fragments import find_fragments
from damnit_backend.store.merge import merge_fragments
from damnit_backend.store.results import NoResultError, read_preview, read_result
from damnit_backend.store.table import read_runs, read_table

KEY = RunKey(1234, 5)

RESULTS = [
    "plain", "Plain", "PLAIN", "group.name", "it's", 'say "x"', "two\nlines", "tab\t", "🎉", "é", "e\u0301", "ﬁ", "fi",
    "静", "\u202eright to left", "\u200b", " ", " x ", "%", "%s", "{0}", "select", "x; DROP TABLE run_info; --", "[x]",
    "*", "?", "a b", "-", "0", "NULL", "nan", "data", "rowid", "sqlite_master", "desk_changes", "runs", "x" * 10_000,
]  # fmt: skip
"""What HDF5 can have as the name of a group."""
OTHERS = [*RESULTS, "a/b", "/", ".", "..", ".reduced", ".reduced/plain", ".errors", "plain/data", "nul\0nul", "\0", ""]
"""What another program may have put into the database."""


@pytest.fixture
def merge(database, folder):
    return lambda: merge_fragments(database, KEY, find_fragments(folder)[KEY])


def table_in_words(folder, how: str) -> str:
    done = CliRunner().invoke(cli.app, ["table", str(folder.path), "--format", how])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_that_results_of_any_name_are_merged_replaced_and_found(database, folder, hand_over, merge, plain_sql):
    since = read_seq(database)
    hand_over(**{name: np.full(3, number) for number, name in enumerate(RESULTS)})
    assert merge().names == tuple(sorted(RESULTS))
    hand_over(**{name: float(number) for number, name in enumerate(RESULTS)})
    merge()
    cells = read_runs(database, read_changes(database, since).runs).cells
    assert {key.name: cell.value for key, cell in cells.items()} == {n: float(i) for i, n in enumerate(RESULTS)}
    for number, name in enumerate(RESULTS):
        assert read_result(folder.run_file(KEY), name).data == number
        assert Damnit(folder.path)[KEY.proposal, KEY.run, name].read() == number
    former = plain_sql().execute("SELECT name FROM desk_history WHERE kind = 'value'").fetchall()
    assert {name for (name,) in former} == set(RESULTS)


def test_that_what_other_programs_named_is_shown_edited_and_kept(database, folder, plain_sql):
    sql = plain_sql()
    sql.executemany("INSERT INTO variables VALUES (?, 'number', NULL, NULL, NULL)", [(name,) for name in OTHERS])
    for number, name in enumerate(OTHERS):
        write_edit(database, CellKey(*KEY, name), float(number))
        write_edit(database, CellKey(*KEY, name), number + 0.5)
    table = read_table(database)
    assert {key.name: cell.value for key, cell in table.cells.items()} == {n: i + 0.5 for i, n in enumerate(OTHERS)}
    assert [variable.name for variable in table.variables] == OTHERS
    former = dict(sql.execute("SELECT name, value FROM desk_history WHERE kind = 'value'").fetchall())
    assert former == {name: float(number) for number, name in enumerate(OTHERS)}
    run = Damnit(folder.path)[KEY.proposal, KEY.run]
    assert {name: run[name].read() for name in OTHERS} == {n: i + 0.5 for i, n in enumerate(OTHERS)}
    (row,) = json.loads(table_in_words(folder, "json"))
    assert {name: row[name] for name in OTHERS} == {n: i + 0.5 for i, n in enumerate(OTHERS)}
    header, values = csv.reader(io.StringIO(table_in_words(folder, "csv"), newline=""))
    assert dict(zip(header, values, strict=True)).items() >= {n: f"{i + 0.5}" for i, n in enumerate(OTHERS)}.items()
    assert "5" in table_in_words(folder, "text")
    sql.execute("SELECT * FROM runs").fetchall()
    assert len(Damnit(folder.path).table().columns) == len(OTHERS) + 3


@pytest.mark.parametrize("name", sorted(set(OTHERS) - set(RESULTS)))
def test_that_a_name_which_leads_elsewhere_in_the_file_has_no_result_there(folder, hand_over, merge, name):
    hand_over(plain=1.0)
    merge()
    for read in (read_result, read_preview):
        with pytest.raises(NoResultError):
            read(folder.run_file(KEY), name)


@pytest.mark.usefixtures("database")
def test_that_names_which_only_look_alike_are_different_variables(folder, hand_over, merge):
    composed, decomposed = "é", unicodedata.normalize("NFD", "é")
    hand_over(**{composed: 1.0, decomposed: 2.0, "A": 3.0, "a": 4.0})
    merge()
    hand_over(**{decomposed: 5.0, "a": 6.0})
    merge()
    run = Damnit(folder.path)[KEY.proposal, KEY.run]
    assert [run[name].read() for name in (composed, decomposed, "A", "a")] == [1.0, 5.0, 3.0, 6.0]


def test_that_several_proposals_may_have_the_same_runs(database, folder, hand_over, plain_sql):
    keys = [RunKey(proposal, run) for proposal in (1, 900_000, 1234) for run in (5, 50)]
    since = read_seq(database)
    for number, key in enumerate(keys):
        hand_over(key, x=float(number))
        merge_fragments(database, key, find_fragments(folder, key)[key])
        write_edit(database, CellKey(*key, "comment"), f"of {key}")
    assert find_fragments(folder) == {}
    assert read_changes(database, since).runs == set(keys)
    table = read_table(database)
    assert [run.key for run in table.runs] == sorted(keys) == Damnit(folder.path).runs()
    api = Damnit(folder.path)
    for number, key in enumerate(keys):
        assert table.cells[CellKey(*key, "x")].value == number == api[key.proposal, key.run, "x"].read()
        assert table.cells[CellKey(*key, "comment")].value == f"of {key}"
        assert [found.run for found in read_runs(database, [key]).cells] == [key.run] * 2
    assert api[5, "x"].read() == 4.0  # the folder's own proposal
    rows = plain_sql().execute("SELECT proposal, run, x, comment FROM runs").fetchall()
    assert rows == [(*key, float(keys.index(key)), f"of {key}") for key in sorted(keys)]
    assert len(json.loads(table_in_words(folder, "json"))) == 6
