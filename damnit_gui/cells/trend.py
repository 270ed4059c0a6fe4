"""Sparklines of one-dimensional data."""

from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from PyQt6.QtCore import QLineF, QPointF, QRect
from PyQt6.QtGui import QFontMetrics, QPainter, QPen

from damnit_backend.core.values import Kind, Trend

from .base import LEFT, Look, Shown, draw_text

WIDTH = 128
CACHED = 4000


class TrendRenderer:
    kind = Kind.TREND
    alignment = LEFT

    def paint(self, painter: QPainter, rect: QRect, shown: Shown, look: Look) -> None:
        trend = shown.cell.value
        if not isinstance(trend, Trend):
            return
        lines, dots = _marks(trend, rect.width(), rect.height())
        if not (lines or dots):
            painter.setPen(look.muted)
            draw_text(painter, rect, "NaN" if len(trend.y) else "no points", LEFT, look.font)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.curve, 1.3))
        painter.setBrush(look.curve)
        painter.translate(rect.topLeft())
        # Single lines: a noisy curve drawn as one path takes twenty times as long.
        if lines:
            painter.drawLines(*lines)
        for dot in dots:
            painter.drawEllipse(dot, 0.6, 0.6)
        painter.translate(-rect.topLeft())

    def width(self, shown: Shown, metrics: QFontMetrics, height: int) -> int:  # noqa: ARG002
        return WIDTH


@lru_cache(maxsize=CACHED)
def _marks(trend: Trend, width: int, height: int) -> tuple[list[QLineF], list[QPointF]]:
    """The curve as lines, and as dots where a point has no neighbours."""
    lines: list[QLineF] = []
    dots: list[QPointF] = []
    for piece in curve_pieces(trend.x, trend.y, float(width), float(height)):
        points = [QPointF(x, y) for x, y in piece.tolist()]
        lines += [QLineF(one, other) for one, other in pairwise(points)]
        if len(points) == 1:
            dots += points
    return lines, dots


def curve_pieces(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], width: float, height: float
) -> list[npt.NDArray[np.float64]]:
    """The curve in a box of ``width`` x ``height``, as (N, 2) arrays of points, broken where a value is not finite.

    Constant data give a line in the middle; x that is of no use (not finite, or all the same) is replaced by the index.
    """
    finite = np.isfinite(y)
    if not finite.any():
        return []
    if not np.isfinite(x).all() or (x.size > 1 and np.ptp(x) == 0):
        x = np.arange(y.size, dtype=np.float64)
    points = np.stack([_scaled(x, np.full(x.shape, True), width), height - _scaled(y, finite, height)], axis=1)
    edges = np.flatnonzero(np.diff(finite)) + 1
    pieces = np.split(points, edges)
    starts = np.concatenate([[0], edges])
    return [piece for piece, start in zip(pieces, starts, strict=True) if finite[start]]


def _scaled(values: npt.NDArray[np.float64], use: npt.NDArray[np.bool_], size: float) -> npt.NDArray[np.float64]:
    """Values stretched over 0 to ``size``, with a pixel of air at both ends for the line's own width."""
    low, high = values[use].min(), values[use].max()
    # Halves first: the difference of two huge numbers may overflow.
    span = high / 2 - low / 2
    if not span > 0:
        return np.full(values.shape, size / 2)
    shares = np.where(use, (values / 2 - low / 2) / span, np.nan)
    scaled: npt.NDArray[np.float64] = 1 + shares * (size - 2)
    return scaled
