"""The table's left edge, which stays in view: the run numbers, and the title above them that sorts by run."""

from collections.abc import Iterable

from PyQt6.QtCore import QRect, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PyQt6.QtWidgets import QAbstractButton, QHeaderView, QTableView, QWidget

from damnit_backend.core.keys import RunKey
from damnit_gui.models.run_table import RunTableModel
from damnit_gui.theme import SPACE_1, SPACE_2, current, tabular

from .drawing import ARROW, draw_arrow
from .header import GroupedHeader

TITLE = "Run"
_WORK_BAR = 3
_ALIGNMENT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class RunHeader(QHeaderView):
    """All rows are equally high. The current run stands out; a bar at the edge marks those that are being computed."""

    def __init__(self, model: RunTableModel, parent: QTableView) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._table = model
        self._view = parent
        self._in_work: frozenset[RunKey] = frozenset()
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            signal.connect(self._rows_changed)
        self._width = self._wanted_width()

    def set_in_work(self, runs: Iterable[RunKey]) -> None:
        """Mark these runs: their empty cells may still be filled."""
        marked = frozenset(runs)
        if marked != self._in_work:
            self._in_work = marked
            viewport = self.viewport()
            if viewport is not None:
                viewport.update()

    def _wanted_width(self) -> int:
        longest = max((self._text(row) for row in {0, self._table.rowCount() - 1} if row >= 0), key=len, default="")
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        metrics = QFontMetrics(font)
        title = metrics.horizontalAdvance(TITLE) + ARROW + SPACE_1
        return max(metrics.horizontalAdvance("0" * max(len(longest), 4)), title) + 2 * SPACE_2

    def _text(self, row: int) -> str:
        return str(self._table.headerData(row, Qt.Orientation.Vertical) or "")

    def _rows_changed(self) -> None:
        width = self._wanted_width()
        if width != self._width:
            self._width = width
            self.updateGeometry()
            self.geometriesChanged.emit()

    def sizeHint(self) -> QSize:
        return QSize(self._wanted_width(), 0)

    def paintSection(self, painter: QPainter | None, rect: QRect, section: int) -> None:
        if painter is None:
            return
        tokens = current()
        is_current = self._view.currentIndex().row() == section
        painter.save()
        painter.fillRect(rect, QColor(tokens.selection if is_current else tokens.raised))
        painter.setPen(QColor(tokens.border))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.drawLine(rect.topRight(), rect.bottomRight())
        if self._in_work and self._table.key_at(section) in self._in_work:
            painter.fillRect(QRect(rect.left(), rect.top(), _WORK_BAR, rect.height() - 1), QColor(tokens.busy))
        font = tabular(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(tokens.selection_text if is_current else tokens.text))
        painter.drawText(rect.adjusted(0, 0, -SPACE_2, 0), _ALIGNMENT, self._text(section))
        painter.restore()


class RunCorner(QAbstractButton):
    """The title of the run numbers. Clicked, it sorts by run; clicked again, the other way round."""

    def __init__(self, model: RunTableModel, titles: GroupedHeader, parent: QWidget) -> None:
        super().__init__(parent)
        self._table = model
        self._titles = titles
        self.setText(TITLE)
        self.setToolTip("Sort by run")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        model.sort_changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: ARG002
        tokens = current()
        painter = QPainter(self)
        rect = self.rect().adjusted(0, 0, -1, -1)
        painter.fillRect(self.rect(), QColor(tokens.hover if self.underMouse() else tokens.raised))
        painter.setPen(QColor(tokens.border))
        painter.drawLine(rect.topRight(), rect.bottomRight())
        painter.setPen(QColor(tokens.outline))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        top, height = self._titles.title_box()
        box = QRect(0, top, rect.width() - SPACE_2, height)
        sort = self._table.current_sort
        if sort is None or sort.name == "run":
            draw_arrow(painter, box, sort is not None and sort.descending, tokens.accent if sort else tokens.muted)
            box = box.adjusted(0, 0, -ARROW - SPACE_1, 0)
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text))
        painter.drawText(box, _ALIGNMENT, self.text())
        painter.end()
