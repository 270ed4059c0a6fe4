"""The curve in a cell: a few points that keep the shape of many."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Points of a trend line, at most.
MAX_POINTS = 150


def trendline(x: NDArray[Any], y: NDArray[Any]) -> NDArray[np.float64]:
    """A (2, N <= 150) array of an x row and a y row; points of which either is not finite are left out.

    Of a longer curve each of 75 equal parts gives its lowest and its highest point, in the order in which they
    come: single spikes survive, and every point shown is one that was measured. Complex y give the magnitude.
    """
    xs = as_float(x)
    ys = as_float(y)
    finite = np.isfinite(xs) & np.isfinite(ys)
    points = np.stack([xs[finite], ys[finite]])
    return points if points.shape[1] <= MAX_POINTS else points[:, _extremes(points[1])]


def _extremes(ys: NDArray[np.float64]) -> NDArray[np.intp]:
    edges = np.linspace(0, len(ys), MAX_POINTS // 2 + 1).astype(int)
    chosen = []
    for start, stop in zip(edges[:-1], edges[1:]):
        part = ys[start:stop]
        chosen.append(sorted({start + int(part.argmin()), start + int(part.argmax())}))
    return np.array([i for pair in chosen for i in pair], dtype=np.intp)


def as_float(values: NDArray[Any]) -> NDArray[np.float64]:
    """Numbers as float64; times as seconds since 1970, durations as seconds.

    Raises TypeError for what is neither.
    """
    kind = values.dtype.kind
    if kind == "c":
        return np.asarray(np.abs(values), dtype=np.float64)
    if kind in "biuf":
        return values.astype(np.float64)
    if kind in "mM":
        nanoseconds = values.astype(values.dtype.kind + "8[ns]")
        seconds = nanoseconds.astype(np.int64) / 1e9
        return np.where(np.isnat(nanoseconds), np.nan, seconds)
    raise TypeError(f"no numbers: {values.dtype}")
