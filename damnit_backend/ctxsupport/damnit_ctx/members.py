"""What a Group's instance holds: Variables of its own, other groups, and paths to the Variables in them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from damnit_ctx.bound import BoundVariable
from damnit_ctx.group import RESERVED, is_group
from damnit_ctx.variable import Variable


def own_variables(group: Any) -> list[BoundVariable]:
    """The Variables that are methods of the instance's class, those of its base classes first.

    One that a subclass or the instance replaced by something else is none of them.
    """
    fields = {field.name for field in dataclasses.fields(group)}
    names = [n for c in reversed(type(group).__mro__) for n, v in vars(c).items() if isinstance(v, Variable)]
    found = []
    for name in dict.fromkeys(names):
        variable = _class_attribute(type(group), name)
        if isinstance(variable, Variable) and name not in fields and name not in vars(group):
            found.append(BoundVariable(group, name, variable))
    return found


def held(group: Any) -> list[tuple[str, Any]]:
    """The instance's attributes that hold groups or Variables of others, in the order of definition."""
    names = [name for c in reversed(type(group).__mro__) for name, v in vars(c).items() if is_group(v)]
    attributes = {**{name: getattr(group, name) for name in names}, **vars(group)}
    return [
        (name, value)
        for name, value in attributes.items()
        if name not in RESERVED and (is_group(value) or isinstance(value, Variable))
    ]


#: A glob may choose among so many.
MAX_PATHS = 4000


@dataclass(frozen=True)
class Absent:
    """What an optional part that was left out gives: nothing, and that is no mistake."""


ABSENT = Absent()


class NoSuchPart(Exception):
    """A path that leads to no Variable; the message says why."""


def follow(group: Any, path: str) -> Variable | Absent:
    """The Variable at a path such as `part.name` from the instance. Raises NoSuchPart."""
    here: Any = group
    *parts, last = path.split(".")
    walked = str(group.name)
    for part in parts:
        here = _attribute(here, part, walked)
        walked += f".{part}"
        if here is None:
            return ABSENT
        if not is_group(here):
            raise NoSuchPart(f"{walked!r} is of type {type(here).__name__}, not a Group")
    found = _attribute(here, last, walked)
    if found is None:
        return ABSENT
    if not isinstance(found, Variable):
        what = "a Group" if is_group(found) else f"of type {type(found).__name__}"
        raise NoSuchPart(f"'{walked}.{last}' is {what}, not a Variable")
    return found.anew() if isinstance(found, BoundVariable) else found


def paths(group: Any) -> list[tuple[str, Variable | Absent]]:
    """All paths from the instance to Variables, and to optional parts that were left out.

    Raises NoSuchPart if there are too many, as with groups that all hold each other.
    """
    found = list(islice(_paths(group, "", ()), MAX_PATHS + 1))
    if len(found) > MAX_PATHS:
        raise NoSuchPart(f"there are more than {MAX_PATHS} ways from {group.name!r} to the Variables in its parts")
    return found


def _paths(group: Any, prefix: str, above: tuple[int, ...]) -> Iterator[tuple[str, Variable | Absent]]:
    for own in own_variables(group):
        yield prefix + own.attribute, own
    for name, value in vars(group).items():
        if value is None and name not in RESERVED:
            yield prefix + name, ABSENT
    for name, value in held(group):
        if isinstance(value, Variable):
            yield prefix + name, value.anew() if isinstance(value, BoundVariable) else value
        elif id(value) not in above:  # groups may be linked in a ring
            yield from _paths(value, f"{prefix}{name}.", (*above, id(group)))


def _attribute(group: Any, name: str, walked: str) -> Any:
    try:
        return getattr(group, name)
    except AttributeError:
        raise NoSuchPart(f"{walked!r} has no attribute {name!r}") from None


def _class_attribute(cls: type, name: str) -> Any:
    return next(vars(c)[name] for c in cls.__mro__ if name in vars(c))
