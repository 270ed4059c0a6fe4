"""Which code gives each Variable its value: a hash of it, and where it stands."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Mapping, Sequence

from damnit_ctx import graph
from damnit_ctx.context import LoadedContext, Node
from damnit_ctx.origin import Code
from damnit_ctx.pieces import digest
from damnit_ctx.reach import Reach
from damnit_ctx.source import Source
from damnit_ctx.user_files import Modules, UserFiles

#: Of the way in which hashes are made. Another number makes all values stale.
SCHEME = "1"


def codes_of(context: LoadedContext, modules: Modules) -> dict[str, Code]:
    """By name, for all Variables of a loaded context file. `modules`: those beside it."""
    files: UserFiles | None = None
    with contextlib.suppress(RecursionError):  # absurdly nested: any change of the text may matter
        tree = ast.parse(context.text) if context.tree is None else context.tree
        files = UserFiles(Source("", context.text, tree, context.module), context.path, modules)
    found: dict[str, Code] = {}
    contents: dict[str, str] = {}
    for name in graph.topological_order(context.graph):
        node = context.nodes[name]
        own, spans = _own(node, context, files, modules)
        contents[name] = digest([SCHEME, own, *_options(node), *_inputs(node, contents)])
        parameters = _parameters(node).union(*(found[needed].parameters for needed in node.depends))
        found[name] = Code(digest([name, contents[name]]), spans, tuple(sorted(parameters)))
    return found


def _own(
    node: Node, context: LoadedContext, files: UserFiles | None, modules: Modules
) -> tuple[str, tuple[tuple[str, int, int], ...]]:
    """A hash of what the Variable's function reaches, and where that stands."""
    if files is not None:
        reach = Reach(files)
        try:
            reach.function(node.variable)
            for parameter in _parameters(node) & context.params.keys():
                reach.facts.add(f"param {parameter}: {reach.value(context.params[parameter])}")
        except Exception:  # the user's objects may raise anything when they are looked at
            reach.spans.clear()
        else:
            return reach.digest(), tuple(sorted(reach.spans))
    others = [f"{module.label}: {module.text}" for module in modules.values()]
    return digest([context.text, *others]), (("", 1, context.text.count("\n") + 1),)


def _parameters(node: Node) -> set[str]:
    return {a.target for a in node.arguments if a.prefix == "param" and a.target}


def _options(node: Node) -> list[str]:
    """What else decides about the value, or is stored with it."""
    variable = node.variable
    asked = [f"{a.name}: {a.prefix}#{a.target}" for a in node.arguments if a.prefix in ("meta", "mymdc", "param")]
    return [f"{variable.summary}, {variable.units}, {node.data}", *asked]


def _inputs(node: Node, contents: Mapping[str, str]) -> Sequence[str]:
    """The code of the Variables that it needs. A glob gives their results by name, so that names count."""
    globs = {a.name for a in node.arguments if a.is_glob}
    return [
        f"{argument}: " + " ".join(f"{name if argument in globs else ''} {contents[name]}" for name in sorted(names))
        for argument, names in node.wanted.items()
    ]
