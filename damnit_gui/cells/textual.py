"""The common part of the kinds that are drawn as one line of text."""

from PyQt6.QtCore import QRect, Qt
from PyQt6.QtGui import QFontMetrics, QPainter

from damnit_gui.state.formatting import short_text

from .base import LEFT, Look, Shown, draw_text

MAX_WIDTH = 280
"""A column does not make itself wider for a text."""


class TextualRenderer:
    """One line: bold where the value asks for it, elided where it is too long."""

    alignment: Qt.AlignmentFlag = LEFT

    def paint(self, painter: QPainter, rect: QRect, shown: Shown, look: Look) -> None:
        painter.setPen(look.text)
        font = look.bold if shown.cell.is_bold else look.font
        draw_text(painter, rect, short_text(shown.cell.value, shown.units), self.alignment, font)

    def width(self, shown: Shown, metrics: QFontMetrics, height: int) -> int:  # noqa: ARG002
        return min(metrics.horizontalAdvance(short_text(shown.cell.value, shown.units)), MAX_WIDTH)
