"""The command line, as people and programs use it."""

import csv
import io
import json
import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from damnit_backend import cli
from damnit_backend.core.keys import CellKey
from damnit_backend.store.database import Database
from damnit_backend.store.edits import write_edit
from damnit_backend.store.variables import add_editable

CONTEXT = """
from damnit_ctx import Variable, Skip
@Variable(title="Trains", units="trains")
def trains(run):
    return len(run.train_ids)
@Variable(title="Group/Curve")
def curve(run):
    return list(range(50))
@Variable()
def broken(run):
    raise ValueError("no\\nluck")
@Variable()
def skipped(run):
    raise Skip("dark")
"""


def damnit(*arguments, **environment):
    """The command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "damnit_backend.cli", *map(str, arguments)],
        capture_output=True, text=True, timeout=60, env=os.environ | environment,
    )  # fmt: skip


def test_every_subcommand_explains_itself():
    for module in cli.COMMANDS:
        name = module.__name__.rpartition(".")[2]
        result = CliRunner().invoke(cli.app, [name, "--help"])
        assert result.exit_code == 0, name
        assert len(result.output.splitlines()) > 5, name


def test_from_an_empty_place_to_a_table(beamtime):
    beamtime.write_raw(1)
    beamtime.write_raw(2)
    place = beamtime.proposal_path / "usr/Shared/amore"
    context = beamtime.proposal_path / "mine.py"
    context.write_text(CONTEXT)

    made = damnit("init", place, "--context", context)
    assert made.returncode == 0, made.stderr
    assert "proposal 700000" in made.stdout

    checked = damnit("check", beamtime.proposal_path)
    assert "no problems, 4 Variables" in checked.stdout

    done = damnit("reprocess", place, "all")
    assert done.returncode == 0, done.stderr
    assert "2 of 2 runs processed" in done.stdout

    rows = json.loads(damnit("table", place, "--format", "json").stdout)
    assert [row["run"] for row in rows] == [1, 2]
    assert rows[0]["trains"] == beamtime.plan(1).trains
    assert len(rows[0]["curve"]["trend"]["x"]) == 50
    assert rows[0]["broken"] == {"error": "no\nluck", "error_cls": "ValueError"}
    assert rows[0]["skipped"]["error_cls"] == "Skip"
    assert rows[0]["comment"] is None

    text = damnit("table", place).stdout
    assert "Trains [trains]" in text
    title, row, _ = text.strip("\n").splitlines()
    trains = str(beamtime.plan(1).trains)
    assert row.index(trains) + len(trains) == title.index("Trains [trains]") + len("Trains [trains]")
    only = json.loads(damnit("table", place, "--format", "json", "--runs", "2", "--titles").stdout)
    assert [row["run"] for row in only] == [2]
    assert "Group/Curve" in only[0]
    assert damnit("table", place, "--format", "csv").stdout.startswith("proposal,run,start_time,comment,trains")


def test_reprocess_computes_only_what_is_asked_for(beamtime, make_folder):
    folder = make_folder(CONTEXT)
    beamtime.write_raw(1)
    assert damnit("reprocess", folder.path, "1").returncode == 0
    with Database(folder) as database:
        write_edit(database, CellKey(700000, 1, "comment"), "kept")
    asked = damnit("reprocess", folder.path, "1", "--match", "curve")
    assert asked.returncode == 0, asked.stderr
    assert json.loads(damnit("table", folder.path, "--format", "json").stdout)[0]["comment"] == "kept"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("table", "/no/such/folder"), "There is no folder /no/such/folder"),
        (("table", "{tmp}"), "is not a DAMNIT folder"),
        (("listen", "{tmp}"), "is not a DAMNIT folder"),
        (("init", "{tmp}/new"), "Which proposal"),
        (("init", "{tmp}/new", "--proposal", "5", "--context", "/none.py"), "/none.py"),
        (("reprocess", "{folder}", "99"), "There are no raw data"),
        (("reprocess", "{folder}", "one"), "'one' is not a run number"),
        (("reprocess", "{folder}", "all", "--match", "zzz"), "No Variable has 'zzz'"),
        (("init", "{folder}", "--proposal", "5"), "is a DAMNIT folder already"),
    ],
)
def test_what_people_can_mend_is_said_without_a_traceback(arguments, words, tmp_path, make_folder, beamtime):
    folder = make_folder(CONTEXT)
    beamtime.write_raw(1)
    empty = tmp_path / "empty"
    empty.mkdir()
    result = damnit(*(text.format(tmp=empty, folder=folder.path) for text in arguments))
    assert result.returncode == 1
    assert words in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("content", [b"", b"this is no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_or_foreign_database_is_named(tmp_path, content):
    (tmp_path / "runs.sqlite").write_bytes(content)
    result = damnit("table", tmp_path)
    assert result.returncode == 1
    assert "runs.sqlite" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_broken_context_file_is_reported_with_its_line(make_folder):
    folder = make_folder("x = 1\ny = (\n")
    result = damnit("check", folder.path)
    assert result.returncode == 1
    assert f"{folder.context_file}:2:" in result.stdout
    assert "SyntaxError" in result.stdout


def test_a_broken_settings_file_is_named(make_folder, tmp_path):
    bad = tmp_path / "damnit.toml"
    bad.write_text("workers = 'many'\n")
    result = damnit("table", make_folder(CONTEXT).path, DAMNIT_CONFIG=str(bad))
    assert result.returncode == 1
    assert str(bad) in result.stderr


def test_an_empty_table_says_so(make_folder):
    folder = make_folder(CONTEXT)
    assert damnit("table", folder.path).stdout == "No runs yet.\n"
    assert json.loads(damnit("table", folder.path, "--format", "json").stdout) == []


def test_csv_loses_no_digit_and_keeps_lines_and_quotes(make_folder):
    folder = make_folder(CONTEXT)
    text = 'two\nlines, "quoted"'
    with Database(folder) as database:
        write_edit(database, CellKey(700000, 1, "comment"), text)
        add_editable(database, "energy", "number")
        write_edit(database, CellKey(700000, 1, "energy"), 9.123456789012345)
    (row,) = csv.DictReader(io.StringIO(damnit("table", folder.path, "--format", "csv").stdout))
    assert row["comment"] == text
    assert float(row["energy"]) == 9.123456789012345


@pytest.mark.parametrize(
    "content", [b"\xef\xbb\xbf" + CONTEXT.encode(), b"# coding: latin-1\n# \xe4\n" + CONTEXT.encode()]
)
def test_check_reads_the_file_as_the_listener_does(make_folder, content):
    folder = make_folder("")
    folder.context_file.write_bytes(content)
    checked = damnit("check", folder.path)
    assert checked.returncode == 0, checked.stdout
    assert "4 Variables" in checked.stdout


def test_check_tells_what_is_odd_about_a_good_file(make_folder):
    code = "from damnit_ctx import Variable\n@Variable(summary='no_such')\ndef a(run): ...\n"
    checked = damnit("check", make_folder(code).path)
    assert checked.returncode == 0
    first, second, *_ = checked.stdout.splitlines()
    assert ":2:19: warning: " in first
    assert "no problems, 1 Variables" in second


def test_check_names_the_class_of_an_error_once(make_folder):
    checked = damnit("check", make_folder("1 / 0\n").path)
    assert checked.stdout.count("ZeroDivisionError") == 1
    assert checked.stderr == ""


def test_nothing_is_writable_by_all_even_with_a_umask_that_forbids_nothing(beamtime):
    beamtime.write_raw(1)
    place = beamtime.proposal_path / "usr/Shared/amore"
    before = os.umask(0)
    try:
        for arguments in (("init", place), ("reprocess", place, "all")):
            done = damnit(*arguments)
            assert done.returncode == 0, done.stderr
    finally:
        os.umask(before)
    made = [place, *place.rglob("*")]
    assert any(path.suffix == ".out" for path in made)
    assert [path for path in made if path.stat().st_mode & 0o002] == []


def test_parameters_are_set_shown_and_removed(make_folder):
    folder = make_folder("").path
    for name, value in (("gain", "2.5"), ("count", "3"), ("good", "True"), ("sample", "salt 5")):
        assert damnit("param", folder, name, value).returncode == 0
    assert damnit("param", folder).stdout == "count = 3\ngain = 2.5\ngood = True\nsample = salt 5\n"
    assert damnit("param", folder, "gain").stdout == "gain = 2.5\n"

    assert damnit("param", folder, "gain", "--remove").returncode == 0
    assert "gain" not in damnit("param", folder).stdout
    for wrong in (["--remove"], ["a b", "3"], ["gain", "inf"], ["gain", "3", "--remove"]):
        refused = damnit("param", folder, *wrong)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert refused.stderr.startswith("damnit: ")
