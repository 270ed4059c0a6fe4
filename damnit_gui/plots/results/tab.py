"""A full result in a tab of the plot pane, or in a window of its own."""

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey
from damnit_backend.core.values import CellValue, Failure
from damnit_backend.store.results import NoResultError
from damnit_gui.plots.columns import units_of
from damnit_gui.plots.controls import tool_button
from damnit_gui.plots.data import AxisInfo
from damnit_gui.services.folder_session import FolderSession
from damnit_gui.state.table_data import TableDelta
from damnit_gui.theme import SPACE_1, SPACE_2, SPACE_3

from .base import Running, Services, Shown
from .loading import Loaded, load_first, load_whole, size_text
from .result_view import ResultView
from .views import VIEWS


class ResultTab(QWidget):
    """Reads the result of a cell in the background and shows it. Says when it was computed anew."""

    detach_requested = pyqtSignal()

    def __init__(self, session: FolderSession, key: CellKey, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self._table = session.table
        self._tasks = session.tasks
        self._notifier = session.notifier
        self._path = session.folder.run_file(key.row)
        self._reading = reading = Running()
        self.destroyed.connect(lambda: reading.cancel())
        self.view = ResultView(Services(self._tasks, self._notifier, VIEWS), self)
        self._whole = QPushButton("Full data", self)
        self._whole.setToolTip("A preview is shown: read the full result")
        self._whole.clicked.connect(self.load_whole)
        self._whole.hide()
        self._detach = tool_button("mdi6.dock-window", "Open in a window", lambda _: self.detach_requested.emit())
        self.view.add_button(self._whole)
        self.view.add_button(tool_button("mdi6.refresh", "Read again", lambda _: self.load()))
        self.view.add_button(self._detach)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._make_notice())
        layout.addWidget(self.view, 1)
        self._table.updated.connect(self._on_updated)
        self.load()

    def _make_notice(self) -> QFrame:
        self.notice = QFrame(self)
        self.notice.setAutoFillBackground(True)
        row = QHBoxLayout(self.notice)
        row.setContentsMargins(SPACE_2, SPACE_1, SPACE_2, SPACE_1)
        row.addWidget(QLabel("This result was computed anew.", self.notice), 1)
        button = QPushButton("Show it", self.notice)
        button.clicked.connect(self.load)
        row.addWidget(button)
        self.notice.hide()
        return self.notice

    def title(self) -> str:
        """A short name for a tab: the run and the last part of the variable's title."""
        return f"r{self.key.run} {self._variable_title().rsplit('/', 1)[-1]}"

    def _variable_title(self) -> str:
        data = self._table.data
        variable = data.variables.get(self.key.name) if data is not None else None
        return variable.title if variable else self.key.name

    def _cell(self) -> CellValue | None:
        data = self._table.data
        row = data.row_of(self.key.row) if data is not None else None
        return data.cell(row, self.key.name) if data is not None and row is not None else None

    def _value_info(self) -> AxisInfo:
        cell = self._cell()
        units = cell.units if cell is not None else ""
        if not units and self._table.data is not None:
            units = units_of(self._table.data, self.key.name)
        return AxisInfo(self._variable_title(), units)

    def load(self) -> None:
        """Read what is to be shown first."""
        self._read(load_first)

    def load_whole(self) -> None:
        """Read everything, however large."""
        self._read(load_whole)

    def _read(self, load: Callable[[Path, str], Loaded]) -> None:
        path, name = self._path, self.key.name
        self.notice.hide()
        self._whole.hide()
        self.view.label.setText("Reading …")
        self._reading.cancel()
        self._reading.task = self._tasks.run(lambda: load(path, name), self._show, self._failed)

    def _show(self, loaded: Loaded) -> None:
        self.view.label.setText("Preview" if loaded.preview else "")
        self._whole.setVisible(loaded.preview and loaded.size > 0)
        if loaded.result is None:
            self._say(f"This result has {size_text(loaded.size)}.", "Read it all", self.load_whole)
        else:
            self.view.show_result(Shown(loaded.result, self._value_info()))

    def _failed(self, error: BaseException) -> None:
        self.view.label.setText("")
        cell = self._cell()
        if isinstance(error, NoResultError) and cell is not None and isinstance(cell.value, Failure):
            self._say(f"{cell.value.error_cls}\n\n{cell.value.message}")
        elif isinstance(error, UserError):
            self._say(f"{error.message}\n{error.hint}".strip(), "Try again", self.load)
        else:
            self._say("This result cannot be shown.")
            self._notifier.report(error)

    def _say(self, text: str, action: str = "", do: object = None) -> None:
        page = QWidget(self)
        layout = QVBoxLayout(page)
        layout.setSpacing(SPACE_3)
        label = QLabel(text, page)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setWordWrap(True)
        layout.addStretch()
        layout.addWidget(label)
        if callable(do):
            button = QPushButton(action, page)
            button.clicked.connect(lambda: do())
            layout.addWidget(button, alignment=Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch()
        self.view.show_widget(page)

    def _on_updated(self, delta: TableDelta) -> None:
        data = self._table.data
        row = data.row_of(self.key.row) if data is not None else None
        if row is not None and self.key.name in delta.changed.get(row, frozenset()):
            self.notice.show()

    def become_window(self) -> None:
        """Leave the tab for a window of its own, which Ctrl+W closes for good."""
        # A window flag keeps the parent as owner: the window goes when the pane goes.
        self.setParent(self.parentWidget(), Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"{self._variable_title()}, {self.key.row}")
        self._detach.hide()
        shortcut = QShortcut(QKeySequence("Ctrl+W"), self)
        shortcut.activated.connect(self.close)
        self.resize(800, 600)
        self.show()
