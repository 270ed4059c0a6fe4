"""The curve in a cell: a few points that keep the shape of many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Points of a trend line, at most.
MAX_POINTS = 150
#: Elements that are looked at together: results may be as large as the memory.
BLOCK = 1 << 18

#: Parts of a second.
_FRACTIONS = {"ms": 1e3, "us": 1e6, "ns": 1e9}

Floats = NDArray[np.float64]


def trendline(x: NDArray[Any] | None, y: NDArray[Any]) -> Floats:
    """A (2, N <= 150) array of an x row and a y row; points of which either is not finite are left out.

    Without `x` it is the index. Of a longer curve each of 75 equal parts gives its lowest and its highest point, in
    the order in which they come: single spikes survive, and every point shown is one that was measured, with its own
    x, also where those are in no order. Complex y give the magnitude.
    """
    only = list(_finite_blocks(x, y)) if len(y) <= BLOCK else []  # more are made anew each time
    total = sum(len(xs) for xs, _ in only or _finite_blocks(x, y))
    if total <= MAX_POINTS:
        return np.concatenate([np.zeros((2, 0)), *map(np.stack, only or _finite_blocks(x, y))], axis=1)
    if only:
        ((xs, ys),) = only
        edges = _edges(total)
        begins, lengths = edges[:-1], edges[1:] - edges[:-1]
        chosen = _different(np.concatenate([_highest(-ys, begins, lengths), _highest(ys, begins, lengths)]))
        return np.stack([xs[chosen], ys[chosen]])
    parts = _Parts(total)
    start = 0
    for xs, ys in _finite_blocks(x, y):
        parts.add(start, xs, ys)
        start += len(xs)
    return parts.points()


def _edges(total: int) -> NDArray[np.intp]:
    """Where each of the parts of so many points begins, and the end."""
    return np.arange(MAX_POINTS // 2 + 1) * total // (MAX_POINTS // 2)


def _different(places: NDArray[np.intp]) -> NDArray[np.intp]:
    """The places in their order, each once: one point may be the lowest and the highest."""
    places.sort()
    first = np.ones(len(places), dtype=bool)
    np.not_equal(places[1:], places[:-1], out=first[1:])
    return places[first]


def _finite_blocks(x: NDArray[Any] | None, y: NDArray[Any]) -> Iterator[tuple[Floats, Floats]]:
    for start in range(0, len(y), BLOCK):
        ys = as_float(y[start : start + BLOCK])
        xs = np.arange(start, start + len(ys), dtype=np.float64) if x is None else as_float(x[start : start + BLOCK])
        finite = np.isfinite(ys) if x is None else np.isfinite(xs) & np.isfinite(ys)
        yield (xs, ys) if finite.all() else (xs[finite], ys[finite])


class _Parts:
    """The lowest and the highest point of each of 75 equal parts of a curve that comes in blocks."""

    def __init__(self, total: int) -> None:
        count = MAX_POINTS // 2
        self._edges = _edges(total)
        # a row for the lowest, negative so that both look for the highest, and one for the highest
        self._height = np.full((2, count), -np.inf)
        self._place = np.zeros((2, count), dtype=int)
        self._x = np.zeros((2, count))

    def add(self, start: int, xs: Floats, ys: Floats) -> None:
        """Take in points number `start` and following."""
        if not len(ys):
            return
        first = int(self._edges.searchsorted(start, side="right")) - 1
        last = int(self._edges.searchsorted(start + len(ys), side="left"))
        begins = np.maximum(self._edges[first:last] - start, 0)
        lengths = np.minimum(self._edges[first + 1 : last + 1] - start, len(ys)) - begins
        for row, heights in enumerate((-ys, ys)):
            at = _highest(heights, begins, lengths)
            parts = np.arange(first, last)
            better = heights[at] > self._height[row, first:last]
            parts, at = parts[better], at[better]
            self._height[row, parts] = heights[at]
            self._place[row, parts] = start + at
            self._x[row, parts] = xs[at]

    def points(self) -> Floats:
        ys = np.concatenate([-self._height[0], self._height[1]])
        _, chosen = np.unique(self._place.ravel(), return_index=True)  # one point may be the lowest and the highest
        return np.stack([self._x.ravel()[chosen], ys[chosen]])


def _highest(heights: Floats, begins: NDArray[np.intp], lengths: NDArray[np.intp]) -> NDArray[np.intp]:
    """Where the first of the highest is, in each of the stretches that begin there, one after the other."""
    best = np.maximum.reduceat(heights, begins)
    (hits,) = (heights == best.repeat(lengths)).nonzero()
    return np.asarray(hits[hits.searchsorted(begins)])


def as_float(values: NDArray[Any]) -> Floats:
    """Numbers as float64; times as seconds since 1970, durations as seconds.

    Raises TypeError for what is neither.
    """
    kind = values.dtype.kind
    if kind == "c":
        return np.asarray(np.abs(values), dtype=np.float64)
    if kind in "biuf":
        return values.astype(np.float64)
    if kind in "mM":
        return np.where(np.isnat(values), np.nan, _seconds(values))
    raise TypeError(f"no numbers: {values.dtype}")


def _seconds(times: NDArray[Any]) -> Floats:
    unit, count = np.datetime_data(times.dtype)
    if unit in _FRACTIONS:
        return np.asarray(times.astype(np.int64) * (count / _FRACTIONS[unit]), dtype=np.float64)
    return times.astype(f"{times.dtype.kind}8[s]").astype(np.float64)
