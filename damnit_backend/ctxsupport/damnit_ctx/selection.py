"""Choosing among the Variables of a pipeline: a pure function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from damnit_ctx.context import Node


def select(
    nodes: Mapping[str, Node],
    variables: Sequence[str],
    match: Sequence[str],
    data: str | None,
    cluster: bool | None,
) -> list[str]:
    """The names of those that fit all that is asked for, without what they need.

    `variables` are names; unknown ones are left out. `match`, which counts only without `variables`, are parts of
    titles in any case. `data` is "raw", "proc", or "all" or None for both.
    """
    return [
        name
        for name, node in nodes.items()
        if (name in variables if variables else _matches(node, match))
        and data in (None, "all", node.data)
        and cluster in (None, node.cluster)
    ]


def _matches(node: Node, match: Sequence[str]) -> bool:
    title = node.variable.title.lower()
    return not match or any(part.lower() in title for part in match)
