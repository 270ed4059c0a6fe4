"""Colours, distances, fonts and icons of the window.

Widgets take colours from `current()` while painting, and connect `theme_changed` where they keep what they took.
"""

from .current import SYSTEM, apply_theme, current, theme_changed
from .fonts import monospace, tabular
from .icons import icon
from .palette import palette
from .tokens import DARK, LIGHT, SPACE_1, SPACE_2, SPACE_3, SPACE_4, Tokens, series_colours

__all__ = [
    "DARK",
    "LIGHT",
    "SPACE_1",
    "SPACE_2",
    "SPACE_3",
    "SPACE_4",
    "SYSTEM",
    "Tokens",
    "apply_theme",
    "current",
    "icon",
    "monospace",
    "palette",
    "series_colours",
    "tabular",
    "theme_changed",
]
