"""What can be wrong with the arguments of one `@Variable(…)` and the function below it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from damnit_ctx.arguments import Argument
from damnit_ctx.positions import Positions
from damnit_ctx.problem import Problem
from damnit_ctx.text import shown
from damnit_ctx.variable import Variable

#: Columns of the run table that are no Variables.
RESERVED_NAMES = ("proposal", "run", "start_time", "added_at", "comment")
_DATA = ("raw", "proc")


def option_problems(v: Variable, positions: Positions) -> Iterator[Problem]:
    """Errors, and warnings for what has always been taken, and means the nearest that it can mean."""
    if v.func is None:
        yield positions.of_name(v, "@Variable(…) decorates no function")
        return
    yield from _name_problems(v, positions)
    who = f"Variable {v.name!r}"
    units: Any = v.units
    if units is not None and not (isinstance(units, str) and units):
        yield positions.of_option(v, "units", f"{who}: units must be text, not {shown(units)}")
    data: Any = v.data
    if data is not None and not (isinstance(data, str) and data in _DATA):
        yield positions.of_option(v, "data", f"{who}: data must be 'raw' or 'proc', not {shown(data)}")
    if not _good_tags(v.tags):
        given = v.tags[0] if isinstance(v.tags, tuple) and len(v.tags) == 1 else v.tags
        yield positions.of_option(v, "tags", f"{who}: tags must be a text or several, none empty, not {shown(given)}")
    for option, flag in (("cluster", v.cluster), ("transient", v.transient)):
        if _truth(flag) is None:
            yield positions.of_option(v, option, f"{who}: {option} must be True or False, not {shown(flag)}")
    for option, message in _oddities(v):
        yield positions.of_option(v, option, f"{who}: {message}").as_warning()


def _name_problems(v: Variable, positions: Positions) -> Iterator[Problem]:
    if v.name in RESERVED_NAMES:
        yield positions.of_name(v, f"{v.name!r} is a column of the run table itself: choose another name")
    elif not v.name:
        yield positions.of_name(v, f"A {type(v.func).__name__} has no name for a Variable: decorate a function")
    elif not all(part.isidentifier() for part in v.name.split(".")):
        yield positions.of_name(v, f"{v.name!r} is no name for a Variable: decorate a function made with def")


def _oddities(v: Variable) -> Iterator[tuple[str, str]]:
    """The options that do not mean what was meant, and why."""
    given = v.given
    if given["title"] is not None and not (isinstance(given["title"], str) and given["title"].strip()):
        yield "title", f"title should be text, not {shown(given['title'])}: it is shown as {v.title!r}"
    if given["description"] is not None and not isinstance(given["description"], str):
        yield "description", f"description should be text, not {shown(given['description'])}"
    if v.summary is not None and not _is_numpy_function(v.summary):
        yield "summary", f"numpy has no function {shown(v.summary)}, so the cell shows the default summary"
    for option, flag in (("cluster", v.cluster), ("transient", v.transient)):
        if not _is_flag(flag) and _truth(flag) is not None:
            yield option, f"{option} should be True or False, not {shown(flag)}: it counts as {_truth(flag)}"


def _is_numpy_function(name: Any) -> bool:
    import numpy as np  # late: importing damnit_ctx must work without it, see the package's docstring

    return isinstance(name, str) and (name == "" or callable(getattr(np, name, None)))


def _is_flag(value: Any) -> bool:
    kind = getattr(getattr(value, "dtype", None), "kind", "b" if isinstance(value, int) else "")
    return value is None or (kind in ("b", "i", "u") and getattr(value, "ndim", 0) == 0 and value in (0, 1))


def _truth(value: Any) -> bool | None:
    """Whether it counts as true; None for what does not say so, such as an array."""
    try:
        return bool(value)
    except Exception:  # whatever class of the user's it is of
        return None


def _good_tags(tags: object) -> bool:
    return tags is None or (isinstance(tags, tuple) and all(isinstance(tag, str) and tag.strip() for tag in tags))


def read_signature(v: Variable) -> tuple[tuple[Argument, ...], str | None]:
    """The function's arguments after the run, and why calling it can only fail, whatever they are annotated with."""
    try:
        arguments = tuple(v.arguments())
    except (ValueError, TypeError) as error:
        return (), str(error)
    if inspect.iscoroutinefunction(v.func):
        return (), "it is defined with 'async def', so that calling it computes nothing: use 'def'"
    return arguments, None
