"""Small PNGs of images: what a cell shows of a 2-D array or a figure."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from damnit_ctx.png import encode_png

#: Pixels on the longer side, at most.
MAX_SIDE = 300
#: A smaller array is magnified by a whole number, so that its pixels stay sharp where a viewer smooths.
_MIN_SIDE = 96
_PERCENTILES = (1, 99)
_MASKED = 255
#: Elements of an array that are looked at together, about.
_TOGETHER = 1 << 18

# Colours of the map viridis at equal steps.
_VIRIDIS = (
    "440154 48186a 472d7b 424086 3b528b 33638d 2c728e 26828e 21918c "
    "1fa088 28ae80 3fbc73 5ec962 84d44b addc30 d8e219 fde725"
)


def _palette() -> NDArray[np.uint8]:
    """(256, 4) RGBA: viridis in 255 steps, the last entry transparent, for what is not a finite number."""
    stops = np.array([list(bytes.fromhex(code)) for code in _VIRIDIS.split()], dtype=float)
    positions = np.linspace(0, 1, len(stops))
    steps = np.linspace(0, 1, _MASKED)
    palette = np.zeros((256, 4), dtype=np.uint8)
    for channel in range(3):
        palette[:_MASKED, channel] = np.rint(np.interp(steps, positions, stops[:, channel]))
    palette[:_MASKED, 3] = 255
    return palette


def array_thumbnail(array: NDArray[Any]) -> bytes:
    """PNG of a 2-D array (rows downwards) of numbers, of which there is at least one.

    The 1st to 99th percentile spans the colours, or all values where those two are the same; NaN and infinite
    values are transparent; the magnitude is shown of complex ones.
    """
    small = _enlarged(_shrunk(array))
    finite = np.isfinite(small)
    numbers = np.full(small.shape, _MASKED, dtype=np.uint8)
    if finite.any():
        values = small[finite]
        low, high = np.percentile(values, _PERCENTILES)
        if low == high:  # few pixels differ from the rest, as in an image of single photons
            low, high = values.min(), values.max()
        with np.errstate(over="ignore"):
            span = high - low
        # a constant image is drawn in the middle of the colours
        usable = span > 0 and np.isfinite(span)
        scaled = (np.clip(values, low, high) - low) / span if usable else np.full(values.shape, 0.5)
        numbers[finite] = np.rint(scaled * (_MASKED - 1))
    return encode_png(numbers, _palette())


def picture_thumbnail(pixels: NDArray[np.uint8]) -> bytes:
    """PNG of an RGBA picture of shape (h, w, 4)."""
    channels = [_shrunk(pixels[:, :, i]) for i in range(pixels.shape[2])]
    return encode_png(np.rint(np.stack(channels, axis=2)).astype(np.uint8))


def _shrunk(array: NDArray[Any]) -> NDArray[np.float64]:
    """The array as float64, averaged down to MAX_SIDE; an average leaves out what is not finite.

    Goes a small part at a time: a camera's image must not be copied whole into floats.
    """
    if abs(array.strides[0]) < abs(array.strides[1]):  # columns lie in one piece, not rows
        return _shrunk(array.T).T
    scale = max(1.0, max(array.shape) / MAX_SIDE)
    height, width = (max(1, int(n / scale)) for n in array.shape)
    rows = np.linspace(0, array.shape[0], height + 1).astype(int)
    columns = np.linspace(0, array.shape[1], width + 1).astype(int)
    together = max(1, _TOGETHER * width * height // array.size)  # pixels of the thumbnail
    result = np.empty((height, width))
    for i in range(height):
        for first in range(0, width, together):
            last = min(first + together, width)
            part = array[rows[i] : rows[i + 1], columns[first] : columns[last]]
            result[i, first:last] = _averages(part, columns[first:last] - columns[first])
    return result


def _averages(strip: NDArray[Any], columns: NDArray[np.intp]) -> NDArray[np.float64]:
    """The average of each stretch of a strip of rows, which begin at those columns."""
    values = (np.abs(strip) if strip.dtype.kind == "c" else strip).astype(np.float64)
    finite = np.isfinite(values)
    with np.errstate(over="ignore"):  # what is too large to be summed is left out as infinite
        total = np.add.reduceat(np.where(finite, values, 0).sum(axis=0), columns)
    count = np.add.reduceat(finite.sum(axis=0), columns)
    return np.asarray(np.divide(total, count, out=np.full(len(columns), np.nan), where=count > 0))


def _enlarged(array: NDArray[np.float64]) -> NDArray[np.float64]:
    factor = max(1, _MIN_SIDE // max(array.shape))
    return np.repeat(np.repeat(array, factor, axis=0), factor, axis=1)
