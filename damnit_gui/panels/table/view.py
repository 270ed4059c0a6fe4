"""The table view: keeps its place while rows come in, and has a key for everything."""

from PyQt6.QtCore import QItemSelectionModel, QModelIndex, Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PyQt6.QtWidgets import QAbstractItemView, QTableView, QWidget

from damnit_gui.cells.delegate import CellDelegate
from damnit_gui.models.run_table import RunTableModel
from damnit_gui.state.order import Sort
from damnit_gui.state.table_layout import Density

from .header import GroupedHeader
from .run_header import RunCorner, RunHeader

ROW_HEIGHTS = {Density.DENSE: 24, Density.COMPACT: 48, Density.COMFORTABLE: 88}

_Trigger = QAbstractItemView.EditTrigger


class RunTableView(QTableView):
    """Draws cells with `CellDelegate`; sorts by clicks on titles; moves columns by dragging them."""

    current_changed = pyqtSignal()
    opened = pyqtSignal(QModelIndex)
    """Enter or a double click on a cell that cannot be edited."""
    resized = pyqtSignal()
    typed = pyqtSignal(str)
    """Letters or digits typed into the table itself."""

    def __init__(self, model: RunTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = model
        self.header = GroupedHeader(model, self)
        self.runs = RunHeader(model, self)
        self.corner = RunCorner(model, self.header, self)
        self.setModel(model)
        self.setItemDelegate(CellDelegate(self))
        self.setEditTriggers(_Trigger.DoubleClicked | _Trigger.EditKeyPressed)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setHorizontalHeader(self.header)
        # A click on a title sorts; Qt's own reaction, to select ten thousand cells, would be in the way.
        self.header.sectionPressed.disconnect()
        self.header.sectionEntered.disconnect()
        self.header.sectionClicked.connect(self._title_clicked)
        self.header.sectionMoved.connect(self._section_moved)
        self.header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setVerticalHeader(self.runs)
        self.runs.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.corner.clicked.connect(self._corner_clicked)
        self.doubleClicked.connect(self._double_clicked)
        model.rowsInserted.connect(self._keep_place_after_insertion)
        model.rowsAboutToBeRemoved.connect(self._keep_place_before_removal)
        self.set_density(Density.COMPACT)

    def set_density(self, density: Density) -> None:
        """Make all rows as high as that, and keep the topmost where it is."""
        top = self.rowAt(0)
        self.runs.setMinimumSectionSize(ROW_HEIGHTS[Density.DENSE])
        self.runs.setDefaultSectionSize(ROW_HEIGHTS[density])
        if top > 0:
            self.scrollTo(self._table.index(top, max(self.columnAt(0), 0)), self.ScrollHint.PositionAtTop)

    def go_to(self, row: int, section: int) -> None:
        """Make a cell the current one, and bring it into view."""
        if 0 <= row < self._table.rowCount() and 0 <= section < self._table.columnCount():
            self.setCurrentIndex(self._table.index(row, section))

    def show_row(self, row: int) -> None:
        """Bring a row into view, without moving sideways."""
        bar, viewport = self.verticalScrollBar(), self.viewport()
        if bar is None or viewport is None:
            return
        self.updateGeometries()
        height = self.runs.defaultSectionSize()
        top, bottom = row * height, (row + 1) * height - viewport.height()
        bar.setValue(min(max(bar.value(), bottom), top))

    def is_row_in_view(self, row: int) -> bool:
        """Whether something of a row can be seen."""
        viewport = self.viewport()
        top = self.rowViewportPosition(row)
        return viewport is not None and -self.runs.defaultSectionSize() < top < viewport.height()

    @property
    def is_editing(self) -> bool:
        return self.state() == QAbstractItemView.State.EditingState

    def updateGeometries(self) -> None:
        super().updateGeometries()
        self.corner.setGeometry(self.frameWidth(), self.frameWidth(), self.runs.width(), self.header.height())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        super().currentChanged(current, previous)
        viewport = self.runs.viewport()
        if viewport is not None and current.row() != previous.row():
            viewport.update()
        self.current_changed.emit()

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        """Begin at a run in sight, the newest if it is: Qt would take the first one, wherever it is."""
        selection = self.selectionModel()
        if selection is not None and not self.currentIndex().isValid():
            newest = self._table.newest_run()
            row = None if newest is None else self._table.row_of(newest)
            if row is not None and not self.is_row_in_view(row):
                row = self.rowAt(0)
            if row is not None:
                selection.setCurrentIndex(self._table.index(row, 0), QItemSelectionModel.SelectionFlag.NoUpdate)
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        if self.is_editing:  # a key that the editor has done with
            super().keyPressEvent(event)
            return
        index = self.currentIndex()
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain and index.isValid():
            if self._table.flags(index) & Qt.ItemFlag.ItemIsEditable:
                self.edit(index)
            else:
                self.opened.emit(index)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and plain:
            self._table.clear_cells(self.selectedIndexes())
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str | None) -> None:
        """Typed letters look for a column, typed digits for a run (Qt would compare every row's text)."""
        if search and search.strip():
            self.typed.emit(search)

    def _double_clicked(self, index: QModelIndex) -> None:
        if not self._table.flags(index) & Qt.ItemFlag.ItemIsEditable:
            self.opened.emit(index)

    def _title_clicked(self, section: int) -> None:
        if self.header.pressed_on_title:
            self._table.sort_by(next_sort(self._table.current_sort, self._table.columns[section].name))
            self._show_current()

    def _corner_clicked(self) -> None:
        sort = self._table.current_sort
        self._table.sort_by(Sort("run", descending=True) if sort is None else None)
        self._show_current()

    def _show_current(self) -> None:
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def _section_moved(self, section: int, old: int, new: int) -> None:  # noqa: ARG002
        """The model has the columns' order: undo what Qt did to the header alone, and tell the model."""
        self.header.blockSignals(True)
        self.header.moveSection(new, old)
        self.header.blockSignals(False)
        self._table.move_column(old, new)

    def _keep_place_after_insertion(self, parent: QModelIndex, first: int, last: int) -> None:  # noqa: ARG002
        self._shift(first, last - first + 1)

    def _keep_place_before_removal(self, parent: QModelIndex, first: int, last: int) -> None:  # noqa: ARG002
        self._shift(first, first - last - 1)

    def _shift(self, first: int, count: int) -> None:
        """Rows came in (or are about to go) above what is seen: what is seen stays where it is.

        At the very top nothing is above: there people see new rows come in.
        """
        bar = self.verticalScrollBar()
        height = self.runs.defaultSectionSize()
        if bar is not None and bar.value() > 0 and first * height < bar.value():
            self.updateGeometries()
            bar.setValue(bar.value() + count * height)


def next_sort(sort: Sort | None, name: str) -> Sort | None:
    """What a click on a column's title makes of the sort: upwards, then downwards, then the order of the runs."""
    if sort is None or sort.name != name:
        return Sort(name)
    return None if sort.descending else Sort(name, descending=True)
