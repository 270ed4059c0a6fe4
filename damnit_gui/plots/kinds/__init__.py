"""The kinds of plot of the run table. A new one is a module here and one entry in `KINDS`."""

from damnit_gui.plots.data import PlotData
from damnit_gui.plots.spec import PlotSpec
from damnit_gui.state.table_data import TableData

from . import against, histogram
from .base import PlotKind

KINDS: tuple[PlotKind, ...] = (against.KIND, histogram.KIND)


def kind_of(spec: PlotSpec) -> PlotKind:
    """The kind that a spec names; the first one for a name that this version does not know."""
    return next((kind for kind in KINDS if kind.id == spec.kind), KINDS[0])


def resolve(spec: PlotSpec, table: TableData | None) -> PlotData:
    """What to draw for a spec, from the table as it is now. Never raises for what a table may hold."""
    if table is None:
        return PlotData(message="The table is being read.")
    return kind_of(spec).resolve(spec, table)
