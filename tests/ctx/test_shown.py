"""Thumbnails and trend lines of odd values: they are right, or say in words what is there."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from typing import Any

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
import xarray as xr
from damnit_ctx import thumbnail
from damnit_ctx import trendline as trendline_module
from damnit_ctx.cell import Cell
from damnit_ctx.summary import default_summary, summarise
from damnit_ctx.thumbnail import array_thumbnail
from damnit_ctx.trendline import MAX_POINTS, as_float, trendline
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image


def pixels(array: Any) -> np.ndarray[Any, np.dtype[np.uint8]]:
    image = Image.open(io.BytesIO(array_thumbnail(array)))
    return np.asarray(image.convert("RGBA"))


def colours(array: Any) -> set[tuple[int, ...]]:
    return {tuple(pixel) for pixel in pixels(array).reshape(-1, 4).tolist()}


MIDDLE = (32, 145, 140, 255)
CLEAR = (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.full((3, 4), 7.0), {MIDDLE}),
        (np.full((3, 4), 2**63, np.uint64), {MIDDLE}),
        (np.ones((600, 500), bool), {MIDDLE}),
        (np.full((2, 2), np.nan), {CLEAR}),
        (np.full((2, 2), -np.inf), {CLEAR}),
        (np.full((500, 500), np.nan), {CLEAR}),
        (np.array([[1.0, np.nan], [np.inf, 1.0]]), {MIDDLE, CLEAR}),
        (np.full((700, 700), 1.7e308), {MIDDLE, CLEAR}),
        (np.array([[-1.7e308, 1.7e308]]), {MIDDLE}),
        (np.diag([2e221] + [1e-87] * 99), {(68, 1, 84, 255), (253, 231, 37, 255)}),
        (np.full((2, 3), 3 + 4j), {MIDDLE}),
    ],
)  # fmt: skip
def test_that_constant_and_infinite_images_have_thumbnails(array: Any, expected: set[Any]) -> None:
    found = colours(array)

    assert {tuple(np.clip(c, None, 255)) for c in found} <= expected | {near for near in found if _near(near, MIDDLE)}
    assert CLEAR in expected or CLEAR not in found


def _near(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return all(abs(a - b) <= 4 for a, b in zip(one, other))


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (1, 10_000), (2, 3)])
@pytest.mark.parametrize("dtype", ["bool", "i1", "u2", ">i4", "u8", "f2", ">f4", "f8", "c8"])
def test_that_one_row_or_column_of_any_type_goes_from_dark_to_bright(shape: tuple[int, int], dtype: str) -> None:
    array = np.linspace(0, 100, shape[0] * shape[1]).reshape(shape).astype(dtype)

    shown = pixels(array)

    if max(shape) <= 300:
        expected = tuple(n * max(1, 96 // max(shape)) for n in shape)
    else:
        expected = tuple(max(1, n * 300 // max(shape)) for n in shape)
    assert shown.shape[:2] == expected
    if array.size > 1:
        assert shown[0, 0, :3].sum() < shown[-1, -1, :3].sum()


def test_that_few_pixels_that_differ_are_seen() -> None:
    photons = np.zeros((100, 100), np.uint16)
    photons[3, 4] = 1

    shown = pixels(photons)

    assert shown[3, 4, :3].sum() > shown[0, 0, :3].sum() + 200


def test_that_a_thumbnail_does_not_depend_on_how_the_image_lies_in_memory() -> None:
    array = np.random.default_rng(1).random((700, 900))

    expected = pixels(array)

    for other in (np.asfortranarray(array), array[::-1, ::-1].copy()[::-1, ::-1], array.astype(">f8")):
        np.testing.assert_array_equal(pixels(other), expected)


@pytest.mark.parametrize("shape", [(1, 5000), (7, 3000), (900, 700)])
def test_that_a_thumbnail_does_not_depend_on_how_much_is_looked_at_together(
    shape: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    array = np.random.default_rng(1).random(shape)
    array[array > 0.9] = np.nan
    expected = pixels(array)

    for together in (1, 100, 1000):
        monkeypatch.setattr(thumbnail, "_TOGETHER", together)
        np.testing.assert_array_equal(pixels(array), expected)


@pytest.mark.parametrize("dtype", ["f4", "f8", "u2", "bool"])
def test_that_the_thumbnail_of_a_huge_image_takes_little_time(dtype: str) -> None:
    """The bound is for a busy machine; `benchmarks.context` has the figures."""
    array = (np.random.default_rng(1).random((4000, 4000), dtype=np.float32) * 2).astype(dtype)

    begun = time.process_time()
    array_thumbnail(array)
    array_thumbnail(np.where(array > 1, np.inf, np.nan))
    array_thumbnail(array.T)

    assert time.process_time() - begun < 1.5


def plain_trendline(x: Any, y: Any) -> Any:
    """What a trend line is, in the simplest words."""
    finite = np.isfinite(x) & np.isfinite(y)
    x, y = x[finite], y[finite]
    if len(x) <= MAX_POINTS:
        return np.stack([x, y])
    edges = np.arange(MAX_POINTS // 2 + 1) * len(x) // (MAX_POINTS // 2)
    chosen: list[int] = []
    for start, stop in zip(edges[:-1], edges[1:]):
        part = y[start:stop]
        chosen += sorted({int(start + part.argmin()), int(start + part.argmax())})
    return np.stack([x[chosen], y[chosen]])


@given(
    y=hnp.arrays(np.float64, st.integers(0, 700), elements=st.floats(width=16)),
    block=st.sampled_from([1, 7, 64, 1 << 18]),
    seed=st.none() | st.integers(0, 10),
)
@settings(max_examples=60, deadline=None)
def test_that_a_trend_line_is_the_same_whatever_the_size_of_its_blocks(y: Any, block: int, seed: int | None) -> None:
    x = None if seed is None else np.random.default_rng(seed).normal(size=len(y))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trendline_module, "BLOCK", block)
        line = trendline(x, y)

    np.testing.assert_array_equal(line, plain_trendline(np.arange(len(y), dtype=float) if x is None else x, y))


def test_that_points_keep_their_coordinates_where_those_are_in_no_order() -> None:
    x = np.random.default_rng(1).permutation(5000)

    line = default_summary(xr.DataArray(x * 2.0, dims="x", coords={"x": x})).value

    assert isinstance(line, np.ndarray)
    np.testing.assert_array_equal(line[1], line[0] * 2)
    assert line.shape[1] <= MAX_POINTS


def over(x: Any) -> xr.DataArray:
    """Values 1, 2, … over a coordinate."""
    return xr.DataArray(np.arange(1.0, len(x) + 1), dims="x", coords={"x": x})


DAY = 86400.0
LINES = {
    "bool": (np.array([True, False]), [[0, 1], [1, 0]]),
    "int8": (np.array([-128, 127], np.int8), [[0, 1], [-128, 127]]),
    "uint64": (np.array([0, 2**64 - 1], np.uint64), [[0, 1], [0, 2.0**64]]),
    "half": (np.array([1, np.inf, 2], np.float16), [[0, 2], [1, 2]]),
    "complex": (np.array([3 + 4j, np.nan]), [[0], [5]]),
    "empty": (np.zeros(0), [[], []]),
    "nothing finite": (np.full(1000, np.nan), [[], []]),
    "constant": (np.full(3, 2.5), [[0, 1, 2], [2.5] * 3]),
    "times": (xr.DataArray(np.array(["1970-01-02", "NaT"], "M8[ns]"), dims="x"), [[0], [DAY]]),
    "durations": (xr.DataArray(np.array([1500, 2000], "m8[ms]"), dims="x"), [[0, 1], [1.5, 2]]),
    "over times": (over(np.array(["1970-01-02", "NaT"], "M8[ns]")), [[DAY], [1]]),
    "over texts": (over(["a", "b"]), [[0, 1], [1, 2]]),
    "over truths": (over([False, True]), [[0, 1], [1, 2]]),
    "over gaps": (over([0, np.nan, 5]), [[0, 5], [1, 3]]),
}  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), LINES.values(), ids=LINES.keys())
def test_that_curves_of_any_type_are_trend_lines(value: Any, expected: Any) -> None:
    summary = default_summary(value)

    assert summary.type == "trendline"
    assert not isinstance(summary.value, str)
    np.testing.assert_array_equal(summary.value, np.array(expected, dtype=float))


TEXTS = {
    "no rows": (np.zeros((0, 4)), "float64: (0, 4)"),
    "no columns": (np.zeros((4, 0)), "float64: (4, 0)"),
    "five dimensions": (np.zeros((1, 2, 1, 2, 1), bool), "bool: (1, 2, 1, 2, 1)"),
    "images of times": (xr.DataArray(np.zeros((2, 2), "M8[ns]")), "datetime64[ns]: (2, 2)"),
    "texts": (xr.DataArray(["a", "b"]), "<U1: (2,)"),
    "a time": (xr.DataArray(np.datetime64("2020-01-02T03:04", "ns")), "2020-01-02T03:04:00.000000000"),
    "a record": (np.zeros(2, [("a", "i4")]), "[('a', '<i4')]: (2,)"),
}


@pytest.mark.parametrize(("value", "expected"), TEXTS.values(), ids=TEXTS.keys())
def test_that_what_cannot_be_drawn_is_told_in_words(value: Any, expected: str) -> None:
    assert default_summary(value).value == expected


def test_that_times_count_as_seconds_in_any_unit() -> None:
    for unit, factor in (("ns", 1e9), ("us", 1e6), ("ms", 1e3), ("10s", 0.1), ("m", 1 / 60), ("D", 1 / DAY)):
        seconds = as_float(np.array([0, 3, "NaT"], f"M8[{unit}]"))
        np.testing.assert_allclose(seconds, [0, 3 / factor, np.nan])
    assert as_float(np.array(["9000-01-01"], "M8[s]")).tolist() == [221845392000.0]


def test_that_a_curve_of_whole_numbers_with_gaps_is_a_curve(execute: Callable[..., Any]) -> None:
    done = execute(
        """
        import pandas as pd
        @Variable
        def gaps(run): return pd.Series([1, None, 3], dtype="Int64")
        """
    )

    np.testing.assert_array_equal(done.read(".reduced/gaps"), [[0, 2], [1, 3]])


def test_that_a_plotly_figure_needs_no_browser() -> None:
    go = pytest.importorskip("plotly.graph_objects")

    def text(figure: Any) -> Any:
        summary = summarise(Cell(figure), None, None)
        assert summary is not None
        return summary.value

    assert text(go.Figure()) == "Plotly figure (empty)"
    assert text(go.Figure(go.Heatmap(z=np.eye(2)))) == "Plotly figure (1 trace: heatmap)"
    assert text(go.Figure([go.Bar(), go.Scatter(), go.Bar()])) == "Plotly figure (3 traces: bar, scatter)"
