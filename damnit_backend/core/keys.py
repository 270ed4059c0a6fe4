"""What names a row and a cell of the table, and the people's way of writing sets of runs."""

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple, TypeAlias

from .errors import UserError

RESERVED_NAMES = frozenset({"proposal", "run", "start_time", "added_at", "comment"})
"""Columns of the table itself; no Variable may have such a name."""

COMMENT = "comment"
"""The name under which the comment of a run is stored."""


Stage: TypeAlias = Literal["raw", "proc"]
"""Which data of a run: as recorded, or calibrated later."""


class RunKey(NamedTuple):
    """One row. Several proposals may share a folder, so the run number alone is not enough."""

    proposal: int
    run: int

    def __str__(self) -> str:
        return f"p{self.proposal} r{self.run}"


class CellKey(NamedTuple):
    """One cell: a Variable in a run."""

    proposal: int
    run: int
    name: str

    @property
    def row(self) -> RunKey:
        return RunKey(self.proposal, self.run)


def row_key(proposal: object, run: object) -> RunKey | None:
    """The key of a stored row; None if its columns, which have no types in SQLite, do not hold whole numbers."""
    if isinstance(proposal, int) and isinstance(run, int):
        return RunKey(proposal, run)
    if isinstance(proposal, int | float) and isinstance(run, int | float) and proposal % 1 == 0 == run % 1:
        return RunKey(int(proposal), int(run))
    return None


_RANGE = re.compile(r"([0-9]{1,9})(?:\s*[-:]\s*([0-9]{1,9}))?")


def parse_runs(texts: Iterable[str]) -> list[int]:
    """Run numbers, ascending and without repeats, from texts such as ``"3"``, ``"5-9"`` or ``"1,4,7-8"``."""
    runs: set[int] = set()
    for part in (part.strip() for text in texts for part in text.split(",")):
        if not part:
            continue
        match = _RANGE.fullmatch(part)
        if match is None:
            raise UserError(
                f"{part!r} is not a run number or a range of runs.", "Write for example 7, 3-9 or 1,4,8-12."
            )
        first = int(match[1])
        last = int(match[2]) if match[2] else first
        if last < first or last - first > 100_000:
            raise UserError(f"{part!r} is not a sensible range of runs.", "The first run comes before the last one.")
        runs.update(range(first, last + 1))
    return sorted(runs)
