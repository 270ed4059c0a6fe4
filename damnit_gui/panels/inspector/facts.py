"""What the inspector says about a cell, put into words. Pure."""

from dataclasses import dataclass

from damnit_backend.core.keys import COMMENT, CellKey
from damnit_backend.core.texts import full_text, shape_text
from damnit_backend.core.values import CellValue, Failure, Kind, SmallArray
from damnit_backend.store.table import RunInfo, VariableInfo
from damnit_backend.store.typed import MANUAL
from damnit_gui.plots.ticks import number
from damnit_gui.services.editing import PendingEdit
from damnit_gui.state.formatting import short_text, time_text
from damnit_gui.state.table_data import TableData

_RUN_TITLES = {"run": "Run", "proposal": "Proposal", "start_time": "Start time", "added_at": "Time added"}
_DRAWN = (Kind.TREND, Kind.IMAGE)


@dataclass(frozen=True, slots=True)
class Facts:
    """A cell in words. ``value`` is empty for what is drawn, or is not there; ``rows`` are labels and texts."""

    title: str
    where: str
    value: str = ""
    absent: str = ""
    """Why there is no value, where that is no failure."""
    failure: Failure | None = None
    pending: str = ""
    """What is to be said of an edit that is not stored."""
    rows: tuple[tuple[str, str], ...] = ()
    has_result: bool = False
    """Whether the run's file may have more than the table shows."""


def facts_of(table: TableData, key: CellKey, pending: PendingEdit | None = None) -> Facts | None:
    """The facts of a cell; None if its run is not in the table."""
    row = table.row_of(key.row)
    if row is None:
        return None
    run = table.run(row)
    where = f"{key.row}"
    if key.name in _RUN_TITLES:
        return Facts(_RUN_TITLES[key.name], where, _run_fact(run, key.name), rows=_run_rows(run))
    variable = table.variables.get(key.name) or VariableInfo(key.name, key.name)
    cell = table.cell(row, key.name)
    failure = cell.value if cell is not None and isinstance(cell.value, Failure) else None
    return Facts(
        variable.title,
        where,
        _value(cell, variable, pending),
        "" if (cell is not None and cell.value is not None) or pending else _absent(variable),
        failure,
        _pending_text(pending),
        (*_variable_rows(variable), *_cell_rows(cell, variable), *_run_rows(run)),
        has_result=not variable.editable and key.name != COMMENT and cell is not None and failure is None,
    )


def _value(cell: CellValue | None, variable: VariableInfo, pending: PendingEdit | None) -> str:
    if pending is not None:
        return full_text(pending.value)
    if cell is None or cell.kind in _DRAWN or isinstance(cell.value, Failure):
        return ""
    text = short_text(cell.value) if _is_float(cell) else full_text(cell.value)
    units = cell.units or variable.units
    return f"{text} {units}" if units and text and not isinstance(cell.value, str) else text


def _is_float(cell: CellValue) -> bool:
    return isinstance(cell.value, float | complex)


def _absent(variable: VariableInfo) -> str:
    return "Nothing entered yet." if variable.editable else "Nothing stored for this run."


def _pending_text(pending: PendingEdit | None) -> str:
    if pending is None:
        return ""
    return f"Not stored: {pending.error}" if pending.error else "Not stored yet."


def _run_fact(run: RunInfo, name: str) -> str:
    match name:
        case "run":
            return str(run.key.run)
        case "proposal":
            return str(run.key.proposal)
        case "start_time":
            return time_text(run.start_time) or "Not known."
        case _:
            return time_text(run.added_at) or "Not known."


def _variable_rows(variable: VariableInfo) -> list[tuple[str, str]]:
    rows = [("Description", variable.description), ("Name", variable.name), ("Tags", ", ".join(variable.tags))]
    if variable.type is not None:
        rows.append(("Type", variable.type))
    return [row for row in rows if row[1]]


def _cell_rows(cell: CellValue | None, variable: VariableInfo) -> list[tuple[str, str]]:
    if cell is None:
        return []
    units = cell.units or variable.units
    rows = []
    if _is_float(cell) and short_text(cell.value) != full_text(cell.value):
        rows.append(("Exactly", full_text(cell.value)))
    if isinstance(cell.value, SmallArray):
        rows.append(("Array", f"{cell.value.data.dtype}, {shape_text(cell.value.data.shape)}"))
    if cell.summary_method:
        rows.append(("Summary", f"{cell.summary_method} of the data"))
    if cell.max_diff is not None and cell.max_diff > 0:
        spread = f"{number(cell.max_diff)} {units}".rstrip()
        rows.append(("Spread", f"{spread} from the smallest to the largest value"))
    if units and cell.kind in _DRAWN:
        rows.append(("Units", units))
    if cell.timestamp is not None:
        rows.append(("Stored", time_text(cell.timestamp)))
    if cell.provenance:
        rows.append(("From", "typed in by hand" if cell.provenance == MANUAL else cell.provenance))
    return rows


def _run_rows(run: RunInfo) -> tuple[tuple[str, str], ...]:
    start = time_text(run.start_time)
    return (("Run started", start),) if start else ()
