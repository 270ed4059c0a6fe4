"""The panel of the current cell. It shows what `facts` puts into words, and draws what has no words."""

import numpy as np
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QGuiApplication, QImage
from PyQt6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from damnit_backend.core.keys import CellKey
from damnit_backend.core.values import CellValue, Failure, Picture, Trend
from damnit_gui.plots.canvas import Canvas
from damnit_gui.plots.controls import tool_button
from damnit_gui.plots.data import AxisInfo, PlotData, Series, Style
from damnit_gui.plots.results.figure import PictureBox
from damnit_gui.services.folder_session import FolderSession
from damnit_gui.state.table_data import TableDelta
from damnit_gui.theme import SPACE_1, SPACE_2, SPACE_3, Tokens, current, icon, monospace, theme_changed

from .facts import Facts, facts_of
from .readable_text import ReadableText

DRAWING_HEIGHT = 190


class InspectorPanel(QWidget):
    """Shows one cell and follows it as it changes."""

    open_cell = pyqtSignal(object)
    """The CellKey whose full result is asked for."""
    show_log = pyqtSignal(object)
    """The RunKey whose log is asked for."""

    def __init__(self, session: FolderSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = session.table
        self._editing = session.editing
        self.key: CellKey | None = None
        self._arrange()
        self._table.reset.connect(self.refresh)
        self._table.updated.connect(self._on_updated)
        self._editing.pending_changed.connect(self._on_pending)
        theme_changed.connect(self._show_theme)
        self._show_theme(current())
        self.refresh()

    def _arrange(self) -> None:
        self._empty = QLabel("Select a cell to see\nall that is known about it.", self)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setEnabled(False)
        self._page = QWidget(self)
        column = QVBoxLayout(self._page)
        column.setContentsMargins(SPACE_3, SPACE_2, SPACE_3, SPACE_3)
        column.setSpacing(SPACE_1)
        self.title, self._where = ReadableText(self), ReadableText(self)
        self.value, self.pending = ReadableText(self), ReadableText(self)
        self.picture, self.curve = PictureBox(QImage(), self), Canvas(self)
        self.curve.hold_view()
        for drawing in (self.picture, self.curve):
            drawing.setFixedHeight(DRAWING_HEIGHT)
        column.addWidget(self.title)
        column.addWidget(self._where)
        column.addSpacing(SPACE_1)
        for widget in (self.value, self.pending, self.picture, self.curve, self._make_failure_box()):
            column.addWidget(widget)
        column.addSpacing(SPACE_1)
        column.addLayout(self._make_buttons())
        column.addSpacing(SPACE_1)
        self._rows = QGridLayout()
        self._rows.setHorizontalSpacing(SPACE_2)
        self._rows.setVerticalSpacing(SPACE_1)
        self._rows.setColumnStretch(1, 1)
        self._row_widgets: list[tuple[QLabel, ReadableText]] = []
        column.addLayout(self._rows)
        column.addStretch(1)
        self._scroll = QScrollArea(self)
        self._scroll.setWidget(self._page)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameStyle(0)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._empty)
        layout.addWidget(self._scroll)
        self._set_fonts()

    def _set_fonts(self) -> None:
        bold = self.font()
        bold.setBold(True)
        self.title.set_text_font(bold)
        large = self.font()
        large.setPointSizeF(large.pointSizeF() * 1.5)
        self.value.set_text_font(large)
        self.error_cls.set_text_font(bold)

    def _make_failure_box(self) -> QFrame:
        self.failure = QFrame(self)
        self.error_cls, self.message = ReadableText(self.failure), ReadableText(self.failure)
        self.message.set_text_font(monospace())
        column = QVBoxLayout(self.failure)
        column.setContentsMargins(SPACE_2, SPACE_2, SPACE_2, SPACE_2)
        column.setSpacing(SPACE_1)
        copy = tool_button("mdi6.content-copy", "Copy the error", lambda _: self.copy_error(), parent=self.failure)
        first = QHBoxLayout()
        first.addWidget(self.error_cls, 1)
        first.addWidget(copy)
        column.addLayout(first)
        column.addWidget(self.message)
        return self.failure

    def copy_error(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(f"{self.error_cls.toPlainText()}: {self.message.toPlainText()}")

    def _make_buttons(self) -> QHBoxLayout:
        self.open_button = QPushButton(icon("mdi6.arrow-expand"), "Full result", self)
        self.open_button.setToolTip("Open the full result in a tab")
        self.open_button.clicked.connect(lambda: self.open_cell.emit(self.key))
        self.log_button = QPushButton(icon("mdi6.text-box-outline"), "Log", self)
        self.log_button.setToolTip("Show the log of this run")
        self.log_button.clicked.connect(lambda: self.show_log.emit(self.key.row if self.key else None))
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        row.addWidget(self.open_button)
        row.addWidget(self.log_button)
        row.addStretch(1)
        return row

    def show_cell(self, key: CellKey | None) -> None:
        """Show this cell from now on; None: none."""
        if key != self.key:
            self.key = key
            self.refresh()
            bar = self._scroll.verticalScrollBar()
            if bar is not None:
                bar.setValue(0)

    def _on_updated(self, delta: TableDelta) -> None:
        data = self._table.data
        row = data.row_of(self.key.row) if data is not None and self.key is not None else None
        if row is None or row in delta.changed or row in delta.inserted or delta.columns_changed:
            self.refresh()

    def _on_pending(self, key: CellKey) -> None:
        # A method and no lambda: Qt forgets the connection when the panel goes, and the session outlives it.
        if key == self.key:
            self.refresh()

    def refresh(self) -> None:
        """Show the cell as the table has it now."""
        data, key = self._table.data, self.key
        facts = facts_of(data, key, self._editing.pending(key)) if data is not None and key is not None else None
        self._empty.setVisible(facts is None)
        self._scroll.setVisible(facts is not None)
        if facts is None or data is None or key is None:
            return
        row = data.row_of(key.row)
        cell = data.cell(row, key.name) if row is not None else None
        self._show_facts(facts)
        self._show_drawing(facts, cell)

    def _show_facts(self, facts: Facts) -> None:
        self.title.show_text(facts.title)
        self._where.show_text(facts.where)
        self.value.show_text(facts.value or facts.absent)
        self.pending.show_text(facts.pending)
        self._show_failure(facts.failure)
        self.open_button.setVisible(facts.has_result)
        for number, (label, text) in enumerate(facts.rows):
            if number == len(self._row_widgets):
                self._add_row()
            name, content = self._row_widgets[number]
            name.setText(label)
            content.show_text(text)
        for number, (name, content) in enumerate(self._row_widgets):
            name.setVisible(number < len(facts.rows))
            content.setVisible(number < len(facts.rows))

    def _add_row(self) -> None:
        name, content = QLabel(self._page), ReadableText(self._page)
        name.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        name.setStyleSheet(f"color: {current().muted};")
        self._rows.addWidget(name, len(self._row_widgets), 0)
        self._rows.addWidget(content, len(self._row_widgets), 1)
        self._row_widgets.append((name, content))

    def _show_failure(self, failure: Failure | None) -> None:
        self.failure.setVisible(failure is not None)
        if failure is not None:
            self.error_cls.show_text("Skipped" if failure.error_cls == "Skip" else failure.error_cls)
            self.message.show_text(failure.message)
            tokens = current()
            ground, edge = (tokens.raised, tokens.border) if failure.is_skip else (tokens.error_fill, tokens.error)
            self.failure.setStyleSheet(f".QFrame {{ background: {ground}; border-left: 3px solid {edge}; }}")

    def _show_drawing(self, facts: Facts, cell: CellValue | None) -> None:
        value = cell.value if cell is not None and not facts.pending else None
        self.picture.setVisible(isinstance(value, Picture))
        self.curve.setVisible(isinstance(value, Trend))
        if isinstance(value, Picture):
            self.picture.show_image(QImage.fromData(value.png))
        elif isinstance(value, Trend):
            self.curve.show_data(trend_plot(value, facts.title, cell.units if cell else ""))
            self.curve.follow()

    def _show_theme(self, tokens: Tokens) -> None:
        for text, colour in ((self._where, tokens.muted), (self.pending, tokens.warning)):
            text.setStyleSheet(f"color: {colour};")
        for name, _ in self._row_widgets:
            name.setStyleSheet(f"color: {tokens.muted};")
        self.refresh()


def trend_plot(trend: Trend, title: str, units: str) -> PlotData:
    """The sparkline of a cell as a small plot."""
    y_axis = AxisInfo(title.rsplit("/", 1)[-1], units)
    if not np.isfinite(trend.y).any():
        return PlotData(y=y_axis, message="There is nothing to draw.")
    ascending = bool(np.all(trend.x[1:] >= trend.x[:-1]))
    y = np.where(np.isfinite(trend.y), trend.y, np.nan)
    return PlotData(AxisInfo(), y_axis, (Series(Style.LINE, trend.x, y, ascending=ascending),))
