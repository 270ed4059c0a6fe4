"""The context file that is being loaded, for what Pipelines in it mean."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from typing import Any, Protocol

from damnit_ctx.complaints import kept_by
from damnit_ctx.gather import Gathered, Items, gather


class Defining(Protocol):
    """A Pipeline, as far as a context file's definitions go."""

    def definitions(self, namespace: Items) -> Gathered:
        """Its Variables; Groups in it that have no name may have one in `namespace`."""

    @property
    def param_values(self) -> Mapping[str, Any]: ...


class Scope:
    """A context file's namespace and its default pipeline.

    Each context file has one while it is loaded, each Variable while it computes, so that a default pipeline set in
    one is not seen in another. Outside of both there is one for the process.
    """

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self.namespace = namespace
        self.default: Defining | None = None
        self.replaced = False
        self._wrong: list[tuple[Any, str]] = []

    def note(self, about: Any, message: str) -> bool:
        """Keep what is wrong with a Group's class for the end of the loading; False if no file is being loaded."""
        if self.namespace:
            self._wrong.append((about, message))
        return bool(self.namespace)

    def gathered(self) -> Gathered:
        """What the context file defines: its namespace and what was added to the default pipeline, or the latter
        alone if it was set."""
        own = list(self.namespace.items())
        wrong = Gathered([], self._wrong)
        if self.default is None:
            return gather(own).joined(wrong)
        added = self.default.definitions(own).joined(wrong)
        return added if self.replaced else added.joined(gather(own))

    def params(self) -> Mapping[str, Any]:
        return {} if self.default is None else self.default.param_values


_outside = Scope({})
_current: ContextVar[Scope | None] = ContextVar("damnit_scope", default=None)


def current() -> Scope:
    return _current.get() or _outside


@contextlib.contextmanager
def entered(scope: Scope) -> Iterator[None]:
    """Make it the current one for the block."""
    token = _current.set(scope)
    try:
        with kept_by(scope.note):
            yield
    finally:
        _current.reset(token)
