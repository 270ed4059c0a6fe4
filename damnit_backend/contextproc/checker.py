"""Checking a context file's text in a process of its own, as the window does before saving and `damnit check` does."""

import asyncio
from dataclasses import dataclass

from damnit_backend.store.folder import Folder

from .process import ContextProcess
from .protocol import Loaded, Problem, VariableSpec


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What is wrong, and the Variables if nothing is."""

    problems: tuple[Problem, ...] = ()
    variables: tuple[VariableSpec, ...] = ()


def check_code(folder: Folder, python: str | None, code: str | None, timeout: float = 20.0) -> CheckResult:
    """Load ``code`` as the folder's context file and say what is wrong with it. Waits for up to ``timeout`` seconds.

    With None the file itself is read, as the listener does it.
    Raises UserError if the interpreter (None: ours) cannot be started.
    """
    return asyncio.run(_check(folder, python, code, timeout))


async def _check(folder: Folder, python: str | None, code: str | None, timeout: float) -> CheckResult:
    process = await ContextProcess.start(python, folder.path)
    try:
        answer = await asyncio.wait_for(process.load(folder.context_file, folder.path, code), timeout)
    except TimeoutError:
        return CheckResult((Problem(f"The file was not loaded after {timeout:.0f} s: does it wait or loop for ever?"),))
    finally:
        await process.close()
    if isinstance(answer, Loaded):
        return CheckResult(variables=answer.variables)
    return CheckResult(problems=answer.problems)
