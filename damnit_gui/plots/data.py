"""What a plot shows, decided and ready to draw: plain frozen values without Qt."""

from dataclasses import dataclass, field
from enum import Enum

import numpy as np
import numpy.typing as npt

from damnit_backend.core.keys import RunKey

Numbers = npt.NDArray[np.float64]


class Style(Enum):
    """How a series is drawn."""

    POINTS = "points"
    LINE = "line"
    BARS = "bars"


@dataclass(frozen=True, slots=True)
class AxisInfo:
    """One axis: what stands beside it and how its numbers are to be read.

    ``time``: seconds since 1970, shown as local dates; ``whole``: only whole numbers mean something.
    """

    title: str = ""
    units: str = ""
    time: bool = False
    whole: bool = False
    log: bool = False

    @property
    def label(self) -> str:
        return f"{self.title} ({self.units})" if self.units else self.title


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Points or bars of one colour, in the units of the axes (logarithms are the canvas' business).

    Points and lines: ``x`` and ``y`` of equal length, NaN in ``y`` is a gap in the line. Bars: ``x`` are the edges,
    one more than ``y``. ``runs`` are the runs behind each point or bar (empty where there are none), and ``title``
    names the series in a legend. ``ascending``: ``x`` never falls, so that long curves can be cut to what is seen.
    """

    style: Style
    x: Numbers
    y: Numbers
    runs: tuple[tuple[RunKey, ...], ...] = ()
    title: str = ""
    ascending: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class PlotData:
    """A whole plot. ``message`` says why there is nothing to see, ``note`` what is not drawn of it."""

    x: AxisInfo = field(default_factory=AxisInfo)
    y: AxisInfo = field(default_factory=AxisInfo)
    series: tuple[Series, ...] = ()
    message: str = ""
    note: str = ""

    @property
    def legend(self) -> bool:
        """Whether the colours need an explanation."""
        return len(self.series) > 1

    @property
    def largest(self) -> float:
        """The largest finite magnitude of y; 0 if there is none."""
        tops = (np.abs(series.y[np.isfinite(series.y)]).max(initial=0.0) for series in self.series)
        return float(max(tops, default=0.0))
