"""In which order the rows are shown: a pure function from the table to an array of row indices."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from damnit_backend.core.values import CellValue, Failure

from .comparing import is_number
from .table_data import RUN_FACTS, TableData

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Sort:
    """By which column, a variable or one of "proposal", "run", "start_time" and "added_at"."""

    name: str
    descending: bool = False


class _Rank(IntEnum):
    """What comes before what, in both directions: whoever sorts downwards looks for the largest, not for gaps."""

    NUMBER = 0
    TEXT = 1
    DATA = 2
    ERROR = 3
    NOTHING = 4


def row_order(data: TableData, sort: Sort | None) -> Rows:
    """The rows of the table in the order to show them; in that of (proposal, run) if there is no sort.

    Numbers come first (bool as 0 and 1, complex by magnitude), then text (numbers inside it by value), then data
    that have no order, errors, and last what is empty, skipped or NaN. Equals stay in the table's order.
    """
    if sort is None:
        return np.arange(len(data))
    if sort.name in RUN_FACTS:
        numbers = data.numbers(sort.name)
        ranks = np.where(np.isnan(numbers), _Rank.NOTHING, _Rank.NUMBER)
    else:
        ranks, numbers = _sort_keys(data.column(sort.name))
    numbers = np.nan_to_num(numbers, nan=0.0, posinf=np.inf, neginf=-np.inf)
    return np.lexsort((-numbers if sort.descending else numbers, ranks))


def _sort_keys(column: Sequence[CellValue | None]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float64]]:
    """A rank and a number for each cell; the number of a text is its place among the column's texts."""
    ranks = np.full(len(column), _Rank.NOTHING, np.int8)
    numbers = np.zeros(len(column))
    texts: dict[int, str] = {}
    for row, cell in enumerate(column):
        value = None if cell is None else cell.value
        if value is None:
            continue
        if is_number(value) or isinstance(value, complex):
            number = abs(value) if isinstance(value, complex) else float(value)
            if number == number:
                ranks[row], numbers[row] = _Rank.NUMBER, number
        elif isinstance(value, str):
            texts[row] = value
            ranks[row] = _Rank.TEXT if value.strip() else _Rank.NOTHING
        elif isinstance(value, Failure):
            ranks[row] = _Rank.NOTHING if value.is_skip else _Rank.ERROR
        else:
            ranks[row] = _Rank.DATA
    keys = {text: natural_key(text) for text in set(texts.values())}
    places = {key: place for place, key in enumerate(sorted(set(keys.values())))}
    for row, text in texts.items():
        numbers[row] = places[keys[text]]
    return ranks, numbers


_DIGITS = re.compile(r"([0-9]+)")


def natural_key(text: str) -> tuple[tuple[int, str], ...]:
    """What to sort a text by, so that "run 9" comes before "run 10"; upper and lower case are the same."""
    # Odd parts are digits: of two numbers without leading zeros the longer one is larger.
    parts = _DIGITS.split(text.casefold())
    return tuple(
        (len(part.lstrip("0")), part.lstrip("0")) if index % 2 else (0, part) for index, part in enumerate(parts)
    )
