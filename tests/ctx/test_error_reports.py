"""What is told of a Variable that fails: class, message, the user's line, the whole traceback in the log."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from damnit_ctx.causes import tree

Execute = Callable[..., Any]


def line_of(folder: Path, words: str) -> int:
    """The one line of the context file with these words."""
    (found,) = (i for i, line in enumerate((folder / "context.py").read_text().split("\n"), 1) if words in line)
    return found


@pytest.fixture
def helper(folder: Path) -> Path:
    path = folder / "own_helper.py"
    path.write_text("def deep(n):\n    if n == 0:\n        raise ValueError('in the helper')\n    return deep(n - 1)\n")
    return path


def test_that_an_error_in_a_helper_has_the_line_that_called_it_and_the_log_has_both(
    execute: Execute, helper: Path, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    done = execute("import own_helper\n@Variable\ndef bad(run):\n    x = 1\n    return own_helper.deep(2)  # here\n")

    assert done.records()["bad"]["line"] == line_of(folder, "# here")
    first, *rest = (line for line in caplog.text.split("\n") if line.strip().startswith("File "))
    assert first.strip().startswith(f'File "{folder / "context.py"}", line {line_of(folder, "# here")}, in bad')
    assert [line.strip() for line in rest] == [f'File "{helper}", line {n}, in deep' for n in (4, 4, 3)]


def test_that_a_package_that_a_variable_lacks_is_named_with_the_interpreter(execute: Execute) -> None:
    done = execute(
        """
        @Variable
        def bad(run):
            import not_there.sub
        @Variable
        def unnamed(run): raise ModuleNotFoundError("own words")
        """
    )

    assert f"no package 'not_there' in {sys.executable}" in done.outcome("bad")["message"]
    assert done.outcome("bad")["error_cls"] == "ModuleNotFoundError"
    assert done.outcome("unnamed")["message"] == "own words"


def test_that_the_line_is_the_innermost_of_the_context_file(execute: Execute, folder: Path) -> None:
    done = execute(
        """
        import functools
        def own(x): return 1 / x  # here
        @Variable
        def bad(run): return functools.reduce(lambda a, b: own(b), [1, 0])
        """
    )

    assert done.records()["bad"]["line"] == line_of(folder, "# here")


def test_that_causes_and_contexts_of_an_exception_are_in_the_log(
    execute: Execute, caplog: pytest.LogCaptureFixture
) -> None:
    done = execute(
        """
        @Variable
        def caused(run):
            try: {}["volts"]
            except KeyError as error: raise RuntimeError("outer") from error
        @Variable
        def while_handling(run):
            try: 1 / 0
            except ZeroDivisionError: raise OSError("second")
        """
    )

    assert done.read(".errors/caused") == "outer"
    for part in ("KeyError: 'volts'", "direct cause", "RuntimeError: outer", "ZeroDivisionError", "During handling"):
        assert part in caplog.text


@pytest.mark.skipif(sys.version_info < (3, 11), reason="before, Python has no groups of exceptions")
def test_that_a_group_of_exceptions_names_them_all(execute: Execute, caplog: pytest.LogCaptureFixture) -> None:
    done = execute(
        """
        @Variable
        def bad(run):
            raise ExceptionGroup("several", [ValueError("one"), ExceptionGroup("inner", [KeyError("two")])])
        """
    )

    assert done.attributes(".errors/bad")["type"] == "ExceptionGroup"
    message = done.read(".errors/bad")
    for part in ("several", "ValueError: one", "inner", "KeyError: 'two'"):
        assert part in message
        assert part in caplog.text


def test_that_notes_of_an_exception_are_in_the_log(execute: Execute, caplog: pytest.LogCaptureFixture) -> None:
    if sys.version_info < (3, 11):
        pytest.skip("before, exceptions have no notes")
    execute(
        """
        @Variable
        def bad(run):
            error = ValueError("x")
            error.add_note("at 3 bar")
            raise error
        """
    )

    assert "at 3 bar" in caplog.text


def test_that_a_bad_argument_of_a_cell_has_the_users_line_and_begins_the_log_with_it(
    execute: Execute, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    done = execute("@Variable\ndef bad(run):\n    return Cell(1, background='red')  # here\n")

    assert "background" in done.read(".errors/bad")
    assert done.records()["bad"]["line"] == line_of(folder, "# here")
    first = next(line for line in caplog.text.split("\n") if line.strip().startswith("File "))
    assert "context.py" in first


@pytest.mark.parametrize("returned", ["Skip('x')", "Skip", "(i for i in [1])", "NotImplemented", "print", "{1, 2}"])
def test_that_what_no_cell_can_be_is_an_error_in_the_line_of_the_function(
    execute: Execute, folder: Path, returned: str
) -> None:
    done = execute(f"@Variable\ndef bad(run):  # here\n    return {returned}\n@Variable\ndef good(run): return 1\n")

    assert done.attributes(".errors/bad")["type"] == "CannotSave"
    assert done.outcome("bad")["line"] == line_of(folder, "# here")
    assert done.read("good/data") == 1


def test_that_a_skip_needs_no_words(execute: Execute) -> None:
    done = execute(
        """
        @Variable
        def bare(run): raise Skip
        @Variable
        def user(run, x: "var#bare"): return x
        """
    )

    assert done.outcome("bare")["outcome"] == "skip"
    assert done.attributes(".errors/bare")["type"] == "Skip"
    assert done.attributes(".errors/user")["type"] == "Skip"
    assert "bare was skipped" in done.read(".errors/user")


def test_that_subclasses_of_skip_are_skips(execute: Execute, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    done = execute(
        """
        class Parked(Skip): pass
        @Variable
        def out(run): raise Parked("the camera is parked")
        """
    )

    assert (done.outcome("out")["outcome"], done.outcome("out")["error_cls"]) == ("skip", "Skip")
    assert "Traceback" not in caplog.text


def chain(length: int, root: str) -> str:
    text = root
    for i in range(1, length):
        text = f"v{i}, which needs:\n" + tree([text])
    return tree([text])


@pytest.mark.parametrize("length", [1, 2, 11])
def test_that_short_chains_are_shown_whole(length: int) -> None:
    assert len(chain(length, "root failed").split("\n")) == length


@pytest.mark.parametrize("length", [12, 13, 50, 1000])
def test_that_of_long_chains_both_ends_are_shown_and_the_others_counted(length: int) -> None:
    lines = chain(length, "root failed:\n  more").split("\n")

    assert len(lines) == 13
    assert lines[0] == f"└ v{length - 1}, which needs:"
    assert lines[5].strip() == f"└ … {length - 11} more, which needs:"
    assert [len(line) - len(line.lstrip()) for line in lines[:12]] == list(range(0, 24, 2))
    assert lines[-2].strip() == "└ root failed:"
    assert lines[-1].endswith("    more")


def test_that_branches_below_a_chain_are_kept() -> None:
    text = chain(40, "fork, which needs:\n" + tree(["one failed", "other failed"]))

    assert "├ one failed" in text
    assert "└ other failed" in text
