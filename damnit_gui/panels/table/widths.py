"""How wide the columns are: as people dragged them, else as their titles and latest values want."""

from collections.abc import Mapping

from PyQt6.QtCore import QModelIndex, QObject, pyqtSignal
from PyQt6.QtGui import QFont, QFontMetrics

from damnit_backend.core.keys import COMMENT
from damnit_gui.cells import Shown, renderer_of
from damnit_gui.cells.delegate import MARGIN_X, MARGIN_Y, SHOWN_ROLE
from damnit_gui.models.run_table import RunTableModel
from damnit_gui.theme import tabular

from .view import RunTableView

NARROWEST, WIDEST_TITLE = 56, 200
COMMENT_WIDTH = 200
GRID = 1
"""A cell is narrower than its column by the line at its right."""
SAMPLE = 16
"""So many of the latest rows are looked at."""


class ColumnWidths(QObject):
    """Sets the sections' sizes whenever the columns change; notices when people drag an edge."""

    chosen_changed = pyqtSignal()
    """People chose a width; comes often while they drag."""

    def __init__(self, view: RunTableView, model: RunTableModel) -> None:
        super().__init__(view)
        self._view = view
        self._table = model
        self._chosen: dict[str, int] = {}
        self._wanted: dict[str, int] = {}
        self._setting = False
        for signal in (model.columnsInserted, model.columnsRemoved, model.layoutChanged, model.modelReset):
            signal.connect(self._columns_changed)
        model.headerDataChanged.connect(self._facts_changed)
        model.dataChanged.connect(self._values_changed)
        model.rowsInserted.connect(self._rows_inserted)
        view.header.sectionResized.connect(self._resized)
        view.header.sectionHandleDoubleClicked.connect(self.fit)
        self.apply()

    def _columns_changed(self) -> None:
        # Without the signal's own arguments.
        self.apply()

    @property
    def chosen(self) -> Mapping[str, int]:
        """The widths that people chose, by the column's name."""
        return dict(self._chosen)

    def restore(self, chosen: Mapping[str, int]) -> None:
        self._chosen = dict(chosen)
        self.apply()

    def refit(self) -> None:
        """Look at the values again: rows have another height."""
        self._wanted.clear()
        self.apply()

    def fit(self, section: int) -> None:
        """Forget what people chose for a column."""
        name = self._table.columns[section].name
        self._chosen.pop(name, None)
        self._wanted.pop(name, None)
        self.apply()
        self.chosen_changed.emit()

    def apply(self) -> None:
        """Set all sections."""
        self._apply(0, self._table.columnCount())

    def _apply(self, first: int, end: int) -> None:
        self._setting = True
        for section, column in enumerate(self._table.columns[first:end], first):
            width = self._chosen.get(column.name) or self._wanted_width(section)
            if self._view.header.sectionSize(section) != width:
                self._view.header.resizeSection(section, width)
        self._setting = False

    def _wanted_width(self, section: int) -> int:
        name = self._table.columns[section].name
        if name not in self._wanted:
            self._wanted[name] = self._measure(section)
        return self._wanted[name]

    def _measure(self, section: int) -> int:
        width = max(NARROWEST, min(self._view.header.title_width(section), WIDEST_TITLE))
        if self._table.columns[section].name == COMMENT:
            width = max(width, COMMENT_WIDTH)
        return max(width, self._measure_values(section, 0, self._table.rowCount()))

    def _measure_values(self, section: int, first: int, end: int) -> int:
        """How wide the last few values in a range of rows want to be."""
        font = QFont(tabular(self._view.font()))
        font.setBold(True)
        metrics, height = QFontMetrics(font), self._view.runs.defaultSectionSize() - 2 * MARGIN_Y
        width = 0
        for row in range(max(first, end - SAMPLE), end):
            shown = self._table.index(row, section).data(SHOWN_ROLE)
            if isinstance(shown, Shown):
                wanted = renderer_of(shown.cell.kind).width(shown, metrics, height)
                width = max(width, wanted + 2 * MARGIN_X + GRID if wanted else 0)
        return width

    def _values_changed(self, first: QModelIndex, last: QModelIndex) -> None:
        """Make room for values as they arrive; a column never becomes narrower by itself."""
        for section in range(first.column(), last.column() + 1):
            name = self._table.columns[section].name
            if name not in self._chosen and name in self._wanted:
                wanted = self._measure_values(section, first.row(), last.row() + 1)
                if wanted > self._wanted[name]:
                    self._wanted[name] = wanted
                    self._apply(section, section + 1)

    def _rows_inserted(self, parent: QModelIndex, first: int, last: int) -> None:  # noqa: ARG002
        if self._table.columnCount():
            self._values_changed(self._table.index(first, 0), self._table.index(last, self._table.columnCount() - 1))

    def _facts_changed(self, orientation: object, first: int, last: int) -> None:  # noqa: ARG002
        for column in self._table.columns[first : last + 1]:
            self._wanted.pop(column.name, None)
        self._apply(first, last + 1)

    def _resized(self, section: int, old: int, new: int) -> None:  # noqa: ARG002
        if not self._setting and new > 0 and section < len(self._table.columns):
            self._chosen[self._table.columns[section].name] = new
            self.chosen_changed.emit()
