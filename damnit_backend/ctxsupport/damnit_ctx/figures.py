"""Figures of matplotlib and Plotly, recognised without importing either."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def is_instance_of(value: Any, module: str, name: str) -> bool:
    """Whether `value` is a `module.name`; a module that nobody has imported made no object."""
    found = sys.modules.get(module)
    return found is not None and isinstance(value, getattr(found, name))


def is_matplotlib(value: Any) -> bool:
    return is_instance_of(value, "matplotlib.figure", "Figure") or is_instance_of(value, "matplotlib.axes", "Axes")


def is_plotly(value: Any) -> bool:
    return is_instance_of(value, "plotly.basedatatypes", "BaseFigure")


def is_figure(value: Any) -> bool:
    return is_matplotlib(value) or is_plotly(value)


def draw(value: Any) -> NDArray[np.uint8]:
    """A matplotlib figure, or the figure of an Axes, as (height, width, 4) RGBA."""
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas: Any = FigureCanvasAgg(_figure_of(value))
    canvas.draw()
    return np.array(canvas.buffer_rgba(), dtype=np.uint8)


def close(value: Any) -> None:
    """Let go of a figure that pyplot would keep until the process ends."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None or not is_matplotlib(value):
        return
    pyplot.close(_figure_of(value))


def _figure_of(value: Any) -> Any:
    """The whole figure that an Axes is in, perhaps in a part of it."""
    return value if is_instance_of(value, "matplotlib.figure", "Figure") else value.get_figure().figure


def describe_plotly(figure: Any) -> str:
    """A few words for the cell: Plotly itself draws nothing without a browser."""
    kinds = list(dict.fromkeys(str(trace.type) for trace in figure.data))
    count = len(figure.data)
    words = f"{count} trace{'' if count == 1 else 's'}"
    return f"Plotly figure ({words}: {', '.join(kinds)})" if kinds else "Plotly figure (empty)"
