"""What differs between two versions of a text."""

import difflib
import enum
from dataclasses import dataclass

from .positions import split_lines


class DiffKind(enum.Enum):
    HEADER = "header"
    PLACE = "place"
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


_KINDS = {"-": DiffKind.REMOVED, "+": DiffKind.ADDED, "@": DiffKind.PLACE, " ": DiffKind.SAME}


@dataclass(frozen=True, slots=True)
class DiffLine:
    kind: DiffKind
    text: str


def compare(before: str, after: str, before_name: str, after_name: str) -> list[DiffLine]:
    """A unified diff, three lines of context around each change; empty if the lines are the same."""
    old, new = split_lines(before), split_lines(after)
    found = difflib.unified_diff(old, new, before_name, after_name, lineterm="")
    return [DiffLine(DiffKind.HEADER if number < 2 else _KINDS[line[0]], line) for number, line in enumerate(found)]


def count_changes(lines: list[DiffLine]) -> tuple[int, int]:
    """How many lines were added and removed."""
    kinds = [line.kind for line in lines]
    return kinds.count(DiffKind.ADDED), kinds.count(DiffKind.REMOVED)
