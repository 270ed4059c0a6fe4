"""What both headers draw."""

from PyQt6.QtCore import QPointF, QRect, Qt
from PyQt6.QtGui import QColor, QPainter, QPolygonF

ARROW = 8
"""The width of a sort arrow."""


def draw_arrow(painter: QPainter, rect: QRect, descending: bool, colour: str) -> None:
    """A sort arrow at the right end of ``rect``: up if values grow downwards, down if they shrink."""
    x, y = rect.right() - ARROW / 2, rect.center().y() + 0.5
    half, rise = ARROW / 2, (ARROW / 4 if descending else -ARROW / 4)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    points = [QPointF(x - half, y - rise), QPointF(x + half, y - rise), QPointF(x, y + rise)]
    painter.drawPolygon(QPolygonF(points))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
