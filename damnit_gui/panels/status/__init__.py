"""The line at the bottom of the window."""

from .bar import StatusBar

__all__ = ["StatusBar"]
