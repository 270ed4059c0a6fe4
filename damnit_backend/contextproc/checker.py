"""Checking a context file's text in a process of its own, as the window does before saving and `damnit check` does."""

import asyncio
from dataclasses import dataclass

from damnit_backend.store.folder import Folder
from damnit_backend.store.known import KnownContext

from .conditions import Conditions
from .known import known_context
from .process import ContextProcess
from .protocol import Loaded, Problem, VariableSpec


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What is wrong, and the Variables if nothing is. `warnings`: what is odd, but keeps the file from nothing.

    ``known``: what the store keeps of the file, if it was read itself.
    """

    problems: tuple[Problem, ...] = ()
    variables: tuple[VariableSpec, ...] = ()
    warnings: tuple[Problem, ...] = ()
    known: KnownContext | None = None


def check_code(folder: Folder, conditions: Conditions, code: str | None) -> CheckResult:
    """Load ``code`` as the folder's context file and say what is wrong with it. Waits as long as loading may take.

    With None the file itself is read, as the listener does it. Raises UserError if the interpreter cannot be started.
    """
    return asyncio.run(_check(folder, conditions, code))


def too_slow(seconds: float) -> Problem:
    """That loading took longer than it may."""
    limit = f"{seconds:g} s, the limit here (its setting is load_seconds)"
    return Problem(f"The file was not loaded after {limit}: does it wait or loop for ever?", error_cls="TimeLimit")


async def _check(folder: Folder, conditions: Conditions, code: str | None) -> CheckResult:
    process = await ContextProcess.start(conditions.python, folder.path, conditions.cores)
    load = process.load(folder.context_file, folder.path, code, conditions.memory)
    try:
        answer = await asyncio.wait_for(load, conditions.load_seconds)
    except TimeoutError:
        return CheckResult((too_slow(conditions.load_seconds),))
    finally:
        await process.close()
    if isinstance(answer, Loaded):
        known = known_context(answer) if code is None else None
        return CheckResult(variables=answer.variables, warnings=answer.warnings, known=known)
    return CheckResult(problems=answer.problems, warnings=answer.warnings)
