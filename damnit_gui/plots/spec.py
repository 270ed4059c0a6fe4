"""What a person chose for one plot: small, frozen, and what a saved view keeps of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlotSpec:
    """A plot of columns of the run table, by their names.

    ``kind`` is the id of a plot kind; a kind that needs one column uses ``y``. Empty names: not chosen yet.
    """

    x: str = "run"
    y: str = ""
    kind: str = "against"
    lines: bool = False
    x_log: bool = False
    y_log: bool = False

    @property
    def swapped(self) -> "PlotSpec":
        """The same plot with its axes exchanged."""
        return PlotSpec(self.y, self.x, self.kind, self.lines, self.y_log, self.x_log)
