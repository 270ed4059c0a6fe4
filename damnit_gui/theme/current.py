"""Which theme is shown, how to change it, and how to hear of a change."""

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtGui import QPalette
from PyQt6.QtWidgets import QApplication, QStyleFactory

from .palette import palette
from .style_sheet import style_sheet
from .tokens import DARK, LIGHT, THEMES, Tokens

SYSTEM = "system"
"""The name of the choice to follow the system."""


class _Shown(QObject):
    """The theme belongs to the application, of which there is one in a process; so there is one of these."""

    changed = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self.tokens = LIGHT


_shown = _Shown()

theme_changed = _shown.changed
"""Signal with the new `Tokens`, for widgets that keep colours. Palette and icons change by themselves."""


def current() -> Tokens:
    """The colours that are shown now."""
    return _shown.tokens


def apply_theme(app: QApplication, name: str) -> Tokens:
    """Show the theme ``light``, ``dark`` or ``system`` in all windows."""
    tokens = THEMES.get(name) or _system_theme(app)
    if app.style() is None or app.style().objectName() != "fusion":  # type: ignore[union-attr]
        app.setStyle(QStyleFactory.create("Fusion"))
    app.setPalette(palette(tokens))
    app.setStyleSheet(style_sheet(tokens))
    _shown.tokens = tokens
    _shown.changed.emit(tokens)
    return tokens


def _system_theme(app: QApplication) -> Tokens:
    hints = app.styleHints()
    scheme = hints.colorScheme() if hints is not None else Qt.ColorScheme.Unknown
    if scheme == Qt.ColorScheme.Unknown:
        ground = QApplication.style().standardPalette().color(QPalette.ColorRole.Window)  # type: ignore[union-attr]
        return DARK if ground.lightness() < 128 else LIGHT
    return DARK if scheme == Qt.ColorScheme.Dark else LIGHT
