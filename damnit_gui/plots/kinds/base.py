"""What a plot kind is."""

from collections.abc import Callable
from dataclasses import dataclass

from damnit_gui.plots.data import PlotData
from damnit_gui.plots.spec import PlotSpec
from damnit_gui.state.table_data import TableData


@dataclass(frozen=True, slots=True)
class PlotKind:
    """A way to plot columns. ``resolve`` decides what is drawn; it is pure."""

    id: str
    title: str
    icon: str
    resolve: Callable[[PlotSpec, TableData], PlotData]
    uses_x: bool
    lines: bool
    """Whether points may be joined by lines."""
