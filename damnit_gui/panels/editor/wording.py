"""What the editor says: pure functions from what is known to a sentence."""

from collections.abc import Sequence

from damnit_backend.contextproc.checker import CheckResult
from damnit_backend.contextproc.protocol import Problem
from damnit_backend.core.errors import UserError

NEXT_RUN = "The listener uses it from the next run on."
SAVED_WITH_PROBLEMS = "Runs are not processed until its problems are mended."


def count(number: int, noun: str) -> str:
    """``1 problem``, ``2 problems``, ``no problems``."""
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def checked(result: CheckResult) -> str:
    """The status line after a check."""
    odd = f", {count(len(result.warnings), 'warning')}" if result.warnings else ""
    if result.problems:
        return count(len(result.problems), "problem") + odd
    return f"checked: {count(len(result.variables), 'Variable')}, no problems{odd}"


def cannot_check(error: UserError) -> str:
    return f"cannot check: {error.message}"


def one_problem(problem: Problem) -> str:
    """A problem in one line: ``line 12: name 'x' is not defined``."""
    first, _, rest = problem.message.strip().partition("\n")
    text = f"{first} …" if rest else first
    return text if problem.line is None else f"line {problem.line}: {text}"


def not_saved(problems: Sequence[Problem]) -> str:
    """Why a save waits for the person."""
    return (
        f"Not saved: {count(len(problems), 'problem')}. "
        "With this file on disk, runs would not be processed until it is mended."
    )
