"""The run table with all that belongs to it: what the window puts into its middle."""

from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey, RunKey
from damnit_gui.models.run_table import RunTableModel
from damnit_gui.services.folder_session import FolderSession
from damnit_gui.services.listener_view import ListenerView
from damnit_gui.state.order import Sort
from damnit_gui.state.table_layout import Density, TableLayout

from .bar import TableBar
from .commands import TableCommands
from .finder import Finder
from .follower import Follower
from .menus import counted
from .placeholder import Placeholder
from .popups import TablePopups
from .trouble import TroubleStrip
from .view import RunTableView
from .widths import ColumnWidths


class RunTablePanel(QWidget):
    """Runs x variables of the session's folder; or, while there are none, why."""

    current_cell_changed = pyqtSignal(object)
    """The `CellKey` of the current cell, or None."""
    open_cell = pyqtSignal(object)
    """The `CellKey` of a cell that people want to see whole."""
    plot_requested = pyqtSignal(str)
    """The name of a column to plot."""
    show_log = pyqtSignal(object)
    """The `RunKey` whose log people want to see."""
    layout_changed = pyqtSignal()
    """People arranged something anew that `layout_state` tells."""

    def __init__(self, session: FolderSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._density = Density.COMPACT
        self._current: CellKey | None = None
        self._failure: UserError | None = None
        self.model = RunTableModel(session, self)
        self.view = RunTableView(self.model, self)
        self.bar = TableBar(self)
        self.placeholder = Placeholder(self)
        self._pages = QStackedWidget(self)
        self._widths = ColumnWidths(self.view, self.model)
        self._commands = TableCommands(session, self.model, self.view)
        self.trouble = TroubleStrip(session.folder.context_file.name)
        self._finder = Finder(self.bar, self.view, self.model)
        self._follower = Follower(self.view, self.model)
        TablePopups(self.view, self.model, self.bar, self._commands, lambda: self._density, self.set_density)
        self._lay_out()
        self._connect()
        self._add_keys()
        self._show_page()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.trouble)
        layout.addWidget(self.bar)
        layout.addWidget(self._pages, 1)
        self._pages.addWidget(self.placeholder)
        self._pages.addWidget(self.view)
        self.bar.read_only.setVisible(self._session.read_only)
        self.bar.follow.setChecked(True)
        self.bar.setVisible(False)
        self.setFocusProxy(self.view)

    def _connect(self) -> None:
        model, view, table = self.model, self.view, self._session.table
        for signal in (model.rowsInserted, model.rowsRemoved, model.columnsInserted, model.columnsRemoved):
            signal.connect(self._show_page)
        model.modelReset.connect(self._show_page)
        table.failed.connect(self._loading_failed)
        table.reset.connect(self._show_page)
        self.placeholder.retry.connect(self._retry)
        self._session.backend.status_changed.connect(self._show_page)
        self._session.backend.status_changed.connect(self.trouble.show_listener)
        self._session.backend.status_changed.connect(self._mark_in_work)
        self.trouble.restart_wanted.connect(self._session.backend.restart)
        view.current_changed.connect(self._announce_current)
        model.modelReset.connect(self._announce_current)
        view.opened.connect(lambda index: self.open_cell.emit(model.cell_key(index)))
        self._commands.opened.connect(self.open_cell)
        self._commands.plot_requested.connect(self.plot_requested)
        self._commands.log_requested.connect(self.show_log)
        self.bar.follow.toggled.connect(self._follow_toggled)
        for changed in (model.sort_changed, model.arrangement_changed, self._widths.chosen_changed):
            changed.connect(self.layout_changed)

    def _add_keys(self) -> None:
        """Keys that work wherever in the panel the focus is."""
        keys: tuple[tuple[str, str, Callable[[], object]], ...] = (
            ("Find column", "Ctrl+F", self._finder.begin_column),
            ("Go to run", "Ctrl+G", self._finder.begin_run),
            ("Copy", "Ctrl+C", self._commands.copy),
            ("Copy with headings", "Ctrl+Shift+C", lambda: self._commands.copy(headings=True)),
            ("Sort upwards", "Alt+Up", lambda: self._sort_current(descending=False)),
            ("Sort downwards", "Alt+Down", lambda: self._sort_current(descending=True)),
            ("Order of the runs", "Alt+Home", lambda: self.model.sort_by(None)),
        )
        for text, key, run in keys:
            action = QAction(text, self)
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(lambda _=False, run=run: run())
            self.addAction(action)

    # For the window

    def current_cell(self) -> CellKey | None:
        return self._current

    def selected_rows(self) -> list[RunKey]:
        """The runs with a selected cell, in the order shown; that of the current cell if none is selected."""
        return self._commands.selected_runs()

    def set_follow(self, follow: bool) -> None:
        """Scroll to new runs as they arrive, or stay."""
        self.bar.follow.setChecked(follow)

    def focus_run(self, key: RunKey) -> None:
        """Make the row of a run the current one; nothing happens if it is not shown."""
        row = self.model.row_of(key)
        if row is not None:
            self.view.go_to(row, max(self.view.currentIndex().column(), 0))

    def focus_cell(self, key: CellKey) -> None:
        """Make a cell the current one; nothing happens if it is not shown."""
        row, section = self.model.row_of(key.row), self.model.section_of(key.name)
        if row is not None and section is not None:
            self.view.go_to(row, section)

    def layout_state(self) -> dict[str, Any]:
        """How people arranged the table, as plain JSON for `restore_layout`."""
        return TableLayout(
            order=tuple(self.model.column_order()),
            hidden=self.model.hidden,
            widths=self._widths.chosen,
            sort=self.model.current_sort,
            density=self._density,
            follow=self._follower.enabled,
        ).to_dict()

    def restore_layout(self, stored: object) -> None:
        """Arrange the table as `layout_state` told once; what makes no sense in it is left out."""
        layout = TableLayout.from_dict(stored)
        self.model.set_columns(layout.order, layout.hidden)
        self._widths.restore(layout.widths)
        self.set_density(layout.density)
        self.model.sort_by(layout.sort)
        self.set_follow(layout.follow)

    def set_density(self, density: Density) -> None:
        self._density = density
        self.view.set_density(density)
        self._widths.refit()
        self.layout_changed.emit()

    # What happens

    def _mark_in_work(self, status: ListenerView) -> None:
        self.view.runs.set_in_work(status.runs)

    def _show_page(self) -> None:
        """The table, or why there is none; how much of it there is."""
        rows = self.model.rowCount()
        if (self._pages.currentWidget() is self.view) != (rows > 0):
            had_focus = self.isAncestorOf(QApplication.focusWidget())
            self._pages.setCurrentWidget(self.view if rows else self.placeholder)
            self.bar.setVisible(rows > 0)
            if had_focus:
                self.view.setFocus()
        shown, columns = self.model.columnCount(), len(self.model.all_columns())
        some = "" if shown == columns else f"{shown} of "
        self.bar.count.setText(f"{counted(rows, 'run')} · {some}{counted(columns, 'column')}")
        if self._session.table.data is not None:
            self._failure = None
            session = self._session
            self.placeholder.show_empty(session.proposal, session.read_only, session.backend.view.text)
        elif self._failure is not None:
            self.placeholder.show_failure(self._failure)
        else:
            self.placeholder.show_loading()

    def _loading_failed(self, error: UserError) -> None:
        """A table that was there stays; then it is for the notifier to say."""
        if self._session.table.data is None:
            self._failure = error
            self._show_page()
        else:
            self._session.notifier.report(error)

    def _retry(self) -> None:
        self._failure = None
        self._show_page()
        self._session.table.request_reload()

    def _announce_current(self) -> None:
        index = self.view.currentIndex()
        key = self.model.cell_key(index) if index.isValid() else None
        if key != self._current:
            self._current = key
            self.current_cell_changed.emit(key)

    def _follow_toggled(self, follow: bool) -> None:
        self._follower.set_enabled(follow)
        self.layout_changed.emit()

    def _sort_current(self, *, descending: bool) -> None:
        index = self.view.currentIndex()
        if index.isValid():
            self.model.sort_by(Sort(self.model.columns[index.column()].name, descending))
