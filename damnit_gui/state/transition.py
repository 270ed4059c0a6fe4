"""How one sequence of shown rows (or columns) becomes another: what to remove, reorder and insert, in this order."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .table_data import TableData, TableDelta, stretches

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Transition:
    """Ranges are (first, end) of shown positions.

    ``removed``: from the last to the first, each counted when those before it in this list are gone already;
    ``kept``: what then is left, in its new order; ``moved``: whether that order is another one;
    ``inserted``: from the first to the last, each counted when those before it in this list are there already.
    """

    removed: tuple[tuple[int, int], ...]
    kept: Rows
    moved: bool
    inserted: tuple[tuple[int, int], ...]


def transition(old: Rows, new: Rows) -> Transition:
    """The way from ``old`` to ``new``, both without repeats."""
    stays = np.isin(old, new)
    fresh = ~np.isin(new, old)
    kept = new[~fresh]
    return Transition(
        removed=tuple(reversed(stretches(np.flatnonzero(~stays).tolist()))),
        kept=kept,
        moved=not np.array_equal(kept, old[stays]),
        inserted=tuple(stretches(np.flatnonzero(fresh).tolist())),
    )


def renumber(rows: Rows, delta: TableDelta, count: int) -> Rows:
    """Rows counted before an update as counted after it, when there are ``count``; -1 for those that are gone."""
    numbers = np.full(count + len(delta.removed) - len(delta.inserted), -1)
    still = np.delete(np.arange(len(numbers)), delta.removed)
    numbers[still] = np.delete(np.arange(count), delta.inserted)
    renumbered: Rows = numbers[rows]
    return renumbered


def structural_delta(old: TableData, new: TableData) -> TableDelta:
    """Which rows and columns another loading of the table added and removed; their cells are not compared."""
    old_keys = [old.run(row).key for row in range(len(old))]
    new_keys = [new.run(row).key for row in range(len(new))]
    return TableDelta(
        changed={},
        inserted=tuple(row for row, key in enumerate(new_keys) if old.row_of(key) is None),
        removed=tuple(row for row, key in enumerate(old_keys) if new.row_of(key) is None),
        columns_changed=list(old.variables.items()) != list(new.variables.items()),
    )
