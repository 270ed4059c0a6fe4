"""The names of Group instances: the one given, the one they are assigned to, or their path in another group."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

from damnit_ctx.bound import BoundVariable
from damnit_ctx.group import is_group
from damnit_ctx.members import held

_GIVEN = "_damnit_given"
_LOAD = "_damnit_load"
_UNKNOWN: tuple[tuple[Any, Any], tuple[Any, Any]] = ((None, None), (None, None))


_loads = itertools.count(1)
_load = 0


def begin_load() -> None:
    """Names that were made until now count no more: a context file that is loaded may name what it imports anew."""
    global _load
    _load = next(_loads)


class Naming:
    """Gives names and titles to all groups that can be reached from some.

    `assigned` are names and values, in order; `namespace` has names only for those that have none there. `errors`
    has what is wrong, with the instance that it is about; an instance without a name stays unnamed, and its parts
    with it.
    """

    def __init__(
        self, assigned: Iterable[tuple[str | None, Any]], namespace: Iterable[tuple[str | None, Any]] = ()
    ) -> None:
        self.groups: list[Any] = []
        self.errors: list[tuple[Any, str]] = []
        self._assigned: dict[int, list[str]] = {}
        self._parents: dict[int, list[tuple[Any, str]]] = {}
        self._parts: dict[int, list[Any]] = {}
        self._names: dict[int, str | None] = {}
        for name, value in assigned:
            if is_group(value):
                self._reach(value)
                if name is not None:
                    self._assigned.setdefault(id(value), []).append(name)
        self._look_up({id(group) for group in self.groups} - set(self._assigned), namespace)
        for group in self.groups:
            parts = [(attribute, value) for attribute, value in held(group) if is_group(value)]
            self._parts[id(group)] = [part for _, part in parts]
            for attribute, part in parts:
                self._parents[id(part)].append((group, attribute))
        for group in self.groups:
            self._name(group)
        self._complain_of_shared_names()
        for group in self.groups:
            self._apply(group)

    def _look_up(self, nameless: set[int], namespace: Iterable[tuple[str | None, Any]]) -> None:
        for name, value in namespace:
            if name is not None and id(value) in nameless:
                self._assigned.setdefault(id(value), []).append(name)

    @property
    def named(self) -> list[Any]:
        """The groups that have got a name."""
        return [group for group in self.groups if self._names.get(id(group)) is not None]

    def _reach(self, group: Any) -> None:
        """Note the group and those that it holds or has a Variable of."""
        todo = [group]
        while todo:
            here = todo.pop(0)
            if id(here) in self._parents:
                continue
            self._parents[id(here)] = []
            self.groups.append(here)
            todo.extend(
                value.group if isinstance(value, BoundVariable) else value
                for _, value in held(here)
                if is_group(value) or isinstance(value, BoundVariable)
            )

    def _name(self, group: Any) -> str | None:
        if id(group) not in self._names:
            self._names[id(group)] = None  # while it is looked for, as groups may be linked in a ring
            own = self._own_names(group)
            self._names[id(group)] = self._only(group, own) if own else self._path(group)
        return self._names[id(group)]

    def _own_names(self, group: Any) -> list[Any]:
        """The name given to the group, or those that it is assigned to and has by an earlier naming."""
        given = _given(group)[0]
        earlier = _made(group)[0] if vars(group).get(_LOAD) == _load else None
        if given is not None:
            return [given]
        names = [earlier] if earlier is not None else []
        return list(dict.fromkeys([*names, *self._assigned.get(id(group), ())]))

    def _path(self, group: Any) -> str | None:
        """The name by the one group that holds it; others may, too, if they are only found through it."""
        outside = self._reached_without(group)
        above = [(parent, attribute) for parent, attribute in self._parents[id(group)] if id(parent) in outside]
        names = [f"{self._name(parent)}.{attribute}" for parent, attribute in above if self._name(parent) is not None]
        if not names and above:
            return None  # it is its parent that lacks a name
        return self._only(group, names)

    def _reached_without(self, group: Any) -> set[int]:
        """The groups to which a way leads, from those with names of their own, that does not pass this one."""
        found: set[int] = set()
        todo = [root for root in self.groups if root is not group and self._own_names(root)]
        while todo:
            here = todo.pop()
            if id(here) not in found:
                found.add(id(here))
                todo.extend(part for part in self._parts[id(here)] if part is not group)
        return found

    def _only(self, group: Any, names: list[Any]) -> str | None:
        kind = type(group).__name__
        if len(names) == 1:
            return self._valid(group, names[0])
        if names:
            several = ", ".join(map(str, names))
            self._error(group, f"This Group {kind} has several names: {several}. Choose one with {kind}(name=…)")
        else:
            self._error(group, f"This Group {kind} has no name: assign it to a variable, or give it one with name=…")
        return None

    def _valid(self, group: Any, name: Any) -> str | None:
        if isinstance(name, str) and all(part.isidentifier() for part in name.split(".")):
            return name
        self._error(group, f"{name!r} is no name for a Group: it must be like that of a Python variable")
        return None

    def _error(self, group: Any, message: str) -> None:
        if not any(about is group for about, _ in self.errors):
            self.errors.append((group, message))

    def _complain_of_shared_names(self) -> None:
        first: dict[str, Any] = {}
        for group in self.groups:
            name = self._names.get(id(group))
            if name is not None and first.setdefault(name, group) is not group:
                self._error(group, f"Two Groups have the same name {name!r}")
                self._names[id(group)] = None

    def _apply(self, group: Any) -> None:
        name = self._names.get(id(group))
        if name is None:
            return
        given_name, given_title = _given(group)
        title = name.replace(".", "/") if given_title is None else given_title
        if given_title is None and given_name is not None:
            title = name
        vars(group)[_GIVEN] = ((given_name, given_title), (name, title))
        vars(group)[_LOAD] = _load
        group.name, group.title = name, title


def _given(group: Any) -> tuple[Any, Any]:
    """The name and title that the user gave the instance, whatever an earlier naming made of them."""
    given, made = vars(group).get(_GIVEN, _UNKNOWN)
    name = given[0] if group.name == made[0] else group.name
    title = given[1] if group.title == made[1] else group.title
    return name, title


def _made(group: Any) -> tuple[Any, Any]:
    """The name and title that an earlier naming made."""
    return vars(group).get(_GIVEN, _UNKNOWN)[1]  # type: ignore[no-any-return]
