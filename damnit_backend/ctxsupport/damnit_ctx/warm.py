"""Doing once, before the first fork, what every run would otherwise do again: imports and the search for fonts."""

from __future__ import annotations

import contextlib
import importlib
import logging
import sys
from typing import Any

log = logging.getLogger(__name__)

_WRITERS = ("h5netcdf", "xarray.backends.h5netcdf_", "pandas")
"""What writing a DataArray needs; without them such a value says so itself."""


def warm_writers() -> None:
    """To be called when a context file is loaded: what it imported tells whether it draws figures."""
    for name in _WRITERS:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    if "matplotlib.figure" in sys.modules:
        _warm_matplotlib()


def _warm_matplotlib() -> None:
    """Draw a little figure: matplotlib looks for its fonts at the first text."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    try:
        figure = Figure(figsize=(1, 1))
        figure.add_subplot().set_title("warm")
        canvas: Any = FigureCanvasAgg(figure)
        canvas.draw()
    except (RuntimeError, ValueError, OSError) as error:
        # Settings of the context file may not suit this figure; those that it draws say what is wrong.
        log.info("The figure for warming up could not be drawn: %s", error)
