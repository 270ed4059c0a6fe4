"""Checking a context file's text in a process of its own."""

import stat
import sys

import psutil
import pytest

from damnit_backend.contextproc.checker import check_code
from damnit_backend.contextproc.conditions import Conditions
from damnit_backend.contextproc.process import ContextProcessError

GOOD = "from damnit_ctx import Variable\n@Variable(title='A/B', units='mm')\ndef a(run):\n    return 1\n"


def test_a_good_file_gives_its_variables(folder):
    result = check_code(folder, Conditions(), GOOD)
    assert not result.problems
    (variable,) = result.variables
    assert (variable.name, variable.title, variable.units, variable.line) == ("a", "A/B", "mm", 3)


@pytest.mark.parametrize(
    ("code", "line", "words"),
    [
        ("x = 1\nif x\n    pass\n", 2, "expected ':'"),
        ("x = 1\n\ny = nothing\n", 3, "nothing"),
        ("import no_such_package_at_all\n", 1, "no_such_package_at_all"),
        (GOOD.replace("(run)", "(run, b: 'var#missing')"), 3, "missing"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(folder, code, line, words):
    result = check_code(folder, Conditions(), code)
    assert result.problems
    assert [problem.line for problem in result.problems if words in problem.message] == [line]


def test_what_is_odd_is_told_beside_the_variables_and_beside_what_is_wrong(folder):
    odd = GOOD.replace("units", "summary='no_such', units")
    usable = check_code(folder, Conditions(), odd)
    assert [variable.name for variable in usable.variables] == ["a"]
    assert not usable.problems
    wrong = check_code(folder, Conditions(), odd.replace("'mm'", "''"))
    assert [problem.line for problem in wrong.problems] == [2]
    for (warning,) in (usable.warnings, wrong.warnings):
        assert (warning.line, warning.severity) == (2, "warning")
        assert "'no_such'" in warning.message


def test_a_file_that_ends_the_interpreter_is_a_problem_not_a_crash(folder):
    result = check_code(folder, Conditions(), "import os\nos._exit(7)\n")
    assert "exit code 7" in result.problems[0].message


def test_a_file_that_loops_for_ever_is_stopped(folder):
    result = check_code(folder, Conditions(load_seconds=1.5), "while True:\n    pass\n")
    assert "loop" in result.problems[0].message


def test_what_a_file_that_loops_for_ever_has_started_ends_with_it(folder):
    started = folder.path / "started"
    code = (
        "import subprocess\n"
        f"child = subprocess.Popen(['sleep', '1000'])\nopen({str(started)!r}, 'w').write(str(child.pid))\n"
        "while True: pass\n"
    )
    assert check_code(folder, Conditions(load_seconds=2), code).problems
    child = int(started.read_text())
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE


def test_a_file_that_prints_megabytes_is_checked_all_the_same(folder):
    result = check_code(folder, Conditions(), "print('x' * 5_000_000)\n" + GOOD)
    assert len(result.variables) == 1


def test_a_missing_interpreter_is_said(folder):
    with pytest.raises(ContextProcessError, match="/nowhere/python"):
        check_code(folder, Conditions("/nowhere/python"), GOOD)


def test_an_interpreter_that_is_none_is_said(folder, tmp_path):
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\necho 'not me' >&2\nexit 5\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    with pytest.raises(ContextProcessError, match=r"exit code 5\. not me"):
        check_code(folder, Conditions(str(script)), GOOD)


def test_an_interpreter_may_lie_in_the_folder(folder):
    script = folder.path / "own" / "python"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    assert check_code(folder, Conditions("own/python"), GOOD).variables


def test_our_own_interpreter_may_be_named(folder):
    assert check_code(folder, Conditions(sys.executable), GOOD).variables
