"""How cells look: one renderer a kind of value."""

from damnit_backend.core.values import Kind

from .array import ArrayRenderer
from .base import EditState, Renderer, Shown
from .boolean import BoolRenderer
from .complex_number import ComplexRenderer
from .empty import EmptyRenderer
from .failure import FailureRenderer
from .image import ImageRenderer
from .number import NumberRenderer
from .text import TextRenderer
from .trend import TrendRenderer

RENDERERS: tuple[Renderer, ...] = (
    EmptyRenderer(),
    BoolRenderer(),
    NumberRenderer(),
    ComplexRenderer(),
    TextRenderer(),
    TrendRenderer(),
    ImageRenderer(),
    ArrayRenderer(),
    FailureRenderer(),
)

_BY_KIND = {renderer.kind: renderer for renderer in RENDERERS}


def renderer_of(kind: Kind) -> Renderer:
    """The renderer of a kind of value."""
    return _BY_KIND[kind]


__all__ = ["RENDERERS", "EditState", "Renderer", "Shown", "renderer_of"]
