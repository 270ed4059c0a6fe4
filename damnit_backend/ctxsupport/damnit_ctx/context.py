"""A loaded context file: its Variables and how they depend on each other."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from damnit_ctx import graph
from damnit_ctx.arguments import Argument
from damnit_ctx.origin import Origin
from damnit_ctx.problem import Problem
from damnit_ctx.text import storable
from damnit_ctx.variable import Variable


@dataclass(frozen=True)
class Node:
    """A Variable as it is in its context file, everything resolved.

    `wanted`: for each argument that asks for results, the Variables that give them; none of them if they belong
    to an optional part that was left out. `defect`: why it can only fail, if so.
    """

    variable: Variable
    arguments: tuple[Argument, ...]
    wanted: Mapping[str, tuple[str, ...]]
    depends: tuple[str, ...]
    data: str
    cluster: bool
    line: int | None
    defect: str | None = None

    def as_json(self) -> dict[str, Any]:
        v = self.variable
        return {
            "name": v.name,
            "title": storable(v.title),
            "description": None if v.description is None else storable(v.description),
            "summary": v.summary if isinstance(v.summary, str) else None,
            "data": self.data,
            "cluster": self.cluster,
            "tags": [storable(tag) for tag in v.tag_list()],
            "transient": bool(v.transient),
            "units": None if v.units is None else storable(v.units),
            "line": self.line,
            "depends": list(self.depends),
        }


@dataclass(frozen=True)
class LoadedContext:
    """`nodes` in the order of definition. `digest`: SHA-256 of the file, or of the text in UTF-8.

    `defined` has also the Variables that lack an optional part and so are no nodes; `params` are the file's own
    values of parameters, for those that are not given; `text` is what ran, `tree` its
    syntax; `warnings` are what is odd about it; `origin` is known of one that is to be run. Holds on to the module in
    which the file ran, on which its functions depend.
    """

    path: Path
    folder: Path
    digest: str
    nodes: Mapping[str, Node]
    module: ModuleType
    defined: tuple[Variable, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    warnings: tuple[Problem, ...] = ()
    tree: ast.Module | None = None
    origin: Origin | None = None

    @property
    def graph(self) -> dict[str, tuple[str, ...]]:
        return {name: node.depends for name, node in self.nodes.items()}

    def order(self, names: Iterable[str]) -> list[str]:
        """The names and all that they depend on, in an order in which they can be computed; those for a cluster last.

        What needs one of those is for a cluster itself.
        """
        wanted = graph.with_dependencies(names, self.graph)
        order = [n for n in graph.topological_order(self.graph) if n in wanted]
        return sorted(order, key=lambda n: self.nodes[n].cluster)

    def select(self, *, opened: str, trigger: str | None) -> list[str]:
        """The Variables that a run asks for when `opened` ("raw" or "all") data of it are there."""
        wanted = trigger or ("raw" if opened == "raw" else None)
        return [n for n, node in self.nodes.items() if wanted in (None, node.data)]
