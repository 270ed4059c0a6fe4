"""What is drawn for a choice of columns, decided without Qt."""

import math

import numpy as np
import pytest

from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.core.values import CellValue, Value
from damnit_backend.store.table import RunInfo, TableSnapshot, VariableInfo
from damnit_gui.plots.columns import plottable_columns
from damnit_gui.plots.data import Style
from damnit_gui.plots.kinds import KINDS, kind_of, resolve
from damnit_gui.plots.kinds.histogram import MOST_BINS, bin_edges
from damnit_gui.plots.spec import PlotSpec
from damnit_gui.state.table_data import TableData

VARIABLES = (VariableInfo("energy", "XGM/Energy", units="mJ"), VariableInfo("motor", "Motor"))


def make_table(*rows: dict[str, Value], proposals: tuple[int, ...] = ()) -> TableData:
    """A table with a run for each row, from 1 on, of proposal 1234 or those given."""
    keys = [RunKey(proposals[n] if proposals else 1234, n + 1) for n in range(len(rows))]
    cells = {
        CellKey(*key, name): CellValue(value, units="mm" if name == "motor" else "")
        for key, row in zip(keys, rows, strict=True)
        for name, value in row.items()
    }
    runs = tuple(RunInfo(key, 1.7e9 + 60 * key.run, None) for key in keys)
    return TableData.from_snapshot(TableSnapshot(1, runs, VARIABLES, cells))


def test_a_point_is_drawn_for_each_run_that_has_both_values() -> None:
    table = make_table({"energy": 1.5, "motor": 3}, {"energy": 2.5}, {"motor": 4}, {"energy": 3.5, "motor": 5})
    data = resolve(PlotSpec("motor", "energy"), table)
    (series,) = data.series
    assert series.style is Style.POINTS
    assert series.x.tolist() == [3, 5]
    assert series.y.tolist() == [1.5, 3.5]
    assert series.runs == ((RunKey(1234, 1),), (RunKey(1234, 4),))
    assert not data.legend
    assert data.message == ""


def test_axes_have_titles_and_units_of_the_variable_or_else_of_its_cells() -> None:
    table = make_table({"energy": 1.5, "motor": 3})
    data = resolve(PlotSpec("motor", "energy"), table)
    assert data.x.label == "Motor (mm)"
    assert data.y.label == "XGM/Energy (mJ)"


def test_start_time_has_a_time_axis_and_run_one_of_whole_numbers() -> None:
    table = make_table({"energy": 1.5})
    assert resolve(PlotSpec("start_time", "energy", x_log=True), table).x.time
    assert not resolve(PlotSpec("start_time", "energy", x_log=True), table).x.log
    assert resolve(PlotSpec("run", "energy"), table).x.whole


def test_a_line_goes_along_x_and_has_a_gap_where_a_run_has_no_value() -> None:
    table = make_table({"energy": 1.0, "motor": 3}, {"motor": 2}, {"energy": 3.0, "motor": 1}, {"energy": 9.0})
    (series,) = resolve(PlotSpec("motor", "energy", lines=True), table).series
    assert series.x.tolist() == [1, 2, 3]
    assert np.array_equal(series.y, [3.0, math.nan, 1.0], equal_nan=True)
    assert [runs[0].run for runs in series.runs] == [3, 2, 1]


def test_runs_of_several_proposals_are_series_of_their_own_with_a_legend() -> None:
    table = make_table({"energy": 1.0}, {"energy": 2.0}, proposals=(1234, 5678))
    data = resolve(PlotSpec("run", "energy"), table)
    assert [series.title for series in data.series] == ["p1234", "p5678"]
    assert data.legend


def test_booleans_are_drawn_as_0_and_1_and_huge_integers_as_numbers() -> None:
    table = make_table({"motor": True, "energy": 2**62}, {"motor": False, "energy": 1})
    (series,) = resolve(PlotSpec("motor", "energy"), table).series
    assert series.x.tolist() == [1, 0]
    assert series.y[0] == float(2**62)


def test_infinite_values_are_left_out_and_counted() -> None:
    table = make_table({"energy": math.inf}, {"energy": 1.0}, {"energy": -math.inf})
    data = resolve(PlotSpec("run", "energy"), table)
    assert data.series[0].y.tolist() == [1.0]
    assert data.note.startswith("2 points are not drawn")


def test_a_logarithmic_axis_leaves_out_what_is_not_positive_and_says_so() -> None:
    table = make_table({"energy": -1.0}, {"energy": 0.0}, {"energy": 10.0})
    data = resolve(PlotSpec("run", "energy", y_log=True), table)
    assert data.series[0].y.tolist() == [10.0]
    assert "not positive" in data.note


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (PlotSpec("run", ""), "Choose"),
        (PlotSpec("", "energy"), "Choose"),
        (PlotSpec("run", "gone"), "No run has both Run and gone yet"),
        (PlotSpec("motor", "energy"), "No run has both Motor and XGM/Energy yet"),
        (PlotSpec("run", "energy", y_log=True), "None of the 1 points can be drawn"),
        (PlotSpec("run", "", "histogram"), "Choose"),
        (PlotSpec("run", "gone", "histogram"), "No run has a finite gone yet"),
    ],
)
def test_a_plot_of_nothing_says_why_it_is_empty(spec: PlotSpec, words: str) -> None:
    data = resolve(spec, make_table({"energy": -1.0}))
    assert data.series == ()
    assert words in data.message


def test_without_a_table_there_is_a_word_that_it_is_being_read() -> None:
    assert resolve(PlotSpec("run", "energy"), None).message


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_each_kind_resolves_an_empty_table(kind) -> None:
    data = resolve(PlotSpec("run", "energy", kind.id), make_table())
    assert data.series == ()
    assert data.message


def test_a_spec_of_a_kind_from_a_newer_version_is_shown_as_the_first_kind() -> None:
    assert kind_of(PlotSpec(kind="violin")) is KINDS[0]


def test_swapping_exchanges_the_columns_with_their_logarithms() -> None:
    spec = PlotSpec("run", "energy", x_log=True, lines=True)
    assert spec.swapped == PlotSpec("energy", "run", y_log=True, lines=True)
    assert spec.swapped.swapped == spec


def test_a_histogram_counts_each_run_once_and_knows_which() -> None:
    table = make_table(*({"energy": float(n % 5)} for n in range(50)))
    (series,) = resolve(PlotSpec(y="energy", kind="histogram"), table).series
    assert series.style is Style.BARS
    assert series.y.tolist() == [10] * 5
    assert series.x.size == 6
    assert sum(len(runs) for runs in series.runs) == 50
    assert all(key.run % 5 == 1 for key in series.runs[0])


def test_a_histogram_leaves_out_what_is_not_finite() -> None:
    table = make_table({"energy": math.inf}, {"energy": 1.0}, {"energy": 2.0})
    data = resolve(PlotSpec(y="energy", kind="histogram"), table)
    assert data.series[0].y.sum() == 2
    assert "1 infinite" in data.note


@pytest.mark.parametrize(
    "values",
    [
        [1.0],
        [0.0, 0.0],
        [1.0, 1.0 + 3e-16],
        [1e300, -1e300],
        [1.7e308, -1.7e308],
        [1e-300, 2e-300],
        [0.0, 1e9],
        list(range(10**4)),
    ],
)
def test_bins_hold_all_values_and_are_never_many(values: list[float]) -> None:
    array = np.array(values, dtype=np.float64)
    edges = bin_edges(array)
    assert np.all(np.diff(edges) > 0)
    assert edges[0] <= array.min()
    assert edges[-1] >= array.max()
    assert edges.size <= MOST_BINS + 2


def test_columns_on_offer_are_run_and_start_time_and_those_with_numbers() -> None:
    table = make_table({"energy": 1.0, "motor": "text"})
    assert [(column.name, column.title) for column in plottable_columns(table)] == [
        ("run", "Run"),
        ("start_time", "Start time"),
        ("energy", "XGM/Energy"),
    ]
