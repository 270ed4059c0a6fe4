"""Complex numbers."""

from damnit_backend.core.values import Kind

from .base import RIGHT
from .textual import TextualRenderer


class ComplexRenderer(TextualRenderer):
    kind = Kind.COMPLEX
    alignment = RIGHT
