"""What a pipeline consists of: an immutable set of Variables, however they came together."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from damnit_ctx.bound import BoundVariable
from damnit_ctx.checks import check
from damnit_ctx.context import LoadedContext, Node
from damnit_ctx.gather import Gathered, Items, gather, key
from damnit_ctx.group import is_group
from damnit_ctx.positions import Positions
from damnit_ctx.problem import Problem
from damnit_ctx.variable import Variable

CONFLICTS = ("error", "left", "right")


class PipelineError(Exception):
    """Definitions that cannot be put together or executed; `problems` has all that is wrong."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(f"line {p.line}: {p.message}" if p.line else p.message for p in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Origin:
    """Where definitions come from: for most pipelines no file, and then the folder is where they are executed."""

    path: Path = Path("<pipeline>")
    text: str = ""
    folder: Path | None = None
    module: ModuleType = field(default_factory=lambda: ModuleType("damnit_pipeline"))

    @property
    def positions(self) -> Positions:
        return Positions(self.text, str(self.path))


@dataclass(frozen=True)
class Definitions:
    """`variables` are named already; `items` hold Variables and Groups as they were added, with names for the latter.

    `namespace` has names for Groups that got none. `only`: the names that were selected, None for all.
    """

    variables: tuple[Variable, ...] = ()
    items: tuple[tuple[str | None, Any], ...] = ()
    namespace: Mapping[str, Any] = field(default_factory=dict)
    only: frozenset[str] | None = None
    origin: Origin = field(default_factory=Origin)

    def gathered(self, namespace: Items) -> Gathered:
        """What is selected; Groups that have no name may have one in `namespace`. Raises PipelineError."""
        return self._all(namespace) if self.only is None else Gathered(list(self._shown().values()), [])

    def _all(self, namespace: Items) -> Gathered:
        return Gathered(list(self.variables), []).joined(gather(self.items, namespace))

    @cached_property
    def loaded(self) -> LoadedContext:
        """All of it, checked. Raises PipelineError."""
        gathered = self._all(self.namespace.items())
        checked = check(gathered, self.origin.positions)
        if checked.nodes is None:
            raise PipelineError(checked.problems)
        folder = self.origin.folder or Path.cwd()
        return LoadedContext(self.origin.path, folder, "", checked.nodes, self.origin.module, tuple(gathered.variables))

    @property
    def nodes(self) -> dict[str, Node]:
        """What is selected and what that needs, in the order of definition. Raises PipelineError."""
        found = self.loaded.nodes
        if self.only is None:
            return dict(found)
        wanted = set(self.loaded.order(name for name in found if name in self.only))
        return {name: node for name, node in found.items() if name in wanted}

    def selected(self, names: Sequence[str]) -> Definitions:
        return dataclasses.replace(self, only=frozenset(names))

    def with_added(self, values: Sequence[Any]) -> Definitions:
        """With Variables and Groups, or dicts and sequences of them. Raises TypeError and PipelineError."""
        added = tuple(_flattened(values, None))
        changed = dataclasses.replace(self, items=(*self.items, *added))
        gathered = changed._all(self.namespace.items())
        positions = self.origin.positions
        problems = [positions.of_instance(group, message) for group, message in gathered.errors]
        known: dict[str, Any] = {}
        problems += [
            positions.of_name(v, f"There is another Variable {v.name!r}")
            for v in gathered.variables
            if known.setdefault(v.name, key(v)) != key(v)
        ]
        if problems:
            raise PipelineError(problems)
        if self.only is None:
            return changed
        new = {v.name for v in gather(added, self.namespace.items()).variables}
        return dataclasses.replace(changed, only=self.only | new)

    def union(self, other: Definitions, on_conflict: str) -> Definitions:
        """Those of both. Raises PipelineError for names that both have, if `on_conflict` is "error"."""
        left, right = self._shown(), other._shown()
        clashes = [name for name in left if name in right and key(left[name]) != key(right[name])]
        if clashes and on_conflict == "error":
            raise PipelineError([Problem(f"Both pipelines have a Variable {name!r}") for name in clashes])
        chosen = (
            {**left, **right} if on_conflict == "right" else {**left, **{n: right[n] for n in right if n not in left}}
        )
        return dataclasses.replace(self, variables=tuple(chosen.values()), items=(), only=None)

    def _shown(self) -> dict[str, Variable]:
        """What is selected, and what lacks an optional part: other Variables may name it."""
        shown, known = self.nodes, self.loaded.nodes
        return {v.name: v for v in self.loaded.defined if v.name in shown or v.name not in known}


def _flattened(values: Sequence[Any], name: str | None) -> Iterator[tuple[str | None, Any]]:
    for value in values:
        if is_group(value) or (isinstance(value, Variable) and not isinstance(value, BoundVariable)):
            yield name, value
        elif isinstance(value, Mapping):
            for inner, content in value.items():
                if not isinstance(inner, str):
                    raise TypeError(f"A pipeline takes dicts with names as keys, not {inner!r}")
                yield from _flattened([content], inner)
        elif isinstance(value, (list, tuple)):
            yield from _flattened(value, None)
        else:
            what = "a Variable of a Group (add the Group)" if isinstance(value, BoundVariable) else repr(value)
            raise TypeError(f"A pipeline takes Variables and Groups, dicts and sequences of them, not {what}")
