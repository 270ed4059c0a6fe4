"""The fonts: the system's, one with fixed width for code and logs, and digits of equal width for numbers."""

from PyQt6.QtGui import QFont, QFontDatabase


def monospace() -> QFont:
    """The system's font with fixed width, for code and logs."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setStyleHint(QFont.StyleHint.Monospace)
    return font


def tabular(font: QFont) -> QFont:
    """The same font with digits of equal width, so that columns of numbers line up."""
    made = QFont(font)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made
