"""The loaded run table: columns of decoded values, changed in place by the parts that are read anew."""

import math
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from damnit_backend.core.keys import COMMENT, RESERVED_NAMES, RunKey
from damnit_backend.core.values import CellValue
from damnit_backend.store.table import RunInfo, TableSnapshot, VariableInfo

from .comparing import is_number, number_of, same_cell

COMMENT_COLUMN = VariableInfo(COMMENT, "Comment", "string", "What people wrote about the run.")

Numbers = npt.NDArray[np.float64]
Cells = dict[str, CellValue]

RUN_FACTS: Mapping[str, Callable[[RunInfo], float | None]] = {
    "proposal": lambda run: run.key.proposal,
    "run": lambda run: run.key.run,
    "start_time": lambda run: run.start_time,
    "added_at": lambda run: run.added_at,
}
"""The columns that are facts of the run itself; a stored value of such a name is not shown."""


@dataclass(frozen=True)
class TableDelta:
    """What an update of the table did; rows count in order of (proposal, run).

    ``changed`` maps a row (counted after the update) to the names of its cells that differ, among them "start_time"
    and "added_at"; ``inserted`` are rows counted after the update, ``removed`` rows counted before it;
    ``columns_changed`` says that variables were added, removed, renamed or put in another order.
    """

    changed: dict[int, frozenset[str]]
    inserted: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()
    columns_changed: bool = False

    @property
    def empty(self) -> bool:
        return not (self.changed or self.inserted or self.removed or self.columns_changed)


class TableData:
    """All loaded rows, in order of (proposal, run). Belongs to one thread at a time.

    ``seq`` is the number of the change up to which it is true.
    """

    def __init__(self) -> None:
        self.seq = 0
        self._runs: list[RunInfo] = []
        self._keys: list[RunKey] = []
        self._columns: dict[str, list[CellValue | None]] = {}
        self._variables: dict[str, VariableInfo] = {COMMENT: COMMENT_COLUMN}
        self._numbers: dict[str, Numbers] = {}

    @classmethod
    def from_snapshot(cls, snapshot: TableSnapshot) -> "TableData":
        """The table that a snapshot of everything says."""
        data = cls()
        data._insert_rows(list(snapshot.runs))
        # Straight into the columns, with no look at what was there: a large table has millions of cells.
        rows: dict[tuple[int, int], int] = {key: row for row, key in enumerate(data._keys)}
        columns, count = data._columns, len(rows)
        for (proposal, run, name), cell in snapshot.cells.items():
            row = rows.get((proposal, run))
            if row is None or name in RUN_FACTS:
                continue
            column = columns.get(name)
            if column is None:
                column = columns[name] = [None] * count
            column[row] = cell
        data.seq = snapshot.seq
        data._update_variables(snapshot.variables)
        return data

    def __len__(self) -> int:
        return len(self._runs)

    @property
    def variables(self) -> Mapping[str, VariableInfo]:
        """The columns by name, in display order: the comment, those declared, those that only have values."""
        return MappingProxyType(self._variables)

    def run(self, row: int) -> RunInfo:
        return self._runs[row]

    def row_of(self, key: RunKey) -> int | None:
        """Where a run is, or None if it is not in the table."""
        row = bisect_left(self._keys, key)
        return row if row < len(self._keys) and self._keys[row] == key else None

    def cell(self, row: int, name: str) -> CellValue | None:
        """What is stored for a variable in a run; None if nothing is."""
        column = self._columns.get(name)
        return None if column is None else column[row]

    def column(self, name: str) -> Sequence[CellValue | None]:
        """The cells of a variable, one a row. Not to be changed or kept: an update changes it."""
        column = self._columns.get(name)
        return [None] * len(self._runs) if column is None else column

    def numbers(self, name: str) -> Numbers:
        """The numbers of a variable, one a row, NaN where there is none; True and False are 1 and 0.

        Also for "proposal", "run", "start_time" and "added_at" (the times in seconds since 1970). The array is
        read-only and never changes: an update makes another one.
        """
        numbers = self._numbers.get(name)
        if numbers is None:
            numbers = self._gather_numbers(name)
            numbers.setflags(write=False)
            self._numbers[name] = numbers
        return numbers

    def _gather_numbers(self, name: str) -> Numbers:
        count = len(self._runs)
        if name in RUN_FACTS:
            return np.fromiter((self._number(row, name) for row in range(count)), np.float64, count)
        return np.fromiter(map(number_of, self.column(name)), np.float64, count)

    def _number(self, row: int, name: str) -> float:
        if name in RUN_FACTS:
            fact = RUN_FACTS[name](self._runs[row])
            return math.nan if fact is None else float(fact)
        return number_of(self.cell(row, name))

    def numeric_names(self) -> list[str]:
        """The variables that have a number in some run, in display order; "run" and its like are not among them."""
        return [
            name
            for name in self._variables
            if any(cell is not None and is_number(cell.value) for cell in self._columns.get(name, ()))
        ]

    def update(self, part: TableSnapshot, keys: Collection[RunKey]) -> TableDelta:
        """Replace the rows of ``keys`` by what ``part`` says; those it does not have are removed.

        ``part`` knows all declared variables, whatever runs it is about.
        """
        wanted = set(keys)
        runs = {run.key: run for run in part.runs if run.key in wanted}
        cells: dict[tuple[int, int], Cells] = {key: {} for key in runs}
        for cell_key, value in part.cells.items():
            row_cells = cells.get(cell_key[:2])
            if row_cells is not None and cell_key.name not in RUN_FACTS:
                row_cells[cell_key.name] = value

        removed = self._remove_rows(wanted - runs.keys())
        inserted = self._insert_rows([run for key, run in runs.items() if self.row_of(key) is None])
        fresh = set(inserted)
        changed: dict[int, frozenset[str]] = {}
        for row in sorted(bisect_left(self._keys, key) for key in runs):
            names = self._replace_row(row, runs[self._keys[row]], cells[self._keys[row]])
            if names and row not in fresh:
                changed[row] = names
        self._update_numbers(removed, inserted, changed)
        self.seq = part.seq
        return TableDelta(changed, inserted, removed, self._update_variables(part.variables))

    def _remove_rows(self, keys: Iterable[RunKey]) -> tuple[int, ...]:
        rows = tuple(sorted(row for key in keys if (row := self.row_of(key)) is not None))
        for first, end in reversed(stretches(rows)):
            del self._runs[first:end]
            del self._keys[first:end]
            for column in self._columns.values():
                del column[first:end]
        return rows

    def _insert_rows(self, runs: list[RunInfo]) -> tuple[int, ...]:
        """Make rows without cells for new runs; they are filled like those of runs that were there."""
        runs = sorted(runs, key=lambda run: run.key)
        rows = tuple(bisect_left(self._keys, run.key) + number for number, run in enumerate(runs))
        done = 0
        for first, end in stretches(rows):
            batch = runs[done : done + end - first]
            done += len(batch)
            self._runs[first:first] = batch
            self._keys[first:first] = [run.key for run in batch]
            for column in self._columns.values():
                column[first:first] = [None] * len(batch)
        return rows

    def _replace_row(self, row: int, run: RunInfo, cells: Cells) -> frozenset[str]:
        """Put in what a run has now; the names of what differs."""
        old = self._runs[row]
        self._runs[row] = run
        differing = {name for name, fact in RUN_FACTS.items() if fact(old) != fact(run)}
        for name, column in self._columns.items():
            cell = cells.get(name)
            if not same_cell(column[row], cell):
                column[row] = cell
                differing.add(name)
        for name in cells.keys() - self._columns.keys():
            column = self._columns[name] = [None] * len(self._runs)
            column[row] = cells[name]
            differing.add(name)
        return frozenset(differing)

    def _update_numbers(
        self, removed: Sequence[int], inserted: Sequence[int], changed: Mapping[int, frozenset[str]]
    ) -> None:
        """Bring the arrays that somebody asked for up to date, without looking at rows that stayed the same."""
        gaps = [row - number for number, row in enumerate(inserted)]
        for name, old in self._numbers.items():
            touched = [row for row, names in changed.items() if name in names]
            if not (removed or inserted or touched):
                continue
            numbers = np.insert(np.delete(old, removed), gaps, math.nan)
            for row in (*inserted, *touched):
                numbers[row] = self._number(row, name)
            numbers.setflags(write=False)
            self._numbers[name] = numbers

    def _update_variables(self, declared: Iterable[VariableInfo]) -> bool:
        """Renew the columns; whether they differ from before."""
        variables = {COMMENT: COMMENT_COLUMN}
        variables.update({info.name: info for info in declared if info.name not in RESERVED_NAMES})
        for name in sorted(self._columns.keys() - variables.keys()):
            if any(cell is not None for cell in self._columns[name]):
                variables[name] = VariableInfo(name, name)
            else:
                del self._columns[name]
        differ = list(variables.items()) != list(self._variables.items())
        self._variables = variables
        return differ


def stretches(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending numbers as ranges (first, end) of consecutive ones."""
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number:
            ranges[-1] = (ranges[-1][0], number + 1)
        else:
            ranges.append((number, number + 1))
    return ranges
