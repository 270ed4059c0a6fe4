"""What was, listed and brought back on the command line."""

import json
import re

import numpy as np
import pytest
from typer.testing import CliRunner

from damnit_backend import cli
from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.store.edits import write_edit
from damnit_backend.store.fragments import find_fragments
from damnit_backend.store.merge import merge_fragments
from damnit_backend.store.table import read_table
from damnit_backend.store.variables import Declaration, declare_computed

COMMENT = CellKey(1234, 5, "comment")


@pytest.fixture
def filled(database, folder, hand_over):
    """A folder in which a comment was edited and a Variable reprocessed twice."""
    declare_computed(database, [Declaration("x", "X", tags=("beam",))])
    for value in (1.5, np.arange(5.0), 3.5):
        hand_over(x=value)
        merge_fragments(database, RunKey(1234, 5), find_fragments(folder)[RunKey(1234, 5)])
    for text in ("first", "second"):
        write_edit(database, COMMENT, text, author="ann")
    return folder


def damnit(*arguments):
    result = CliRunner().invoke(cli.app, [*map(str, arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def test_the_values_of_a_cell_are_listed_the_latest_first(filled):
    lines = damnit("history", filled.path, 5, "x").splitlines()
    assert [line.split()[:2] for line in lines] == [["now", "3.5"], ["2", "curve"], ["1", "1.5"]]
    assert "with its full result" in lines[1]
    assert "replaced" in lines[2]
    lines = damnit("history", filled.path, 5, "comment").splitlines()
    assert re.match(r" +now  second +20\d\d-\d\d-\d\d \d\d:\d\d:\d\d, ann$", lines[0])
    assert "replaced" in lines[1]
    assert lines[1].endswith("by ann")


def test_they_are_json_for_programs(filled):
    now, trend, first = json.loads(damnit("history", filled.path, 5, "x", "--json"))
    assert (now["id"], now["value"], now["replaced"]) == (None, 3.5, None)
    assert trend["value"]["trend"]["y"] == [0, 1, 2, 3, 4]
    assert first["origin"]["seconds"] == 2.0
    assert first["replaced_by"] == first["author"] is not None
    entries = json.loads(damnit("history", filled.path, "--json"))
    assert [entry["name"] for entry in entries] == ["comment", "x", "x"]
    assert entries[0]["former"] == "first"


def test_changes_of_a_run_or_of_the_folder_are_listed(filled):
    lines = damnit("history", filled.path).splitlines()
    assert len(lines) == 3
    assert re.match(r" +3  20\S+ \S+  ann changed run 5 comment, was: first$", lines[0])
    assert damnit("history", filled.path, 5).splitlines() == lines
    assert damnit("history", filled.path, "--limit", 1).splitlines() == lines[:1]
    assert damnit("history", filled.path, 6) == "Nothing was changed yet.\n"


def test_what_never_was_is_said(filled):
    with pytest.raises(UserError, match="never had"):
        damnit("history", filled.path, 5, "nothing")
    with pytest.raises(UserError, match="no entry"):
        damnit("restore", filled.path, 99)


def test_a_former_value_is_brought_back(filled, database):
    output = damnit("restore", filled.path, 3, "--reason", "it was right")
    assert "comment, was: first" in output
    assert read_table(database).cells[COMMENT].value == "first"
    assert "it was right" in damnit("history", filled.path, 5, "comment").splitlines()[0]


def test_a_deleted_variable_is_brought_back_with_what_is_printed(filled, database):
    output = damnit("delete", filled.path, "x", "--reason", "of no use")
    command = re.search(r"damnit (restore \S+ \d+)", output)
    assert "with one value" in output
    assert not read_table(database).variables
    assert "deleted variable x" in damnit("history", filled.path).splitlines()[0]
    damnit(*command[1].split())
    (variable,) = read_table(database).variables
    assert (variable.title, variable.tags) == ("X", ("beam",))
    assert read_table(database).cells[CellKey(1234, 5, "x")].value == 3.5


def test_a_variable_that_is_in_the_context_file_comes_again_and_that_is_said(filled, database):
    with database.writing() as sql:
        sql.execute("INSERT INTO desk_variables (name) VALUES ('x')")
    assert "comes again" in damnit("delete", filled.path, "x")


def test_a_deleted_run_is_brought_back(filled, database):
    output = damnit("delete", filled.path, "--run", 5)
    assert read_table(database).runs == ()
    damnit(*re.search(r"damnit (restore \S+ \d+)", output)[1].split())
    assert read_table(database).cells[COMMENT].value == "second"


@pytest.mark.parametrize("arguments", [[], ["x", "--run", "5"], ["nothing"], ["comment"], ["--run", "99"]])
def test_what_cannot_be_deleted_is_said_and_nothing_is(filled, database, arguments):
    with pytest.raises(UserError):
        damnit("delete", filled.path, *arguments)
    assert len(read_table(database).cells) == 2


def test_how_much_is_kept_can_be_set(filled):
    assert "history_images = 5" in damnit("setting", filled.path)
    damnit("setting", filled.path, "history_images", "10")
    assert damnit("setting", filled.path, "history_images") == "history_images = 10\n"
    with pytest.raises(UserError, match="history_results"):
        damnit("setting", filled.path, "history_results", "many")


def test_a_folder_of_a_newer_version_is_shown_with_a_word(filled, database):
    with database.writing() as sql:
        sql.execute("INSERT INTO desk_migrations VALUES (999, 'later', 1.0, 'x')")
    result = CliRunner().invoke(cli.app, ["history", str(filled.path)])
    assert result.exit_code == 0
    assert "newer version" in result.stderr
    assert len(result.stdout.splitlines()) == 3
    with pytest.raises(UserError) as caught:
        damnit("restore", filled.path, 1)
    assert "newer version" in caught.value.hint
