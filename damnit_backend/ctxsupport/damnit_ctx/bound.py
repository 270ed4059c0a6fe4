"""A Variable of a Group's instance."""

from __future__ import annotations

from typing import Any

from damnit_ctx.variable import Variable, several


class BoundVariable(Variable):
    """A Group's method as a Variable of one instance, called `name of the instance.name of the method`.

    Two of the same instance and method are equal. Name and title are made of those that the instance has by now,
    which are final when the context file has run.
    """

    def __init__(self, group: Any, attribute: str, variable: Variable) -> None:
        super().__init__(
            variable.title if group.title is None else f"{group.title}{group.sep}{variable.title}",
            variable.given["description"],
            variable.summary,
            variable.data,
            variable.cluster,
            _merged(group.tags, variable.tags),
            variable.transient,
            variable.units,
        )
        self.__doc__ = variable.__doc__
        self.method = variable
        self.group = group
        self.attribute = attribute
        if variable.func is not None:
            # as Python itself binds methods, staticmethods included
            bind = getattr(variable.func, "__get__", None)
            self.func = variable.func if bind is None else bind(group, type(group))
        self.name = attribute if group.name is None else f"{group.name}.{attribute}"

    def anew(self) -> BoundVariable:
        """The same with the name and title that its group has got since this was made."""
        return BoundVariable(self.group, self.attribute, self.method)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BoundVariable):
            return NotImplemented
        return self.group is other.group and self.attribute == other.attribute

    def __hash__(self) -> int:
        return hash((id(self.group), self.attribute))


def _merged(outer: Any, inner: Any) -> Any:
    """The tags of both; if one is no tags at all, that one, for the checks to complain about."""
    both: list[Any] = []
    for tags in map(several, (outer, inner)):
        if isinstance(tags, tuple):
            both.extend(tags)
        elif tags is not None:
            return tags
    return both
