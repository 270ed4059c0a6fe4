"""The run table as Qt's views see it: values, texts, tooltips and edits of the shown cells."""

from collections.abc import Iterable
from typing import Any

from PyQt6.QtCore import QModelIndex, QObject, Qt

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey
from damnit_backend.core.texts import full_text
from damnit_backend.core.values import CellValue, Kind
from damnit_backend.store.table import START_TIME
from damnit_gui.cells import EditState, Shown, renderer_of
from damnit_gui.cells.base import CENTRE, EMPTY, LEFT
from damnit_gui.cells.delegate import SHOWN_ROLE
from damnit_gui.cells.editors import TYPE_ROLE
from damnit_gui.cells.tooltip import cell_tooltip, column_tooltip, run_tooltip
from damnit_gui.services.folder_session import FolderSession
from damnit_gui.state.columns import Column
from damnit_gui.state.formatting import same_units, short_text, time_text
from damnit_gui.state.order import Sort
from damnit_gui.state.parsing import parse_typed

from .following import FollowingModel

_Role = Qt.ItemDataRole


class RunTableModel(FollowingModel):
    """Edits go to the session's `Editing` service, and show as pending at once.

    ``UserRole`` is the stored `CellValue` (None if nothing is), `SHOWN_ROLE` what the delegate paints.
    """

    def __init__(self, session: FolderSession, parent: QObject | None = None) -> None:
        self._editing = session.editing
        self._notifier = session.notifier
        self._read_only = session.read_only
        super().__init__(session.table, parent)
        self._editing.pending_changed.connect(self._announce_cell)

    def cell_key(self, index: QModelIndex) -> CellKey:
        return CellKey(*self.key_at(index.row()), self._columns[index.column()].name)

    def data(self, index: QModelIndex, role: int = _Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = int(self._rows[index.row()]), self._columns[index.column()]
        if row < 0:  # on its way out: the data do not have it any more
            return None
        # In the order of how often they are asked for.
        if role == SHOWN_ROLE:
            return self._shown(row, column)
        if role == _Role.DisplayRole:
            shown = self._shown(row, column)
            return short_text(shown.cell.value, shown.units)
        if role == _Role.UserRole:
            return self._loaded.cell(row, column.name)
        if role == _Role.TextAlignmentRole:
            return renderer_of(self._shown(row, column).cell.kind).alignment
        if role in (_Role.EditRole, _Role.AccessibleTextRole):
            return full_text(self._shown(row, column).cell.value)
        if role == _Role.ToolTipRole:
            return self._tooltip(row, column)
        if role == TYPE_ROLE:
            return column.info.type if self._is_editable(column) else None
        return None

    def _shown(self, row: int, column: Column) -> Shown:
        data = self._loaded
        if column.name == START_TIME:
            return Shown(CellValue(time_text(data.run(row).start_time)))
        if column.info.editable:
            edit = self._editing.pending(CellKey(*data.run(row).key, column.name))
            if edit is not None:
                state = EditState.FAILED if edit.error else EditState.WAITING
                return Shown(CellValue(edit.value), state=state)
        cell = data.cell(row, column.name) or EMPTY
        if not cell.units or same_units(cell.units, self._facts_of(column).units):
            return Shown(cell)
        return Shown(cell, cell.units)

    def _tooltip(self, row: int, column: Column) -> str:
        run = self._loaded.run(row)
        if column.name == START_TIME:
            return run_tooltip(run)
        shown = self._shown(row, column)
        edit = self._editing.pending(CellKey(*run.key, column.name))
        return cell_tooltip(run.key, column.info, shown.cell, shown.state, edit.error if edit else "")

    def full_text(self, index: QModelIndex) -> str:
        """The text of a cell without loss, for copying."""
        text = self.data(index, _Role.EditRole)
        return text if isinstance(text, str) else ""

    def _is_editable(self, column: Column) -> bool:
        return column.info.editable and not self._read_only

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.isValid() and self._is_editable(self._columns[index.column()]):
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def setData(self, index: QModelIndex, value: Any, role: int = _Role.EditRole) -> bool:
        """Store what a person typed. What means nothing in that column is refused, and the notifier says why."""
        if role != _Role.EditRole or not index.isValid():
            return False
        column = self._columns[index.column()]
        if not self._is_editable(column):
            return False
        try:
            typed = parse_typed(str(value), column.info.type or "")
        except UserError as error:
            self._notifier.report(error)
            return False
        self._editing.edit(self.cell_key(index), typed)
        return True

    def clear_cells(self, indexes: Iterable[QModelIndex]) -> None:
        """Empty those of the cells that people may edit."""
        # Names first: an edit may sort the rows anew.
        for key in [self.cell_key(index) for index in indexes if self._is_editable(self._columns[index.column()])]:
            self._editing.edit(key, None)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return self._run_header(section, role) if 0 <= section < len(self._rows) else None
        if not 0 <= section < len(self._columns):
            return None
        column = self._columns[section]
        if role == _Role.DisplayRole:
            return column.title
        if role == _Role.ToolTipRole:
            return column_tooltip(column.info)
        if role == _Role.TextAlignmentRole:
            return self._header_alignment(section)
        return None

    def _header_alignment(self, section: int) -> Qt.AlignmentFlag:
        kind = self.facts(section).kind
        return LEFT if kind in (Kind.EMPTY, Kind.FAILURE) else renderer_of(kind).alignment

    def _run_header(self, row: int, role: int) -> Any:
        place = int(self._rows[row])
        if place < 0:
            return None
        run = self._loaded.run(place)
        if role == _Role.DisplayRole:
            return f"{run.key.proposal} · {run.key.run}" if self.has_several_proposals else str(run.key.run)
        if role == _Role.ToolTipRole:
            return run_tooltip(run)
        return CENTRE if role == _Role.TextAlignmentRole else None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a shown column; a negative one stands for the runs' own order."""
        descending = order == Qt.SortOrder.DescendingOrder
        self.sort_by(Sort(self._columns[column].name, descending) if column >= 0 else None)
