"""What is drawn of Plotly's JSON; whatever the file holds, there is a drawing or a reason."""

import json
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from damnit_gui.plots.data import Style
from damnit_gui.plots.results.plotly_data import drawable


def figure(*traces: Any, **layout: Any) -> str:
    return go.Figure(list(traces), layout=layout).to_json()


def test_scatter_traces_keep_titles_names_and_numbers_stored_as_bytes() -> None:
    text = figure(
        go.Scatter(x=np.arange(3), y=np.array([1.0, np.nan, 2.0]), name="one", mode="lines"),
        go.Scatter(x=[1, 2], y=[3, None], name="two", mode="markers"),
        title="Delay <b>scan</b>", xaxis_title="delay (ps)", yaxis_type="log",
    )  # fmt: skip
    drawn = drawable(text)
    assert drawn.title == "Delay  scan"
    assert drawn.plot is not None
    assert [series.title for series in drawn.plot.series] == ["one", "two"]
    assert [series.style for series in drawn.plot.series] == [Style.LINE, Style.POINTS]
    assert np.array_equal(drawn.plot.series[0].y, [1, np.nan, 2], equal_nan=True)
    assert drawn.plot.x.title == "delay (ps)"
    assert drawn.plot.y.log


def test_dates_are_times_and_words_count_by_their_place() -> None:
    drawn = drawable(figure(go.Scatter(x=["2026-05-28", "2026-05-29"], y=[1, 2])))
    assert drawn.plot is not None
    assert drawn.plot.x.time
    drawn = drawable(figure(go.Bar(x=["left", "right"], y=[1, -2])))
    assert drawn.plot is not None
    assert drawn.plot.series[0].x.tolist() == [-0.5, 0.5, 1.5]


def test_a_heat_map_is_an_image_with_coordinates() -> None:
    drawn = drawable(figure(go.Heatmap(z=np.arange(6).reshape(2, 3), x=[10, 20, 30]), title="Map"))
    assert drawn.heatmap is not None
    assert drawn.heatmap.data.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert drawn.heatmap.axes[1].at(2) == 30
    assert drawn.heatmap.axes[0].coordinate is None


def test_a_histogram_is_counted_here() -> None:
    drawn = drawable(figure(go.Histogram(x=[1, 1, 2, None])))
    assert drawn.plot is not None
    assert drawn.plot.series[0].y.sum() == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "cannot be read"),
        ("[]", "cannot be read"),
        ("{}", "no data"),
        ('{"data": [1]}', "cannot be read"),
        ('{"data": [{"type": "bar", "y": {"bdata": "###", "dtype": "f8"}}]}', "cannot be read"),
        ('{"data": [{"type": "bar", "y": {"bdata": "AAAA", "dtype": "object"}}]}', "cannot be read"),
        ('{"data": [{"type": "heatmap", "z": [1, 2]}]}', "cannot be read"),
        ('{"data": [{"type": "heatmap", "z": [[1], [2, 3]]}]}', "cannot be read"),
        (figure(go.Scatter3d(x=[1], y=[1], z=[1])), "scatter3d"),
        (figure(go.Scatter(x=[1], y=[1]), go.Scatter(x=[1], y=[1], xaxis="x2")), "several plots"),
    ],
)
def test_what_cannot_be_drawn_has_a_reason(text: str, words: str) -> None:
    drawn = drawable(text)
    assert drawn.plot is None
    assert drawn.heatmap is None
    assert words in drawn.why


@pytest.mark.parametrize("kind", ["scatter", "bar", "histogram"])
def test_a_trace_without_points_is_no_trouble(kind: str) -> None:
    drawn = drawable(json.dumps({"data": [{"type": kind, "x": [], "y": []}]}))
    assert drawn.plot is not None
    assert drawn.plot.message
