"""Numbers: right-aligned, so that digits of the same weight stand below each other."""

from damnit_backend.core.values import Kind

from .base import RIGHT
from .textual import TextualRenderer


class NumberRenderer(TextualRenderer):
    kind = Kind.NUMBER
    alignment = RIGHT
