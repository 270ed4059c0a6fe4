"""Why there is no value: a mark and the first words of an error, a dash for what was skipped on purpose."""

from PyQt6.QtCore import QPointF, QRect, QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetrics, QPainter, QPen

from damnit_backend.core.values import Failure, Kind
from damnit_gui.state.formatting import failure_text

from .base import CENTRE, LEFT, Look, Shown, draw_text

MARK = 12
GAP = 6
ERROR_WIDTH = 140
"""An error does not make its column wider than this: it is the values that people want to see."""


class FailureRenderer:
    kind = Kind.FAILURE
    alignment = LEFT

    def paint(self, painter: QPainter, rect: QRect, shown: Shown, look: Look) -> None:
        failure = shown.cell.value
        if not isinstance(failure, Failure):
            return
        if failure.is_skip:
            painter.setPen(look.skipped)
            draw_text(painter, rect, failure_text(failure), CENTRE, look.font)
            return
        top = rect.center().y() - MARK / 2 + 0.5
        draw_error_mark(painter, QRectF(rect.left(), top, MARK, MARK), look.error)
        painter.setPen(look.muted)
        draw_text(painter, rect.adjusted(MARK + GAP, 0, 0, 0), failure_text(failure), LEFT, look.font)

    def width(self, shown: Shown, metrics: QFontMetrics, height: int) -> int:  # noqa: ARG002
        failure = shown.cell.value
        if not isinstance(failure, Failure) or failure.is_skip:
            return 0
        return min(MARK + GAP + metrics.horizontalAdvance(failure_text(failure)), ERROR_WIDTH)


def draw_error_mark(painter: QPainter, rect: QRectF, colour: QColor) -> None:
    """A circle with an exclamation mark, drawn by hand: an icon font costs more than the whole cell."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 1.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(rect.adjusted(0.7, 0.7, -0.7, -0.7))
    middle = rect.center().x()
    pen = QPen(colour, 1.5)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawLine(QPointF(middle, rect.top() + 3.4), QPointF(middle, rect.top() + 6.4))
    painter.drawPoint(QPointF(middle, rect.bottom() - 3.3))
