"""The views of full results, in the order in which they are preferred. A new one is a module and a line here.

The last one accepts everything, so that there is always a view.
"""

from . import curve, dataset, figure, image, plotly, stack, table, text
from .base import ViewKind

VIEWS: tuple[ViewKind, ...] = (
    plotly.KIND,
    figure.KIND,
    dataset.KIND,
    curve.KIND,
    image.KIND,
    stack.KIND,
    table.KIND,
    text.KIND,
)
