"""A PNG writer for what thumbnails need, so that no imaging library is asked of the user's Python."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

_COLOUR_TYPES = {3: 2, 4: 6}  # channels → the format's number for RGB and RGBA
_INDEXED = 3


def encode_png(pixels: NDArray[np.uint8], palette: NDArray[np.uint8] | None = None) -> bytes:
    """The PNG of (h, w, 3) RGB or (h, w, 4) RGBA pixels, or of (h, w) numbers of the palette's (n, 4) RGBA rows."""
    height, width = pixels.shape[:2]
    colour_type = _INDEXED if palette is not None else _COLOUR_TYPES[pixels.shape[2]]
    rows = np.ascontiguousarray(pixels, dtype=np.uint8).reshape(height, -1)
    # every row begins with the number of its filter: 0, none
    scanlines = np.pad(rows, ((0, 0), (1, 0))).tobytes()
    parts = [
        b"\x89PNG\r\n\x1a\n",
        _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0)),
    ]
    if palette is not None:
        parts.append(_chunk(b"PLTE", palette[:, :3].astype(np.uint8).tobytes()))
        parts.append(_chunk(b"tRNS", palette[:, 3].astype(np.uint8).tobytes()))
    parts.append(_chunk(b"IDAT", zlib.compress(scanlines, 6)))
    parts.append(_chunk(b"IEND", b""))
    return b"".join(parts)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
