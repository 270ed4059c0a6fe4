"""Yes and no: a tick and a cross."""

from damnit_backend.core.values import Kind

from .base import CENTRE
from .textual import TextualRenderer


class BoolRenderer(TextualRenderer):
    kind = Kind.BOOL
    alignment = CENTRE
