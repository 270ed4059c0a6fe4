"""Small arrays: their first elements and their shape."""

from damnit_backend.core.values import Kind

from .base import LEFT
from .textual import TextualRenderer


class ArrayRenderer(TextualRenderer):
    kind = Kind.ARRAY
    alignment = LEFT
