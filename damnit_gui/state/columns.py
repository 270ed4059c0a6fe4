"""Which columns are shown, in which order, under which titles."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from damnit_backend.core.keys import COMMENT
from damnit_backend.core.values import Failure, Kind
from damnit_backend.store.table import START_TIME, VariableInfo

from .table_data import TableData

FIRST = (START_TIME, COMMENT)
"""What comes before the variables. The run, and the proposal if there are several, stand at the rows' left edge,
where they stay in view."""

TIME_COLUMN = VariableInfo(START_TIME, "Time", None, "When the run started, in this computer's time zone.")


@dataclass(frozen=True)
class Column:
    """A column as its header shows it: `title` below the `groups` that it belongs to."""

    info: VariableInfo
    title: str
    groups: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.info.name


def column_of(info: VariableInfo) -> Column:
    """The title of a variable, taken apart at its slashes: "Diode/Left/Mean" is Mean in Left in Diode."""
    parts = [part.strip() for part in info.title.split("/")]
    parts = [part for part in parts if part] or [info.name]
    return Column(info, parts[-1], tuple(parts[:-1]))


def all_columns(data: TableData) -> tuple[Column, ...]:
    """Every column of the table: the time, the comment, then the variables as declared."""
    variables = data.variables
    infos = [TIME_COLUMN, variables[COMMENT], *(info for name, info in variables.items() if name not in FIRST)]
    return tuple(column_of(info) for info in infos)


def arrange(columns: Iterable[Column], order: Sequence[str], hidden: Collection[str]) -> tuple[Column, ...]:
    """The columns to show: those not hidden, those named in ``order`` in that order.

    One that is not named in it (a new variable) comes after the one it follows in the table.
    """
    columns = list(columns)
    known = {column.name: column for column in columns}
    arranged = [name for name in dict.fromkeys(order) if name in known]
    previous: str | None = None
    placed = set(arranged)
    for column in columns:
        if column.name not in placed:
            arranged.insert(0 if previous is None else arranged.index(previous) + 1, column.name)
        previous = column.name
    return tuple(known[name] for name in arranged if name not in hidden)


@dataclass(frozen=True)
class Span:
    """A group's title over neighbouring columns: ``first`` and ``last`` (included) count shown columns."""

    title: str
    first: int
    last: int


def header_spans(columns: Sequence[Column]) -> tuple[tuple[Span, ...], ...]:
    """The group titles over the columns, by level from the top; neighbours of the same group share one span."""
    depth = max((len(column.groups) for column in columns), default=0)
    levels: list[tuple[Span, ...]] = []
    for level in range(depth):
        spans: list[Span] = []
        previous: tuple[str, ...] = ()
        for index, column in enumerate(columns):
            path = column.groups[: level + 1]
            if len(path) <= level:
                previous = ()
                continue
            if path == previous:
                spans[-1] = Span(path[level], spans[-1].first, index)
            else:
                spans.append(Span(path[level], index, index))
            previous = path
        levels.append(tuple(spans))
    return tuple(levels)


@dataclass(frozen=True)
class ColumnFacts:
    """What a column's latest value says about all of them: the kind, and the units to name in the header."""

    kind: Kind
    units: str


_LOOK_BACK = 2000
"""How many of the latest runs are asked; if none of them has a value, nothing is known of a column."""

_ASKED = 10
"""How many of the latest values are asked for units: some values of a column may have none."""

_KIND_OF_TYPE = {"boolean": Kind.BOOL, "integer": Kind.NUMBER, "number": Kind.NUMBER, "string": Kind.TEXT}


def column_facts(data: TableData, info: VariableInfo) -> ColumnFacts:
    """Facts from the declaration and the latest cells with a value; a cell with other units names them itself."""
    if info.name == START_TIME:
        return ColumnFacts(Kind.TEXT, "")
    latest = islice(reversed(data.column(info.name)), _LOOK_BACK)
    valued = (cell for cell in latest if cell is not None and not isinstance(cell.value, Failure | None))
    cells = list(islice(valued, _ASKED))
    kind = _KIND_OF_TYPE.get(info.type or "") or next((cell.kind for cell in cells), Kind.EMPTY)
    return ColumnFacts(kind, info.units or next((cell.units for cell in cells if cell.units), ""))
