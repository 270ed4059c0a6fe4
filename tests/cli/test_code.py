"""`damnit code` and `damnit reprocess --stale`, where little or nothing is known."""

import json

import pytest
from typer.testing import CliRunner

from damnit_backend import cli
from damnit_backend.core.errors import UserError
from damnit_backend.store.contexts import ContextVersion
from damnit_backend.store.environments import Environment
from damnit_backend.store.known import KnownContext, KnownVariable, remember_context

CONTEXT = KnownContext(
    ContextVersion("d1", "# all\n", {"helper.py": "x = 1\n"}),
    Environment("e1", "3.12.1", "/usr/bin/python", {"numpy": "2.0"}),
    (KnownVariable("a", "h1", "def a(run): ...\n"), KnownVariable("b", "h2")),
)
ROW = (
    "INSERT INTO desk_provenance (proposal, run, name, started, seconds, memory, outcome, line, context, code, stage,"
    " environment, host, user, job, parameters, finished, asked)"
    " VALUES (1234, 5, 'a', 1.7e9, 2.5, 3000000, 'error', 7, ?, ?, 'raw', 'e1', 'host', 'ann', 8,"
    ' \'{"p":null,"q":2}\', 1.7e9, 1.7e9)'
)


@pytest.fixture
def known(database):
    """A folder in which run 5 has a value of a, made by known code."""
    remember_context(database, CONTEXT)
    with database.writing() as sql:
        sql.execute(ROW, ("d1", "h1"))
    return database.folder


def code(folder, *arguments):
    result = CliRunner().invoke(cli.app, ["code", str(folder.path), *map(str, arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def test_that_the_code_stands_below_what_is_known_of_its_making(known):
    printed = code(known, 5, "a")
    head, _, text = printed.partition("\n\n")
    assert text == "def a(run): ...\n"
    for fact in (
        "a of run 5",
        "error in line 7",
        "ann on host",
        "3.0 MB",
        "p = not given, q = 2",
        "3.12.1",
        "d1",
        "h1",
    ):
        assert fact in head
    assert "numpy" not in head
    assert "numpy 2.0" in code(known, 5, "a", "--packages")


def test_that_the_whole_file_comes_with_the_modules_beside_it(known):
    assert code(known, 5, "a", "--whole").endswith("\n\n# all\n\n# ---- helper.py\nx = 1\n")


def test_that_programs_get_json(known):
    found = json.loads(code(known, 5, "a", "--json"))
    assert found["text"] == "def a(run): ...\n"
    assert found["provenance"]["parameters"] == {"p": None, "q": 2}
    assert found["environment"]["packages"] == {"numpy": "2.0"}


@pytest.mark.parametrize("arguments", [(5, "b"), (6, "a"), (5, "a", "--version", 77)])
def test_that_it_is_said_where_nothing_is_known(known, arguments):
    with pytest.raises(UserError, match=r"Nobody noted|no former value"):
        code(known, *arguments)


def test_that_a_value_of_before_codes_were_noted_has_none(known, database):
    with database.writing() as sql:
        sql.execute("UPDATE desk_provenance SET code = NULL, context = NULL")
    with pytest.raises(UserError, match="Nobody noted the code"):
        code(known, 5, "a")


def test_that_a_former_value_has_its_code_too(known, database):
    with database.writing() as sql:
        sql.execute("INSERT INTO run_variables (proposal, run, name, version, value) VALUES (1234, 5, 'a', 1, 1.5)")
        sql.execute("DELETE FROM desk_provenance")
        sql.execute(ROW, ("d1", "h1"))
    with database.writing() as sql:
        sql.execute("UPDATE run_variables SET value = 2.5, timestamp = 9")
        sql.execute(ROW, ("d2", "h2"))
        (former,) = sql.execute("SELECT id FROM desk_history WHERE kind = 'value'").fetchone()

    assert "def a(run)" in code(known, 5, "a", "--version", former)
    assert "code        h2" in code(known, 5, "a")


@pytest.mark.parametrize("arguments", [["--dry-run"], ["--stale", "--match", "x"], ["--stale", "--stage", "raw"]])
def test_that_options_that_do_not_go_together_are_refused(known, arguments):
    result = CliRunner().invoke(cli.app, ["reprocess", str(known.path), *arguments])
    assert isinstance(result.exception, UserError)


def test_that_nothing_is_said_to_be_stale_by_a_file_that_cannot_be_loaded(known):
    known.context_file.write_text("def")
    result = CliRunner().invoke(cli.app, ["reprocess", str(known.path), "--stale"])
    assert "cannot be loaded" in str(result.exception)
