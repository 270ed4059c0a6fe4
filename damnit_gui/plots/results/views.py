"""The views of full results, in the order in which they are preferred. A new one is a module and a line here."""

from damnit_backend.store.results import Result

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


def views_of(result: Result) -> list[ViewKind]:
    """The views that can show a result, the best first; there is always one."""
    return [view for view in VIEWS if view.accepts(result)]
