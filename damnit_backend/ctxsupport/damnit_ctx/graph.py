"""The dependency graph of Variables: pure functions over names.

A graph is a mapping of each name to the names it depends on. Every name that is depended on must be a key.
Orders follow the mapping's own order (that of definition) wherever the dependencies leave a choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

Graph = Mapping[str, Sequence[str]]


class CycleError(ValueError):
    """The graph has a cycle: `names`, each of which depends on the next, the last on the first."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(" → ".join([*names, names[0]]))
        self.names = names


def match_names(pattern: str, names: Iterable[str], *, asking: str) -> list[str]:
    """The names that a glob means to the Variable `asking`, which never means itself."""
    return [n for n in names if n != asking and fnmatchcase(n, pattern)]


def topological_order(graph: Graph) -> list[str]:
    """All names, each after what it depends on. Raises CycleError."""
    order: list[str] = []
    done: set[str] = set()
    for start in graph:
        _visit(start, graph, done, order)
    return order


def _visit(start: str, graph: Graph, done: set[str], order: list[str]) -> None:
    """Append `start` and what it needs to `order`: depth first with a stack of its own, as chains may be long."""
    if start in done:
        return
    path: dict[str, Iterator[str]] = {start: iter(graph[start])}
    while path:
        name = next(reversed(path))
        needed = next((n for n in path[name] if n not in done), None)
        if needed is None:
            done.add(name)
            order.append(name)
            del path[name]
        elif needed in path:
            names = list(path)
            raise CycleError(names[names.index(needed) :])
        else:
            path[needed] = iter(graph[needed])


def find_cycles(graph: Graph) -> list[list[str]]:
    """Cycles of the graph, none sharing a name with another: enough to name every knot that must be cut."""
    cycles: list[list[str]] = []
    cycle = _a_cycle(graph)
    while cycle:
        cycles.append(cycle)
        gone = {name for names in cycles for name in names}
        remaining = {n: [m for m in needed if m not in gone] for n, needed in graph.items() if n not in gone}
        cycle = _a_cycle(remaining)
    return cycles


def _a_cycle(graph: Graph) -> list[str]:
    try:
        topological_order(graph)
    except CycleError as error:
        return error.names
    return []


def with_dependencies(names: Iterable[str], graph: Graph) -> set[str]:
    """The names and all that they need, directly or not."""
    found: set[str] = set()
    todo = list(names)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(graph[name])
    return found


def dependants(names: Iterable[str], graph: Graph) -> set[str]:
    """All that need any of the names, directly or not; without the names themselves."""
    users: dict[str, list[str]] = {name: [] for name in graph}
    for name, needed in graph.items():
        for n in needed:
            users[n].append(name)
    given = set(names)
    return with_dependencies(given, users) - given


def resolve_data(graph: Graph, data: Mapping[str, str | None]) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Which data ("raw" or "proc") each name runs on, and the clashes.

    A name whose own `data` is None runs on proc data if anything it needs does. A clash (raw, proc) is a name
    that says "raw" but needs one that runs on proc data. The graph must have no cycle.
    """
    resolved: dict[str, str] = {}
    clashes: list[tuple[str, str]] = []
    for name in topological_order(graph):
        proc = [n for n in graph[name] if resolved[n] == "proc"]
        stated = data[name]
        if stated == "raw" and proc:
            clashes.extend((name, n) for n in proc)
        resolved[name] = stated or ("proc" if proc else "raw")
    return resolved, clashes


def resolve_cluster(graph: Graph, cluster: Iterable[str]) -> set[str]:
    """The cluster names and their dependants, which must run where those do."""
    wanted = set(cluster)
    return wanted | dependants(wanted, graph)
