"""The tree of causes by which a Variable says why it has no result: pure functions over text."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: What stands after the name of a Variable whose own causes follow.
WHICH_NEEDS = ", which needs:"
#: Links of a chain that are shown before and after those that are only counted.
_SHOWN = 5
_LINK = re.compile(rf" *└ .*{WHICH_NEEDS}")
_COUNTED = re.compile(rf"( *└ … )(\d+)( more{WHICH_NEEDS})")


def tree(branches: Iterable[str]) -> str:
    """The branches, each with its own below it, as lines; of a long chain only both ends, as the last is the cause."""
    lines: list[str] = []
    texts = list(branches)
    for number, text in enumerate(texts, start=1):
        last = number == len(texts)
        first, *rest = text.split("\n")
        lines.append(("└ " if last else "├ ") + first)
        lines.extend(("  " if last else "│ ") + line for line in rest)
    return "\n".join(_folded(lines))


def _folded(lines: list[str]) -> list[str]:
    """The lines with the middle link of the chain that they begin with counted, if the chain has become too long."""
    links = next((i for i, line in enumerate(lines) if not _LINK.fullmatch(line)), len(lines))
    at = next((i for i in range(links) if _COUNTED.fullmatch(lines[i])), None)
    if at is None and links > 2 * _SHOWN:
        return [*lines[:_SHOWN], f"{'  ' * _SHOWN}└ … 1 more{WHICH_NEEDS}", *lines[_SHOWN + 1 :]]
    if at is None or at == _SHOWN:
        return lines
    outdented = [line[2:] for line in lines[at + 1 :]]
    counted = _COUNTED.sub(lambda m: f"{m[1][2:]}{int(m[2]) + 1}{m[3]}", lines[at])
    return [*lines[:_SHOWN], counted, *outdented]
