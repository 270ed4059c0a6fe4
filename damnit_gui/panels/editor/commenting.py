"""Commenting lines out and in again."""

import re
from collections.abc import Sequence

_COMMENTED = re.compile(r"(\s*)# ?")


def toggle_comments(lines: Sequence[str]) -> list[str]:
    """The lines (with their ends) with `# ` at their common indentation, or without, if all of them have it.

    Blank lines stay as they are.
    """
    filled = [line for line in lines if line.strip()]
    if filled and all(line.lstrip().startswith("#") for line in filled):
        return [_COMMENTED.sub(r"\1", line, count=1) if line.strip() else line for line in lines]
    indent = min((len(line) - len(line.lstrip()) for line in filled), default=0)
    return [f"{line[:indent]}# {line[indent:]}" if line.strip() else line for line in lines]
