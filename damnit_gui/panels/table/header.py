"""The table's upper header: group titles over the columns' own, the units below in a quieter colour."""

from dataclasses import dataclass

from PyQt6.QtCore import QEvent, QRect, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetrics, QMouseEvent, QPainter
from PyQt6.QtWidgets import QHeaderView, QWidget

from damnit_gui.models.run_table import RunTableModel
from damnit_gui.state.columns import Span, header_spans
from damnit_gui.theme import SPACE_1, SPACE_2, current

from .drawing import ARROW, draw_arrow

MIN_WIDTH = 40
_TITLE_AIR = 2


@dataclass(frozen=True)
class _Lines:
    """Heights of the header's parts, from the top, in pixels."""

    group: int
    title: int
    units: int


class GroupedHeader(QHeaderView):
    """Sections are the model's columns; a section is as high as all levels together."""

    def __init__(self, model: RunTableModel, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._table = model
        self._spans: tuple[tuple[Span, ...], ...] = ()
        self._pressed_on_title = False
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(MIN_WIDTH)
        self.setMouseTracking(True)
        for signal in (model.columnsInserted, model.columnsRemoved, model.layoutChanged, model.modelReset):
            signal.connect(self._columns_changed)
        model.headerDataChanged.connect(self._columns_changed)
        model.sort_changed.connect(self._repaint)
        self.sectionResized.connect(self._repaint)
        self._columns_changed()

    @property
    def pressed_on_title(self) -> bool:
        """Whether the last press was on a column's own title, not on that of a group."""
        return self._pressed_on_title

    def _columns_changed(self) -> None:
        levels = len(self._spans)
        self._spans = header_spans(self._table.columns)
        if len(self._spans) != levels:
            self.updateGeometry()
            self.geometriesChanged.emit()
        self._repaint()

    def _repaint(self) -> None:
        viewport = self.viewport()
        if viewport is not None:
            viewport.update()

    def setOffset(self, offset: int) -> None:
        super().setOffset(offset)
        # Group titles stay in view while their columns scroll: what was painted cannot just be shifted.
        self._repaint()

    def _lines(self) -> _Lines:
        height = self.fontMetrics().height()
        return _Lines(group=height + SPACE_1, title=height + SPACE_1, units=_small(self.font())[1].height())

    def sizeHint(self) -> QSize:
        lines = self._lines()
        return QSize(0, len(self._spans) * lines.group + lines.title + lines.units + SPACE_1)

    def title_box(self) -> tuple[int, int]:
        """Where the columns' own titles stand: distance from the top, and height."""
        lines = self._lines()
        return len(self._spans) * lines.group + _TITLE_AIR, lines.title

    def title_width(self, section: int) -> int:
        """How wide a section must be to show its title and units."""
        bold = QFont(self.font())
        bold.setBold(True)
        metrics, small = QFontMetrics(bold), _small(self.font())[1]
        title = metrics.horizontalAdvance(self._table.columns[section].title) + ARROW + SPACE_1
        # Advances are rounded; a text that fits exactly may be elided for a fraction of a pixel.
        return max(title, small.horizontalAdvance(self._table.facts(section).units)) + 2 * SPACE_2 + 1

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None:
            self._pressed_on_title = event.position().y() >= len(self._spans) * self._lines().group
        super().mousePressEvent(event)

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.updateGeometry()

    def paintSection(self, painter: QPainter | None, rect: QRect, section: int) -> None:
        if painter is None or not 0 <= section < len(self._table.columns):
            return
        tokens = current()
        lines = self._lines()
        painter.save()
        painter.setClipRect(rect)
        painter.fillRect(rect, QColor(tokens.raised))
        for level, spans in enumerate(self._spans):
            span = next((span for span in spans if span.first <= section <= span.last), None)
            if span is not None:
                self._paint_group(painter, span, rect.top() + level * lines.group, lines.group)
        top = rect.top() + len(self._spans) * lines.group
        self._paint_title(painter, QRect(rect.left(), top, rect.width(), rect.bottom() - top + 1), section)
        painter.restore()

    def _paint_group(self, painter: QPainter, span: Span, top: int, height: int) -> None:
        tokens = current()
        left = self.sectionViewportPosition(span.first)
        right = self.sectionViewportPosition(span.last) + self.sectionSize(span.last)
        box = QRect(left, top, right - left, height)
        painter.setPen(QColor(tokens.border))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        painter.drawLine(box.topRight(), box.bottomRight())
        # In the part that can be seen, so that the title stays while its columns scroll.
        seen = box.intersected(QRect(0, top, self.width(), height)).adjusted(SPACE_2, 0, -SPACE_2, 0)
        painter.setPen(QColor(tokens.muted))
        painter.setFont(self.font())
        text = painter.fontMetrics().elidedText(span.title, Qt.TextElideMode.ElideRight, seen.width())
        painter.drawText(seen, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)

    def _paint_title(self, painter: QPainter, rect: QRect, section: int) -> None:
        tokens = current()
        lines = self._lines()
        painter.setPen(QColor(tokens.border))
        painter.drawLine(rect.topRight(), rect.bottomRight())
        painter.setPen(QColor(tokens.outline))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        column, facts = self._table.columns[section], self._table.facts(section)
        horizontal = self._horizontal_alignment(section)
        box = rect.adjusted(SPACE_2, _TITLE_AIR, -SPACE_2, 0)
        sort = self._table.current_sort
        sorted_by = sort is not None and sort.name == column.name
        title = QRect(box.left(), box.top(), box.width(), lines.title)
        if sorted_by and sort is not None:
            draw_arrow(painter, title, sort.descending, tokens.accent)
            title = title.adjusted(0, 0, -ARROW - SPACE_1, 0)
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text))
        vertical = Qt.AlignmentFlag.AlignVCenter
        text = painter.fontMetrics().elidedText(column.title, Qt.TextElideMode.ElideRight, title.width())
        painter.drawText(title, int(horizontal | vertical), text)
        painter.setFont(_small(self.font())[0])
        painter.setPen(QColor(tokens.muted))
        units = QRect(box.left(), title.bottom() + 1, box.width(), lines.units)
        painter.drawText(units, int(horizontal | vertical), facts.units)

    def _horizontal_alignment(self, section: int) -> Qt.AlignmentFlag:
        role = Qt.ItemDataRole.TextAlignmentRole
        alignment = self._table.headerData(section, Qt.Orientation.Horizontal, role)
        return alignment & Qt.AlignmentFlag.AlignHorizontal_Mask  # type: ignore[no-any-return]


def _small(font: QFont) -> tuple[QFont, QFontMetrics]:
    small = QFont(font)
    small.setPointSizeF(max(font.pointSizeF() - 1, 6.0))
    return small, QFontMetrics(small)
