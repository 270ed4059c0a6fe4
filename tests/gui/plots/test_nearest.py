"""Which point the mouse means, and what is said of it."""

import numpy as np

from damnit_backend.core.keys import RunKey
from damnit_gui.plots.data import AxisInfo, PlotData, Series, Style
from damnit_gui.plots.nearest import View, describe, find

VIEW = View((0.0, 10.0), (0.0, 10.0), 500.0, 500.0)
RUNS = tuple((RunKey(1234, n),) for n in range(1, 4))


def plot(style: Style = Style.POINTS, x_log: bool = False, ascending: bool = False) -> PlotData:
    x, y = np.array([1.0, 5.0, 9.0]), np.array([2.0, np.nan, 8.0])
    axis = AxisInfo("Motor", "mm", log=x_log)
    return PlotData(axis, AxisInfo("Energy", "mJ"), (Series(style, x, y, RUNS, ascending=ascending),))


def test_the_nearest_point_within_reach_is_found() -> None:
    hit = find(plot(), VIEW, 1.1, 2.1)
    assert hit is not None
    assert describe(hit, plot()) == "p1234 r1\nMotor: 1 mm\nEnergy: 2 mJ"


def test_far_from_all_points_nothing_is_found() -> None:
    assert find(plot(), VIEW, 4.0, 4.0) is None


def test_a_gap_is_never_found() -> None:
    assert find(plot(Style.LINE, ascending=True), VIEW, 5.0, 5.0) is None


def test_an_ascending_curve_gives_the_same_answer_as_any_other() -> None:
    for x, y in ((1.1, 2.1), (8.9, 8.0), (5.0, 5.0)):
        one, other = (find(plot(Style.LINE, ascending=ascending), VIEW, x, y) for ascending in (False, True))
        assert (one is None) == (other is None)
        assert one is None or other is None or one.index == other.index


def test_on_a_logarithmic_axis_places_are_logarithms() -> None:
    view = View((0.0, 1.0), (0.0, 10.0), 500.0, 500.0)
    for ascending in (False, True):
        hit = find(plot(Style.LINE, x_log=True, ascending=ascending), view, float(np.log10(9.0)), 8.0)
        assert hit is not None
        assert hit.index == 2


def test_a_bar_is_found_below_its_top_and_tells_its_runs() -> None:
    runs = tuple(tuple(RunKey(1, n) for n in range(count)) for count in (2, 0, 20))
    series = Series(Style.BARS, np.array([0.0, 1, 2, 3]), np.array([2.0, 0, 20]), runs)
    data = PlotData(AxisInfo("Energy", "mJ"), AxisInfo("Runs"), (series,))
    hit = find(data, VIEW, 0.5, 1.0)
    assert hit is not None
    assert describe(hit, data) == "2 runs: 0 mJ to 1 mJ\nr0, r1"
    last = find(data, VIEW, 2.5, 1.0)
    assert last is not None
    assert describe(last, data).endswith("r11, …")
    assert find(data, VIEW, 0.5, 3.0) is None
    assert find(data, VIEW, 1.5, 0.0) is None
    assert find(data, VIEW, 99.0, 0.0) is None


def test_an_empty_plot_has_no_points() -> None:
    assert find(PlotData(), VIEW, 1.0, 1.0) is None
