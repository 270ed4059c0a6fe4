"""Icons that always have the colour of the current theme: they are tinted when they are painted."""

from functools import lru_cache
from pathlib import Path

from PyQt6.QtCore import QPoint, QRect, QSize, Qt
from PyQt6.QtGui import QIcon, QIconEngine, QPainter, QPixmap

from .current import current


def program_icon() -> QIcon:
    """The program's own icon, for windows and task bars."""
    return QIcon(str(Path(__file__).with_name("damnit-desktop.svg")))


def icon(name: str, colour: str = "icon") -> QIcon:
    """An icon of qtawesome's sets, such as ``mdi6.play``, in the colour of a token (``icon``, ``error``, …)."""
    return QIcon(_ThemedEngine(name, colour))


@lru_cache(maxsize=512)
def _tinted(name: str, colour: str) -> QIcon:
    import qtawesome  # late: its fonts are loaded with the first icon

    made: QIcon = qtawesome.icon(name, color=colour)
    return made


class _ThemedEngine(QIconEngine):
    """Asks for the theme at each painting, so that a change of the theme needs no new icons."""

    def __init__(self, name: str, colour: str) -> None:
        super().__init__()
        self._name = name
        self._colour = colour

    def clone(self) -> QIconEngine:
        return _ThemedEngine(self._name, self._colour)

    def _icon(self, mode: QIcon.Mode) -> QIcon:
        tokens = current()
        token = "disabled" if mode == QIcon.Mode.Disabled else self._colour
        return _tinted(self._name, getattr(tokens, token))

    def paint(self, painter: QPainter | None, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        if painter is not None:
            # Only our own colour for "disabled": qtawesome would mix one of its own.
            self._icon(mode).paint(painter, rect, Qt.AlignmentFlag.AlignCenter, QIcon.Mode.Normal, state)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return made
