"""Small things that each text panel needs: a timer, a flat button, labels."""

from collections.abc import Callable

from PyQt6.QtCore import QObject, QSize, Qt, QTimer
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PyQt6.QtWidgets import QLabel, QToolButton

from damnit_gui.theme import Tokens, current, icon, theme_changed


def delay(parent: QObject, milliseconds: int, action: Callable[[], None]) -> QTimer:
    """A timer that is not started; `start` puts the action off by so long, again and again."""
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(action)
    return timer


def flat_button(name: str, tip: str) -> QToolButton:
    """A button of only an icon, with its meaning for screen readers as well."""
    button = QToolButton()
    button.setAutoRaise(True)
    button.setIcon(icon(name))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    return button


class ElidedLabel(QLabel):
    """One line that ends in dots where there is no room for it; its whole text is the tool tip."""

    def setText(self, text: str | None) -> None:
        super().setText(text)
        self.setToolTip(text)

    def minimumSizeHint(self) -> QSize:
        return QSize(20, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        room = self.contentsRect()
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


class QuietLabel(QLabel):
    """Says in the middle of an empty panel why it is empty."""

    def __init__(self) -> None:
        super().__init__()
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)
        theme_changed.connect(self._apply_tokens)
        self._apply_tokens(current())

    def _apply_tokens(self, tokens: Tokens) -> None:
        shown = self.palette()
        shown.setColor(QPalette.ColorRole.WindowText, QColor(tokens.muted))
        self.setPalette(shown)
