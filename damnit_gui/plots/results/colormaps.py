"""The colour maps on offer: all rise evenly in lightness, so that colour-blind people and printers can read them."""

from functools import cache
from typing import Any

import numpy as np
import pyqtgraph as pg

COLOUR_MAPS = ("viridis", "cividis", "magma", "grey")


@cache
def colour_map(name: str) -> Any:
    """A pyqtgraph colour map by its name."""
    if name == "grey":
        return pg.ColorMap([0.0, 1.0], np.array([[0, 0, 0, 255], [255, 255, 255, 255]], dtype=np.uint8), name="grey")
    return pg.colormap.get(name)
