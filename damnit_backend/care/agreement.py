"""Whether the table and a run's file say the same. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from damnit_backend.core.attributes import UNREADABLE
from damnit_backend.core.fingerprint import fingerprint
from damnit_backend.core.keys import RESERVED_NAMES
from damnit_backend.core.values import CellValue, Failure
from damnit_backend.store.examine import FileReport
from damnit_backend.store.rescue import COMPUTED

_TYPED_IN = ("manual-input", "")


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Names of variables of one run, by what is wrong with them."""

    no_row: bool = False
    """There are results of a run that is not in the table."""
    no_cell: tuple[str, ...] = ()
    """The file has a result that the table does not show."""
    no_result: tuple[str, ...] = ()
    """The table shows a computed value that is not in the file."""
    different: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    """What the table holds cannot be decoded."""

    def __bool__(self) -> bool:
        return bool(self.no_row or self.no_cell or self.no_result or self.different or self.unreadable)


def compare(
    report: FileReport | None,
    in_table: bool,
    cells: Mapping[str, CellValue],
    *,
    edited: Collection[str],
    deleted: Collection[str],
) -> Disagreement:
    """Compare a run's file (None: there is none) with its cells in the table.

    ``edited`` are the variables that people type in, whose results the table does not show; ``deleted`` those that
    people removed from this run.
    """
    stored = {} if report is None else {n: f for n, f in report.cells.items() if n not in RESERVED_NAMES}
    unreadable_here = set() if report is None else {_variable(place) for place in report.unreadable}
    ours = {name: cell for name, cell in cells.items() if name not in edited}
    return Disagreement(
        no_row=report is not None and not in_table and bool(stored),
        no_cell=tuple(name for name in stored if name not in cells and name not in edited and name not in deleted),
        no_result=tuple(
            name
            for name, cell in ours.items()
            if cell.provenance == COMPUTED and name not in stored and name not in unreadable_here
        ),
        different=tuple(
            name
            for name, cell in ours.items()
            if stored.get(name) and cell.provenance not in _TYPED_IN and fingerprint(cell.value) != stored[name]
        ),
        unreadable=tuple(name for name, cell in cells.items() if _is_unreadable(cell)),
    )


def _variable(place: str) -> str:
    return place.removeprefix("summary of ").removeprefix("preview of ")


def _is_unreadable(cell: CellValue) -> bool:
    return isinstance(cell.value, Failure) and cell.value.error_cls == UNREADABLE
