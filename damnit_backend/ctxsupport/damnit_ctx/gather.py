"""From what a context file or a pipeline defines to its Variables, those of Groups among them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Optional

from damnit_ctx.bound import BoundVariable
from damnit_ctx.group import is_group
from damnit_ctx.members import held, own_variables
from damnit_ctx.naming import Naming
from damnit_ctx.variable import Variable


@dataclass(frozen=True)
class Gathered:
    """`variables` in the order of definition; `errors`: what is wrong with which Group's instance."""

    variables: list[Variable]
    errors: list[tuple[Any, str]]

    def joined(self, other: Gathered) -> Gathered:
        """Both, each Variable once."""
        variables = {key(v): v for v in (*self.variables, *other.variables)}
        errors = [e for e in other.errors if not any(e[0] is known for known, _ in self.errors)]
        return Gathered(list(variables.values()), [*self.errors, *errors])


def key(variable: Variable) -> Any:
    """Equal for two that are the same Variable."""
    return variable if isinstance(variable, BoundVariable) else id(variable)


#: Names and values, such as those of a module; None where a value has no name.
Items = Iterable[tuple[Optional[str], Any]]


def gather(assigned: Items, namespace: Items = ()) -> Gathered:
    """The Variables and Groups in `assigned`, in order, and in the Groups' fields.

    Names the Groups; those without a name there may have one in `namespace`. A Variable of a Group belongs to that
    Group, by whatever other name it is known.
    """
    items = list(assigned)
    naming = Naming(items, namespace)
    unseen = {id(group) for group in naming.named}
    found: dict[Any, Variable] = {}
    for _, value in items:
        if is_group(value):
            _collect(value, unseen, found)
        elif isinstance(value, Variable) and not isinstance(value, BoundVariable):
            found.setdefault(id(value), value)
    for group in naming.named:  # those that are only linked to
        _collect(group, unseen, found)
    return Gathered(list(found.values()), naming.errors)


def _collect(group: Any, unseen: set[int], found: dict[Any, Variable]) -> None:
    """Add the Variables of the group and of what it holds; takes the groups that it has seen out of `unseen`."""
    if id(group) not in unseen:
        return
    unseen.discard(id(group))
    found.update((variable, variable) for variable in own_variables(group))
    for _, value in held(group):
        if is_group(value):
            _collect(value, unseen, found)
        elif not isinstance(value, BoundVariable):
            found.setdefault(id(value), value)
