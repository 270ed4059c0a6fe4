"""Which Variables the arguments of a Variable mean, and which Variables an absent optional part drops."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from damnit_ctx import graph
from damnit_ctx.arguments import Argument
from damnit_ctx.bound import BoundVariable
from damnit_ctx.members import Absent, NoSuchPart, follow, paths
from damnit_ctx.variable import Variable

#: For each argument that asks for Variables their names; None where it asks for an optional part that was left out.
Wanted = Mapping[str, "tuple[str, ...] | None"]


class Unknown(Exception):
    """An argument asks for what does not exist; the message says what."""


def names_for(argument: Argument, asking: Variable, known: Mapping[str, Variable]) -> tuple[str, ...] | None:
    """The names of the Variables that a `var#` or `self#` argument means. Raises Unknown."""
    target = argument.target or ""
    if argument.prefix == "self":
        return _names_in_group(argument, asking, target)
    if argument.is_glob:
        names = graph.match_names(target, known, asking=asking.name)
        if not names:
            raise Unknown(f"no Variable matches {target!r}")
        return tuple(names)
    if target not in known:
        near = difflib.get_close_matches(target, known, n=1)
        raise Unknown(f"there is no Variable {target!r}" + (f". Did you mean {near[0]!r}?" if near else ""))
    return (target,)


def _names_in_group(argument: Argument, asking: Variable, target: str) -> tuple[str, ...] | None:
    if not isinstance(asking, BoundVariable):
        raise Unknown(f"self#{target} means something only in a Group: here it must be var#")
    try:
        if not argument.is_glob:
            found = follow(asking.group, target)
            return None if isinstance(found, Absent) else (found.name,)
        members = paths(asking.group)
    except NoSuchPart as error:
        raise Unknown(str(error)) from None
    names = [v.name for path, v in members if isinstance(v, Variable) and v != asking and fnmatchcase(path, target)]
    if names:
        return tuple(dict.fromkeys(names))
    if any(isinstance(v, Absent) and _may_lead(path, target) for path, v in members):
        return None
    raise Unknown(f"nothing in {asking.group.name!r} matches {target!r}")


def _may_lead(path: str, pattern: str) -> bool:
    """Whether a glob may have meant something in the part at `path`."""
    depth = path.count(".") + 1
    return fnmatchcase(path, ".".join(pattern.split(".")[:depth]))


def dropped(wanted: Mapping[str, Wanted], arguments: Mapping[str, Sequence[Argument]]) -> set[str]:
    """The Variables that need a part that was left out, or another dropped Variable, and have no default for it."""
    required = {
        name: [a.name for a in arguments[name] if not a.has_default and a.name in w] for name, w in wanted.items()
    }
    gone: set[str] = set()
    while True:
        more = {
            name
            for name, needed in required.items()
            if name not in gone and any(gone.issuperset(wanted[name][a] or ()) for a in needed)
        }
        if not more:
            return gone
        gone |= more


def without(gone: set[str], wanted: Wanted) -> dict[str, tuple[str, ...]]:
    """What is left of what a Variable wants."""
    return {argument: tuple(n for n in names or () if n not in gone) for argument, names in wanted.items()}
