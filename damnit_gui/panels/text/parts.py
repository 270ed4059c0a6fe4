"""Small things that each text panel needs: a timer, a flat button with an icon."""

from collections.abc import Callable

from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtWidgets import QToolButton

from damnit_gui.theme import icon


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
