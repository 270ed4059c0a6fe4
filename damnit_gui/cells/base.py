"""What a renderer gets and gives."""

import enum
from dataclasses import dataclass
from typing import Protocol

from PyQt6.QtCore import QRect, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetrics, QPainter

from damnit_backend.core.values import CellValue, Kind

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter

EMPTY = CellValue()


class EditState(enum.Enum):
    """Whether what a cell shows is stored."""

    STORED = enum.auto()
    WAITING = enum.auto()
    FAILED = enum.auto()


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as the model gives it to the delegate; ``units`` only if the column's header does not name them."""

    cell: CellValue
    units: str = ""
    state: EditState = EditState.STORED


@dataclass(frozen=True, slots=True)
class Look:
    """Colours that can be read on the cell's background, and the fonts to draw with."""

    text: QColor
    muted: QColor
    error: QColor
    skipped: QColor
    curve: QColor
    font: QFont
    bold: QFont


class Renderer(Protocol):
    """Draws cells of one kind. A paint does no other work than drawing and decoding what is small."""

    @property
    def kind(self) -> Kind: ...

    @property
    def alignment(self) -> Qt.AlignmentFlag: ...

    def paint(self, painter: QPainter, rect: QRect, shown: Shown, look: Look) -> None:
        """Draw into ``rect``, which the caller has clipped to; the background is drawn already."""

    def width(self, shown: Shown, metrics: QFontMetrics, height: int) -> int:
        """How wide this cell wants to be, in device-independent pixels, without margins."""


def draw_text(painter: QPainter, rect: QRect, text: str, alignment: Qt.AlignmentFlag, font: QFont) -> None:
    """One line of text, elided at its end where it does not fit."""
    painter.setFont(font)
    # The painter's metrics know the painter's resolution, and cost less than making new ones.
    metrics = painter.fontMetrics()
    if metrics.horizontalAdvance(text) > rect.width():
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, int(alignment | Qt.TextFlag.TextSingleLine), text)
