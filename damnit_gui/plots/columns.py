"""The columns that can be plotted: their names, what people read for them, and their axes."""

from dataclasses import dataclass

from damnit_gui.state.table_data import TableData

from .data import AxisInfo

RUN_FACTS = {"run": "Run", "start_time": "Start time", "added_at": "Time added", "proposal": "Proposal"}
"""Facts of the run itself, which every table has."""

TIMES = frozenset({"start_time", "added_at"})
WHOLE = frozenset({"run", "proposal"})
_OFFERED_FACTS = ("run", "start_time")


@dataclass(frozen=True, slots=True)
class Column:
    """A column to choose: the name is kept, the title shown."""

    name: str
    title: str


def plottable_columns(table: TableData) -> tuple[Column, ...]:
    """Run and start time first, then every column with numbers in the table's order."""
    facts = [Column(name, RUN_FACTS[name]) for name in _OFFERED_FACTS]
    return (*facts, *(Column(name, table.variables[name].title) for name in table.numeric_names()))


def axis_of(table: TableData, name: str, *, log: bool = False) -> AxisInfo:
    """The axis of a column. An unknown column has its name as title: it may get values later."""
    if name in RUN_FACTS:
        return AxisInfo(RUN_FACTS[name], time=name in TIMES, whole=name in WHOLE, log=log and name not in TIMES)
    variable = table.variables.get(name)
    title = variable.title if variable else name
    return AxisInfo(title, units_of(table, name), log=log)


def units_of(table: TableData, name: str) -> str:
    """The units declared for a column, else those of its first cell that has some."""
    variable = table.variables.get(name)
    if variable is None or variable.units:
        return variable.units if variable else ""
    return next((cell.units for cell in table.column(name) if cell is not None and cell.units), "")
