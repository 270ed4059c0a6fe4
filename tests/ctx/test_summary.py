from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import xarray as xr
from damnit_ctx.png import encode_png
from damnit_ctx.summary import max_diff
from damnit_ctx.thumbnail import MAX_SIDE, array_thumbnail, picture_thumbnail
from damnit_ctx.trendline import MAX_POINTS, trendline
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

Execute = Callable[..., Any]


def test_that_each_kind_has_its_summary(execute: Execute) -> None:
    done = execute(
        """
        @Variable
        def number(run): return 3.5
        @Variable
        def text(run): return "hello"
        @Variable
        def complex_number(run): return np.complex64(1 + 2j)
        @Variable
        def line(run): return np.arange(10.0) * 2
        @Variable
        def along(run): return xr.DataArray([1.0, 2.0], dims="x", coords={"x": [10, 20]})
        @Variable
        def image(run): return np.arange(12.0).reshape(3, 4)
        @Variable
        def cube(run): return np.zeros((3, 4, 5), np.uint16)
        @Variable
        def no_rows(run): return np.zeros((0, 4))
        @Variable
        def texts(run): return xr.DataArray(np.array(["a", "b"]), dims="x")
        @Variable
        def day(run): return xr.DataArray(np.datetime64("2020-01-02", "ns"))
        """
    )

    assert done.read(".reduced/number") == 3.5
    assert done.read(".reduced/text") == "hello"
    assert done.read(".reduced/complex_number") == 1 + 2j
    assert done.read(".reduced/complex_number").dtype == np.complex128
    np.testing.assert_array_equal(done.read(".reduced/line"), [np.arange(10), np.arange(10) * 2])
    np.testing.assert_array_equal(done.read(".reduced/along"), [[10, 20], [1, 2]])
    assert done.read(".reduced/image").tobytes().startswith(b"\x89PNG")
    assert done.read(".reduced/cube") == "uint16: (3, 4, 5)"
    assert done.read(".reduced/no_rows") == "float64: (0, 4)"
    assert done.read(".reduced/texts") == "<U1: (2,)"
    assert done.read(".reduced/day").startswith("2020-01-02")
    types = {n: done.attributes(f".reduced/{n}").get("summary_type") for n in ("number", "text", "image")}
    assert types == {"number": None, "text": None, "image": None}
    assert done.attributes(".reduced/complex_number")["summary_type"] == "complex"
    assert done.attributes(".reduced/line")["summary_type"] == "trendline"


def test_that_a_summary_that_gives_no_numbers_is_not_taken(execute: Execute) -> None:
    done = execute(
        """
        @Variable(summary="unique")
        def names(run): return [b"ab", b"c"]
        @Variable(summary="unique")
        def records(run): return np.zeros(2, [("n", "i4")])
        """
    )

    assert done.read(".reduced/names") == "|S2: (2,)"
    assert done.read(".reduced/records") == "[('n', '<i4')]: (2,)"
    assert done.attributes(".reduced/names")["summary_method"] == ""


def test_that_the_summary_of_the_cell_goes_before_that_of_the_variable(execute: Execute) -> None:
    done = execute(
        """
        @Variable(summary="mean")
        def by_variable(run): return np.arange(4.0)
        @Variable(summary="mean")
        def by_cell(run): return Cell(np.arange(4.0), summary="sum")
        @Variable(summary="mean")
        def by_value(run): return Cell(np.arange(4.0), summary="sum", summary_value="as I say")
        @Variable
        def small_array(run): return Cell(np.arange(4.0), summary_value=[1, 2])
        @Variable(summary="mean")
        def of_a_list(run): return [1, 2, 3]
        @Variable(summary="mean")
        def of_a_dataarray(run): return xr.DataArray(np.arange(4.0))
        """
    )

    def reduced(name: str) -> tuple[Any, str]:
        return done.read(f".reduced/{name}"), done.attributes(f".reduced/{name}")["summary_method"]

    assert reduced("by_variable") == (1.5, "mean")
    assert reduced("by_cell") == (6.0, "sum")
    assert reduced("by_value") == ("as I say", "")
    assert reduced("of_a_list") == (2.0, "mean")
    assert reduced("of_a_dataarray") == (1.5, "mean")
    assert done.read(".reduced/small_array").tolist() == [1, 2]
    assert done.attributes(".reduced/small_array")["summary_type"] == "numpy"


@pytest.mark.parametrize("method", ["no_such_function", "pi", "linalg", "concatenate"])
def test_that_a_failing_summary_is_logged_and_the_default_takes_its_place(
    execute: Execute, caplog: pytest.LogCaptureFixture, method: str
) -> None:
    done = execute(f"@Variable(summary={method!r})\ndef x(run): return 'abc'\n")

    assert done.read(".reduced/x") == "abc"
    assert done.attributes(".reduced/x")["summary_method"] == ""
    assert method in caplog.text


def test_that_looks_and_units_are_attributes_of_the_summary(execute: Execute) -> None:
    done = execute(
        """
        mm = xr.DataArray(np.arange(3.0), attrs={"units": "mm"})
        @Variable(units="V")
        def cell(run): return Cell(mm, units="J", bold=False, background=[1, 2, 3])
        @Variable(units="V")
        def array(run): return mm
        @Variable(units="V")
        def variable(run): return 1
        """
    )

    cell = done.attributes(".reduced/cell")
    assert (cell["units"], bool(cell["bold"]), cell["background"].tolist()) == ("J", False, [1, 2, 3])
    assert cell["background"].dtype == np.uint8
    assert cell["max_diff"] == 2.0
    assert done.attributes(".reduced/array")["units"] == "mm"
    variable = done.attributes(".reduced/variable")
    assert variable["units"] == "V"
    assert not {"bold", "background", "max_diff"} & set(variable)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (3.0, None),
        ("text", None),
        (np.array([1.0]), None),
        (np.zeros(0), None),
        (np.array([1.0, np.nan, 4.0]), 3.0),
        (np.full(3, np.nan), None),
        (np.array([0.0, np.inf]), np.inf),
        (np.array([True, False]), 1.0),
        (np.array([True, True]), 0.0),
        (np.array([0, 255], np.uint8), 255.0),
        (np.array([-(2**63), 2**63 - 1]), float(2**64 - 1)),
        (np.array([0, 3 + 4j]), 5.0),
        (xr.DataArray([1.0, 2.0]), 1.0),
        (xr.DataArray(["a", "b"]), None),
        ([1, 5], 4.0),
    ],
)
def test_that_max_diff_is_what_the_data_span(data: Any, expected: float | None) -> None:
    assert max_diff(data) == expected


def decoded(png: bytes) -> np.ndarray[Any, np.dtype[np.uint8]]:
    image = Image.open(io.BytesIO(png))
    image.load()
    return np.asarray(image.convert("RGBA"))


@given(
    hnp.arrays(
        dtype=st.sampled_from([np.float64, np.float32, np.int16, np.uint8, np.bool_, np.complex64]),
        shape=hnp.array_shapes(min_dims=2, max_dims=2, max_side=12),
    )
)
@settings(deadline=None)
def test_that_any_two_dimensional_array_has_a_thumbnail(array: np.ndarray[Any, Any]) -> None:
    pixels = decoded(array_thumbnail(array))

    assert max(pixels.shape[:2]) <= MAX_SIDE
    # as it was, or magnified by a whole number
    assert pixels.shape[0] % array.shape[0] == 0
    assert pixels.shape[0] // array.shape[0] == pixels.shape[1] // array.shape[1]


@pytest.mark.parametrize("shape", [(1000, 500), (301, 299), (1, 10_000), (4000, 3), (300, 300)])
def test_that_a_thumbnail_keeps_proportions_within_its_size(shape: tuple[int, int]) -> None:
    pixels = decoded(array_thumbnail(np.ones(shape)))

    scale = max(shape) / MAX_SIDE
    assert max(pixels.shape[:2]) == MAX_SIDE
    assert abs(min(pixels.shape[:2]) - min(shape) / scale) <= 1


def test_that_colours_span_the_percentiles_and_leave_out_what_is_no_number() -> None:
    array = np.linspace(0, 1, 10_000).reshape(100, 100)
    array[0, 0] = 1e9  # one hot pixel must not darken the rest
    array[1, 1], array[2, 2] = np.nan, np.inf

    pixels = decoded(array_thumbnail(array))

    assert tuple(pixels[0, 1]) == (68, 1, 84, 255)  # the dark end of viridis
    assert tuple(pixels[99, 99]) == (253, 231, 37, 255)  # the bright end
    assert pixels[1, 1, 3] == 0
    assert pixels[2, 2, 3] == 0


def test_that_a_thumbnail_averages_what_it_leaves_out() -> None:
    board = np.indices((1200, 1200)).sum(axis=0) % 2

    pixels = decoded(array_thumbnail(board))

    assert len(np.unique(pixels.reshape(-1, 4), axis=0)) == 1


def test_that_a_picture_keeps_its_colours() -> None:
    picture = np.zeros((600, 900, 4), np.uint8)
    picture[:, :450] = (255, 0, 0, 255)
    picture[:, 450:] = (0, 0, 255, 128)

    pixels = decoded(picture_thumbnail(picture))

    assert pixels.shape == (200, 300, 4)
    assert tuple(pixels[0, 0]) == (255, 0, 0, 255)
    assert tuple(pixels[0, 299]) == (0, 0, 255, 128)


def test_that_rgb_is_written_too() -> None:
    pixels = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)

    np.testing.assert_array_equal(decoded(encode_png(pixels))[:, :, :3], pixels)


floats = st.floats(width=64)


@given(st.lists(st.tuples(floats, floats), max_size=400))
@settings(deadline=None)
def test_that_a_trend_line_is_made_of_the_finite_points_in_their_order(
    points: list[tuple[float, float]],
) -> None:
    array = np.array(points, dtype=float).reshape(-1, 2)

    line = trendline(array[:, 0], array[:, 1])

    finite = array[np.isfinite(array).all(axis=1)]
    assert line.shape[0] == 2
    assert line.shape[1] == min(len(finite), line.shape[1]) <= MAX_POINTS
    if len(finite) <= MAX_POINTS:
        np.testing.assert_array_equal(line.T, finite)
    else:
        rows = iter(finite.tolist())
        assert all(point in rows for point in line.T.tolist())  # a subsequence


def test_that_a_spike_survives_in_a_trend_line() -> None:
    ys = np.zeros(100_000)
    ys[54_321] = 7.0

    line = trendline(np.arange(100_000), ys)

    assert line.shape[1] <= MAX_POINTS
    assert line[:, line[1].argmax()].tolist() == [54_321, 7.0]
    assert (np.diff(line[0]) > 0).all()


def test_that_times_along_a_trend_line_are_seconds(execute: Execute) -> None:
    done = execute(
        """
        @Variable
        def along_time(run):
            days = np.array(["1970-01-02", "1970-01-03", "NaT"], "M8[ns]")
            return xr.DataArray([1.0, 2.0, 3.0], dims="t", coords={"t": days})
        @Variable
        def magnitude(run): return np.array([3 + 4j])
        """
    )

    np.testing.assert_array_equal(done.read(".reduced/along_time"), [[86400, 172800], [1, 2]])
    np.testing.assert_array_equal(done.read(".reduced/magnitude"), [[0], [5]])
