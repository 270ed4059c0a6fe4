"""The menus that open over the table, and those of its bar."""

from collections.abc import Callable

from PyQt6.QtCore import QObject, QPoint
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QAbstractScrollArea, QMenu

from damnit_gui.models.run_table import RunTableModel
from damnit_gui.state.table_layout import Density

from .bar import TableBar
from .commands import TableCommands
from .menus import Entry, counted, make_menu
from .view import RunTableView

_DENSITIES = {Density.DENSE: "Dense: one line", Density.COMPACT: "Compact", Density.COMFORTABLE: "Large pictures"}


class TablePopups(QObject):
    """Opens menus where people ask for them; they are made anew each time, for what is there then."""

    def __init__(
        self,
        view: RunTableView,
        model: RunTableModel,
        bar: TableBar,
        commands: TableCommands,
        density: Callable[[], Density],
        set_density: Callable[[Density], None],
    ) -> None:
        super().__init__(view)
        self._view = view
        self._table = model
        self._bar = bar
        self._commands = commands
        self._density = density
        self._set_density = set_density
        view.customContextMenuRequested.connect(self._cell_menu)
        view.header.customContextMenuRequested.connect(self._column_menu)
        view.runs.customContextMenuRequested.connect(self._run_menu)
        bar.columns_menu.aboutToShow.connect(self._fill_columns)
        bar.rows_menu.aboutToShow.connect(self._fill_densities)

    def _cell_menu(self, at: QPoint) -> None:
        index = self._view.indexAt(at)
        if index.isValid():
            self._pop_up(self._commands.cell_entries(index), self._view, at)

    def _column_menu(self, at: QPoint) -> None:
        section = self._view.header.logicalIndexAt(at)
        if section >= 0:
            self._pop_up(self._commands.column_entries(section), self._view.header, at)

    def _run_menu(self, at: QPoint) -> None:
        row = self._view.runs.logicalIndexAt(at)
        if row < 0:
            return
        if self._table.key_at(row) not in self._commands.selected_runs():
            self._view.selectRow(row)
        self._pop_up(self._commands.run_entries(self._commands.selected_runs()), self._view.runs, at)

    def _pop_up(self, entries: list[Entry], over: QAbstractScrollArea, at: QPoint) -> None:
        viewport = over.viewport()
        if viewport is not None:
            make_menu(entries, self._view).popup(viewport.mapToGlobal(at))

    def _fill_columns(self) -> None:
        menu = self._bar.columns_menu
        menu.clear()
        columns = self._table.all_columns()
        hidden = [column for column in columns if column.name in self._table.hidden]
        everything = menu.addAction(f"Show {counted(len(hidden), 'hidden column')}" if hidden else "All are shown")
        if everything is not None:
            everything.setEnabled(bool(hidden))
            everything.triggered.connect(lambda: self._commands.show_all())
        menu.addSeparator()
        for column in columns:
            action = _check_action(menu, column.info.title, column not in hidden)
            action.toggled.connect(
                lambda shown, name=column.name: (self._commands.show_column if shown else self._commands.hide)(name)
            )

    def _fill_densities(self) -> None:
        menu = self._bar.rows_menu
        menu.clear()
        for density, text in _DENSITIES.items():
            action = _check_action(menu, text, density is self._density())
            action.triggered.connect(lambda _=False, density=density: self._set_density(density))


def _check_action(menu: QMenu, text: str, checked: bool) -> QAction:
    """A line of a menu with a tick. The text is shown as it is, even if it has an ampersand."""
    action = QAction(text.replace("&", "&&"), menu)
    action.setCheckable(True)
    action.setChecked(checked)
    menu.addAction(action)
    return action
