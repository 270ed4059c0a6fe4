"""`damnit check`: is the context file right?"""

from dataclasses import replace
from typing import Annotated

import typer

from damnit_backend.contextproc.checker import CheckResult, check_code
from damnit_backend.contextproc.conditions import conditions_of
from damnit_backend.contextproc.protocol import Problem
from damnit_backend.core.settings import load_settings
from damnit_backend.store.folder import require_folder
from damnit_backend.store.opening import open_for_reading

from .options import FolderArgument


def command(
    folder: FolderArgument,
    timeout: Annotated[
        float | None,
        typer.Option(min=0.1, help="Seconds that loading the file may take. Default: the setting load_seconds."),
    ] = None,
) -> None:
    """Load the context file as the listener would, and say what is wrong with it or which Variables it has."""
    settings = load_settings()
    found = require_folder(folder, settings)
    with open_for_reading(found) as database:
        conditions = conditions_of(database, settings)
    if timeout is not None:
        conditions = replace(conditions, load_seconds=timeout)
    result = check_code(found, conditions, None)
    typer.echo(report(str(found.context_file), result))
    if result.problems:
        raise typer.Exit(1)


def _with_class(problem: Problem) -> str:
    """The message, beginning with the error's class once."""
    cls = problem.error_cls or "Error"
    return problem.message if problem.message.startswith(cls) else f"{cls}: {problem.message}"


def report(path: str, result: CheckResult) -> str:
    """What people read: problems as editors and terminals understand them, else a list of Variables."""
    lines = [f"{path}:{p.line or 1}:{p.column or 1}: {_with_class(p)}" for p in result.problems]
    lines += [f"{path}:{p.line or 1}:{p.column or 1}: warning: {p.message}" for p in result.warnings]
    if result.problems:
        count = len(result.problems)
        return "\n".join([*lines, f"{count} problem{'s' if count > 1 else ''}."])
    width = max((len(variable.name) for variable in result.variables), default=0)
    rows = [
        f"  {variable.name:<{width}}  {variable.data:<4}  {variable.title}"
        + (f" [{variable.units}]" if variable.units else "")
        for variable in result.variables
    ]
    return "\n".join([*lines, f"{path}: no problems, {len(rows)} Variables.", *rows])
