"""What people do with the cells and runs that they selected."""

from collections.abc import Sequence

from PyQt6.QtCore import QItemSelectionRange, QModelIndex, QObject, Qt, pyqtSignal
from PyQt6.QtWidgets import QApplication

from damnit_backend.core.keys import COMMENT, CellKey, RunKey
from damnit_backend.store.table import START_TIME
from damnit_gui.models.run_table import RunTableModel
from damnit_gui.services.folder_session import FolderSession
from damnit_gui.state.copying import as_tsv
from damnit_gui.state.order import Sort

from .menus import SEPARATOR, Entry, counted
from .view import RunTableView

MOST_COPIED = 500_000
"""More cells than this are not copied at once: the clipboard and the program that takes them would stall."""


class TableCommands(QObject):
    """Acts on the selection, and says which commands make sense for a cell, a column or a run."""

    opened = pyqtSignal(object)
    plot_requested = pyqtSignal(str)
    log_requested = pyqtSignal(object)

    def __init__(self, session: FolderSession, model: RunTableModel, view: RunTableView) -> None:
        super().__init__(view)
        self._session = session
        self._table = model
        self._view = view

    def selected_runs(self) -> list[RunKey]:
        """The runs with a selected cell, in the order shown; that of the current cell if none is selected."""
        rows = {row for part in self._parts() for row in range(part.top(), part.bottom() + 1)}
        if not rows and self._view.currentIndex().isValid():
            rows.add(self._view.currentIndex().row())
        return [self._table.key_at(row) for row in sorted(rows)]

    def _parts(self) -> list[QItemSelectionRange]:
        """The selected rectangles."""
        model = self._view.selectionModel()
        if model is None:
            return []
        selection = model.selection()
        return [selection[number] for number in range(selection.count())]

    def copy(self, *, headings: bool = False) -> None:
        """Put the selected cells on the clipboard, on request with titles and run numbers."""
        parts = self._parts()
        if sum(part.width() * part.height() for part in parts) > MOST_COPIED:
            self._session.notifier.warning(
                "That is too much for the clipboard.", f"Select fewer than {MOST_COPIED:,} cells."
            )
            return
        cells = {
            (row, section): self._table.full_text(self._table.index(row, section))
            for part in parts
            for row in range(part.top(), part.bottom() + 1)
            for section in range(part.left(), part.right() + 1)
        }
        clipboard = QApplication.clipboard()
        if not cells or clipboard is None:
            return
        titles = runs = None
        if headings:
            titles = {section: self._title_with_units(section) for _, section in cells}
            runs = {row: self._run_text(self._table.key_at(row)) for row, _ in cells}
        clipboard.setText(as_tsv(cells, titles, runs))

    def _title_with_units(self, section: int) -> str:
        title, units = self._table.columns[section].info.title, self._table.facts(section).units
        return f"{title} ({units})" if units else title

    def _run_text(self, key: RunKey) -> str:
        return str(key) if self._table.has_several_proposals else str(key.run)

    def reprocess(self, runs: Sequence[RunKey], name: str | None = None) -> None:
        self._session.backend.reprocess(runs, None if name is None else [name])

    def hide(self, name: str) -> None:
        self._table.set_columns(self._table.column_order(), self._table.hidden | {name})

    def show_column(self, name: str) -> None:
        self._table.set_columns(self._table.column_order(), self._table.hidden - {name})

    def show_all(self) -> None:
        self._table.set_columns(self._table.column_order(), ())

    def is_computed(self, section: int) -> bool:
        info = self._table.columns[section].info
        return not info.editable and info.name not in (START_TIME, COMMENT)

    def cell_entries(self, index: QModelIndex) -> list[Entry]:
        """For a cell; what concerns runs is about all that are selected."""
        key = self._table.cell_key(index)
        first = (
            Entry("Edit", lambda: self._edit(key), "mdi6.pencil-outline", "F2")
            if self._table.flags(index) & Qt.ItemFlag.ItemIsEditable
            else Entry(
                "Open", lambda: self.opened.emit(key), "mdi6.arrow-expand", "Return", enabled=key.name != START_TIME
            )
        )
        entries = [first, *self._failed_edit(key), Entry("Copy", self.copy, "mdi6.content-copy", "Ctrl+C")]
        entries.append(Entry("Copy with headings", lambda: self.copy(headings=True), keys="Ctrl+Shift+C"))
        section = index.column()
        entries += [SEPARATOR, self._plot(section), self._hide(section), SEPARATOR]
        return entries + self.run_entries(self.selected_runs(), section)

    def _edit(self, key: CellKey) -> None:
        # Looked for only now: rows may have come in while the menu was open.
        row, section = self._table.row_of(key.row), self._table.section_of(key.name)
        if row is not None and section is not None:
            self._view.edit(self._table.index(row, section))

    def _select_column(self, name: str) -> None:
        section = self._table.section_of(name)
        if section is not None:
            self._view.selectColumn(section)

    def _failed_edit(self, key: CellKey) -> list[Entry]:
        edit = self._session.editing.pending(key)
        if edit is None or not edit.error:
            return []
        return [Entry("Dismiss the edit that failed", lambda: self._session.editing.forget(key), "mdi6.close")]

    def _plot(self, section: int) -> Entry:
        column = self._table.columns[section]
        data = self._session.table.data
        can = data is not None and (column.name == START_TIME or column.name in data.numeric_names())
        return Entry(
            f"Plot “{column.title}”", lambda: self.plot_requested.emit(column.name), "mdi6.chart-line", enabled=can
        )

    def _hide(self, section: int) -> Entry:
        column = self._table.columns[section]
        return Entry(f"Hide “{column.title}”", lambda: self.hide(column.name), "mdi6.eye-off-outline")

    def column_entries(self, section: int) -> list[Entry]:
        """For a column's title."""
        column = self._table.columns[section]
        hidden = len(self._table.all_columns()) - len(self._table.columns)
        return [
            Entry("Sort upwards", lambda: self._table.sort_by(Sort(column.name)), "mdi6.sort-ascending"),
            Entry("Sort downwards", lambda: self._table.sort_by(Sort(column.name, True)), "mdi6.sort-descending"),
            Entry("Order of the runs", lambda: self._table.sort_by(None), enabled=self._table.current_sort is not None),
            SEPARATOR,
            self._plot(section),
            Entry("Select the column", lambda: self._select_column(column.name)),
            SEPARATOR,
            self._hide(section),
            Entry(
                f"Show {counted(hidden, 'hidden column')}" if hidden else "Show hidden columns",
                self.show_all,
                enabled=hidden > 0,
            ),
        ]

    def run_entries(self, runs: Sequence[RunKey], section: int | None = None) -> list[Entry]:
        """For runs; with ``section``, also for one variable in them."""
        if not runs:
            return []
        one = f"run {runs[0].run}" if len(runs) == 1 else counted(len(runs), "run")
        can = not self._session.read_only
        entries = [Entry(f"Reprocess {one}", lambda: self.reprocess(runs), "mdi6.refresh", enabled=can)]
        if section is not None and self.is_computed(section):
            column = self._table.columns[section]
            text = f"Reprocess “{column.title}” in {one}"
            entries.append(Entry(text, lambda: self.reprocess(runs, column.name), enabled=can))
        show = Entry(
            f"Show the log of run {runs[0].run}",
            lambda: self.log_requested.emit(runs[0]),
            "mdi6.text-box-outline",
            enabled=len(runs) == 1,
        )
        return [*entries, show]
