"""Cells without a value: nothing is drawn."""

from PyQt6.QtCore import QRect
from PyQt6.QtGui import QFontMetrics, QPainter

from damnit_backend.core.values import Kind

from .base import LEFT, Look, Shown


class EmptyRenderer:
    kind = Kind.EMPTY
    alignment = LEFT

    def paint(self, painter: QPainter, rect: QRect, shown: Shown, look: Look) -> None:
        """The background says it all."""

    def width(self, shown: Shown, metrics: QFontMetrics, height: int) -> int:  # noqa: ARG002
        return 0
