"""What a notebook reads is what the Variable returned: written, merged and read with real files."""

import math
from typing import Any

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis.extra import pandas as hpd

RoundTrip = Any
DIMS = ("x", "y", "train", "with space", "µ", "a/b")

plain_dtypes = st.one_of(
    hnp.boolean_dtypes(),
    hnp.integer_dtypes(endianness="?"),
    hnp.unsigned_integer_dtypes(endianness="?"),
    hnp.floating_dtypes(endianness="?", sizes=(16, 32, 64)),
    hnp.complex_number_dtypes(endianness="?", sizes=(64, 128)),
)
time_dtypes = st.sampled_from(["M8[ns]", "M8[us]", "M8[s]", "m8[ns]", "m8[ms]"]).map(np.dtype)
text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
arrays = hnp.arrays(plain_dtypes, hnp.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=4))


def assert_same_array(read: Any, returned: Any) -> None:
    expected = np.asarray(returned)
    if expected.shape == ():  # numpy's scalars know one byte order only
        expected = expected.astype(expected.dtype.newbyteorder("="))
    found = np.asarray(read)
    assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
    np.testing.assert_array_equal(found, expected)


@given(value=arrays)
@settings(max_examples=60, deadline=None)
def test_that_any_array_of_numbers_comes_back(round_trip: RoundTrip, value: Any) -> None:
    assert_same_array(round_trip(value), value)


@given(value=st.one_of(st.booleans(), st.integers(-(2**63), 2**64 - 1), st.floats(), st.complex_numbers(), text))
@settings(max_examples=40, deadline=None)
def test_that_numbers_and_texts_come_back(round_trip: RoundTrip, value: Any) -> None:
    read = round_trip(value)

    if isinstance(value, str):
        assert (type(read), read) == (str, value)
    else:
        assert_same_array(read, value)


SPECIAL = {
    "very long text": "grüße 静 " * 1_000_000,
    "a view that is not contiguous": np.arange(200_000).reshape(400, 500)[::-3, ::7],
    "columns first": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "one row, many times": np.broadcast_to(np.arange(3.0), (400_000, 3)),
    "read-only bytes": np.frombuffer(b"abc", np.uint8),
    "a record": np.zeros(3, dtype=[("energy", ">f8"), ("hit", "?")]),
    "large and compressible": np.zeros((3, 500_000), np.float32),
    "large and not": np.random.default_rng(1).random((3, 100_001)),
    "large, of another byte order": np.arange(300_000, dtype=">u2"),
    "large, odd shape": np.arange(300_007.0).reshape(1, 1, -1, 1),
    "large complex": np.arange(200_000) * 1j,
    "large bool": np.arange(2_000_001) % 3 == 0,
    "large, columns first": np.arange(400_000.0).reshape(1000, 400).T,
    "large, of half precision": (np.arange(1_000_000) % 100).astype(np.float16),
    "no dimension": np.array(7, ">i2"),
    "five dimensions": np.arange(32, dtype=np.uint8).reshape(2, 2, 2, 2, 2),
    "nothing, in three dimensions": np.zeros((3, 0, 2), np.complex64),
    "byte strings": np.array([[b"ab", b"c"], [b"", b"\xff\x00x"]], "S4"),
    "no byte strings": np.array([], "S3"),
    "many byte strings": np.full((400, 1000), b"SA1_XTD2_XGM"),
    "opaque bytes": np.array([b"ab", b"\0c"], "V2"),
    "an opaque scalar": np.void(b"\1\0"),
    "a record with byte strings": np.array([(1, b"ab", (2.5, 3))], [("n", "i4"), ("s", "S4"), ("r", "f4,i2")]),
    "not finite": np.array([np.nan, np.inf, -np.inf, -0.0]),
}


@pytest.mark.parametrize("value", SPECIAL.values(), ids=SPECIAL.keys())
def test_that_what_is_stored_in_its_own_way_comes_back(round_trip: RoundTrip, value: Any) -> None:
    read = round_trip(value)

    if isinstance(value, str):
        assert read == value
    else:
        assert_same_array(read, value)


def images(dtype: Any = float) -> xr.DataArray:
    """More than a megabyte, so that it is compressed."""
    counts = np.random.default_rng(1).poisson(1, (1300, 900)).astype(dtype)
    return xr.DataArray(counts, dims=["y", "x"], coords={"x": np.arange(900) * 0.5}, attrs={"units": "photons"})


LARGE = {
    "as it lies": images(),
    "columns first": images().T,
    "every second": images()[:, ::-1],
    "truths": images(dtype=bool).assign_attrs(long_name="hit"),
    "truths, columns first": images(dtype=bool).T,
    "of another byte order": images(dtype=">f8"),
    "whole numbers": images(dtype=np.int64),
    "complex": images(dtype=complex).T,
    "with gaps": images().where(images() > 0).T,
}


@pytest.mark.parametrize("value", LARGE.values(), ids=LARGE.keys())
def test_that_large_labelled_arrays_come_back(round_trip: RoundTrip, value: xr.DataArray) -> None:
    assert value.nbytes > 1_000_000
    for labelled in (value, value.to_dataset(name="a/b")):
        assert_same_labelled(round_trip(labelled), labelled)


KEYS = ("units", "long_name", "_FillValue", "scale_factor", "coordinates", "calendar", "NAME", "CLASS", "flag", "µ")
attributes = st.dictionaries(
    st.sampled_from(KEYS),
    st.one_of(text, st.floats(), st.integers(-(2**70), 2**70), st.booleans(), st.none(), st.lists(st.integers(0, 9)),
              st.lists(text, min_size=1), st.just("seconds since 2000-01-01"), st.just("ms"),
              st.dictionaries(text, st.integers(), max_size=2)),
    max_size=3,
)  # fmt: skip


@st.composite
def variables(draw: st.DrawFn, dims: list[str], sizes: dict[str, int], dtypes: Any = plain_dtypes) -> Any:
    shape = tuple(sizes[dim] for dim in dims)
    kind = draw(st.integers(0, 3))
    if kind == 0:
        size = math.prod(shape)
        values = np.array(draw(st.lists(text, min_size=size, max_size=size)), dtype=str).reshape(shape)
    elif kind == 1:
        seconds = hnp.arrays(np.int64, shape, elements=st.integers(-(10**9), 10**9))
        dtype = draw(time_dtypes)
        values = draw(seconds).astype(dtype.kind + "8[s]").astype(dtype)
    else:
        values = draw(hnp.arrays(draw(dtypes), shape))
    return xr.Variable(dims, values, draw(attributes))


@st.composite
def dataarrays(draw: st.DrawFn) -> xr.DataArray:
    dims = draw(st.lists(st.sampled_from(DIMS), unique=True, max_size=3))
    sizes = {dim: draw(st.integers(0, 3)) for dim in dims}
    coords: dict[Any, Any] = {}
    for dim in dims:
        if draw(st.booleans()):
            coords[dim] = draw(variables([dim], sizes, plain_dtypes.filter(lambda dtype: dtype.char != "e")))
    if draw(st.booleans()):
        coords["label"] = draw(variables([], sizes))
    if dims and draw(st.booleans()):
        coords["beside"] = draw(variables(dims[:1], sizes))
    name = draw(st.one_of(st.none(), text, st.sampled_from(["x", "a/b", "data", ".hidden", 5])))
    variable = draw(variables(dims, sizes))
    return xr.DataArray(variable, coords=coords, name=name, attrs=variable.attrs)


def assert_same_labelled(read: Any, returned: Any) -> None:
    xr.testing.assert_identical(read, returned)
    names = returned.variables if isinstance(returned, xr.Dataset) else [None, *returned.coords]
    for name in names:
        found, expected = (read, returned) if name is None else (read[name], returned[name])
        if expected.dtype.kind not in "UT" and expected.size:  # the length of the longest text is no matter
            assert found.dtype == expected.dtype, name


@given(value=dataarrays())
@settings(max_examples=80, deadline=None)
def test_that_any_dataarray_comes_back(round_trip: RoundTrip, value: xr.DataArray) -> None:
    assert_same_labelled(round_trip(value), value)


@given(first=dataarrays(), attrs=attributes)
@settings(max_examples=40, deadline=None)
def test_that_any_dataset_comes_back(round_trip: RoundTrip, first: xr.DataArray, attrs: dict[str, Any]) -> None:
    value = first.to_dataset(name="first").assign(scalar=3, other=("other dim", [1, 2])).assign_attrs(attrs)

    assert_same_labelled(round_trip(value), value)


def test_that_an_empty_dataset_and_years_far_away_come_back(round_trip: RoundTrip) -> None:
    far = xr.DataArray(np.array(["0500-01-01", "9000-01-01", "NaT"], "M8[s]"), dims="t")

    for value in (xr.Dataset(), xr.Dataset(attrs={"only": True}), far):
        assert_same_labelled(round_trip(value), value)


text_indexes = hpd.indexes(elements=text, dtype=object, max_size=5)
tables = hpd.data_frames(
    [hpd.column("energy", dtype=float), hpd.column(3, dtype=np.int16), hpd.column("µ/x", elements=text, dtype=object)],
    index=st.one_of(hpd.range_indexes(max_size=5), hpd.indexes(dtype=float, max_size=5), text_indexes),
)


@given(value=tables)
@settings(max_examples=40, deadline=None)
def test_that_any_table_comes_back(round_trip: RoundTrip, value: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(round_trip(value), value, check_index_type=False)


LABELS = {
    "numbers": [0, 1],
    "mixed": ["a", 1],
    "twice the same": ["a", "a"],
    "which look the same": ["1", 1],
    "levels": pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["p", "q"]),
    "times": pd.date_range("2020", periods=2, name="day").as_unit("ns"),
    "truths": [True, False],
    "none": [None, "a"],
    "tuples": pd.Index([("a", 1), ("b", 2)], tupleize_cols=False),
    "named": pd.Index(["a", "b"], name="channel"),
}


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS.keys())
def test_that_columns_of_any_names_come_back(round_trip: RoundTrip, labels: Any) -> None:
    value = pd.DataFrame([[1.0, 2.0]]).set_axis(labels, axis="columns")

    pd.testing.assert_frame_equal(round_trip(value), value, check_freq=False)


@given(value=hpd.series(dtype=float), name=st.one_of(st.none(), text, st.integers(), st.tuples(text, st.integers())))
@settings(max_examples=30, deadline=None)
def test_that_any_series_comes_back(round_trip: RoundTrip, value: "pd.Series[Any]", name: Any) -> None:
    value.name = name

    pd.testing.assert_series_equal(round_trip(value), value)


COLUMNS = {
    "categories": pd.Series(["a", "b"], dtype="category"),
    "times": pd.Series(pd.date_range("2020", periods=2, tz="Europe/Berlin")),
    "durations": pd.Series(pd.to_timedelta([1, 2], unit="s")),
    "whole numbers with a gap": pd.Series([1, None, 3], dtype="Int64"),
    "truths": pd.Series([True, False], index=[1, 1]),
    "of another byte order": pd.Series(np.array([1, 2], ">f8")),
    "half precision": pd.Series(np.array([1, 2], np.float16)),
    "indexed by levels": pd.Series([1, 2], index=pd.MultiIndex.from_tuples([(1, "a"), (2, "b")], names=["k", "l"])),
    "named as its index": pd.Series([1, 2], index=pd.Index([3, 4], name="q"), name="q"),
}


@pytest.mark.parametrize("value", COLUMNS.values(), ids=COLUMNS.keys())
def test_that_columns_of_any_type_come_back(round_trip: RoundTrip, value: "pd.Series[Any]") -> None:
    value.attrs["source"] = "SA1_XTD2"

    read = round_trip(value)

    pd.testing.assert_series_equal(read, value)
    assert read.attrs == value.attrs


FRAMES = {
    "indexed by levels": pd.DataFrame(
        {"a": [1.0, np.nan]}, index=pd.MultiIndex.from_tuples([(1, "x"), (2, "µ")], names=["run", "label"])
    ),
    "indexed by times": pd.DataFrame({"a": [1, 2]}, index=pd.DatetimeIndex(["2020", "2021"], name="t").as_unit("ns")),
    "of many types": pd.DataFrame(
        {
            "category": pd.Categorical(["a", "b"], categories=["b", "a", "c"], ordered=True),
            "time": pd.DatetimeIndex(["2020-01-01", "NaT"]).tz_localize("Asia/Tokyo").as_unit("ns"),
            "duration": pd.to_timedelta([1, None], unit="s").as_unit("ns"),
            "gap": pd.array([1, None], dtype="Int16"),
            "text": pd.array(["ü", None], dtype="string"),
            "truth": [True, False],
            "small": np.array([1, 2], np.float32),
        }
    ),
    "nothing": pd.DataFrame(),
    "no rows": pd.DataFrame({"a": np.zeros(0, np.int8)}),
}


@pytest.mark.parametrize("value", FRAMES.values(), ids=FRAMES.keys())
def test_that_tables_of_any_index_and_types_come_back(round_trip: RoundTrip, value: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(round_trip(value), value, check_freq=False)


def test_that_a_plotly_figure_comes_back(round_trip: RoundTrip) -> None:
    import plotly.graph_objects as go

    figure = go.Figure(go.Scatter(x=np.arange(3), y=np.array([1, np.nan, 3])), layout={"title": "ü"})

    assert round_trip(figure) == figure
