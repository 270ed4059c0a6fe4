"""Text: its first line."""

from damnit_backend.core.values import Kind

from .base import LEFT
from .textual import TextualRenderer


class TextRenderer(TextualRenderer):
    kind = Kind.TEXT
    alignment = LEFT
