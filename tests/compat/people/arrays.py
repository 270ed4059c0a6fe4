"""Arrays and tables of many kinds."""

# ruff: noqa: ARG001 -- Variables take a run they may not use

from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from damnit_ctx import Variable


@Variable(title="Kinds/big_endian")
def big_endian(run):
    return np.arange(5, dtype=">f4")


@Variable(title="Kinds/transposed")
def transposed(run):
    return np.arange(12.0).reshape(3, 4).T


@Variable(title="Kinds/strided")
def strided(run):
    return np.arange(20)[::3]


@Variable(title="Kinds/negative_stride")
def negative_stride(run):
    return np.arange(10)[::-1]


@Variable(title="Kinds/masked", summary="mean")
def masked(run):
    return np.ma.masked_less(np.arange(5.0), 2)


@Variable(title="Kinds/float16_array")
def float16_array(run):
    return np.linspace(0, 1, 7, dtype=np.float16)


@Variable(title="Kinds/complex_image")
def complex_image(run):
    return np.ones((3, 4)) * (1 + 1j)


@Variable(title="Kinds/one_row")
def one_row(run):
    return np.arange(7.0)[None]


@Variable(title="Kinds/one_column")
def one_column(run):
    return np.arange(7.0)[:, None]


@Variable(title="Kinds/one_value")
def one_value(run):
    return np.array([3.5])


@Variable(title="Kinds/empty_image")
def empty_image(run):
    return np.zeros((0, 4))


@Variable(title="Kinds/empty_3d")
def empty_3d(run):
    return np.zeros((2, 0, 4))


@Variable(title="Kinds/int_image")
def int_image(run):
    return np.arange(12).reshape(3, 4)


@Variable(title="Kinds/constant_image")
def constant_image(run):
    return np.full((4, 4), 7.0)


@Variable(title="Kinds/image_with_inf")
def image_with_inf(run):
    return np.array([[1.0, np.inf], [np.nan, 2.0]])


@Variable(title="Kinds/rgba")
def rgba(run):
    return np.full((4, 5, 4), 200, dtype=np.uint8)


@Variable(title="Kinds/constant")
def constant(run):
    return np.full(10, 2.0)


@Variable(title="Kinds/ints")
def ints(run):
    return np.arange(10)


@Variable(title="Kinds/varying")
def varying(run):
    return 1e-12 * np.arange(10.0)


@Variable(title="Kinds/list_of_lists")
def list_of_lists(run):
    return [[1, 2], [3, 4]]


@Variable(title="Kinds/ragged")
def ragged(run):
    return [[1, 2], [3]]


@Variable(title="Kinds/list_of_arrays")
def list_of_arrays(run):
    return [np.arange(3), np.arange(3)]


@Variable(title="Kinds/list_of_texts")
def list_of_texts(run):
    return ["a", "b"]


@Variable(title="Kinds/list_of_none")
def list_of_none(run):
    return [None, 1]


@Variable(title="Kinds/a_set")
def a_set(run):
    return {1, 2}


@Variable(title="Kinds/a_dict")
def a_dict(run):
    return {"a": 1}


@Variable(title="Kinds/a_path")
def a_path(run):
    return Path("/data")


@Variable(title="Kinds/some_bytes")
def some_bytes(run):
    return b"abc"


@Variable(title="Kinds/a_timestamp")
def a_timestamp(run):
    return pd.Timestamp("2024-01-01")


@Variable(title="Kinds/structured")
def structured(run):
    return np.zeros(3, dtype=[("x", "f8"), ("n", "i4")])


@Variable(title="Kinds/a_generator")
def a_generator(run):
    return (i for i in range(3))


@Variable(title="Kinds/a_function")
def a_function(run):
    return len


@Variable(title="Kinds/an_index")
def an_index(run):
    return pd.Index([1, 2, 3])


@Variable(title="Kinds/a_series")
def a_series(run):
    return pd.Series([1.5, 2.5], index=[10, 20], name="s")


@Variable(title="Kinds/series_of_texts")
def series_of_texts(run):
    return pd.Series(["a", "b"])


@Variable(title="Kinds/series_of_times")
def series_of_times(run):
    return pd.Series(pd.date_range("2024-01-01", periods=3), name="when")


@Variable(title="Kinds/frame")
def frame(run):
    return pd.DataFrame({"a": [1, 2], "b": ["x", None]})


@Variable(title="Kinds/frame_with_index")
def frame_with_index(run):
    return pd.DataFrame({"a": [1.5, 2.5]}, index=pd.Index([3, 4], name="trainId"))


@Variable(title="Kinds/empty_frame")
def empty_frame(run):
    return pd.DataFrame()


@Variable(title="Labelled/labelled")
def labelled(run):
    return xr.DataArray(np.arange(6.0).reshape(2, 3), dims=("y", "x"), coords={"x": [1, 2, 3]}, attrs={"units": "mm"})


@Variable(title="Labelled/labelled_named", summary="mean")
def labelled_named(run):
    return xr.DataArray(np.arange(4), dims="trainId", coords={"trainId": [10, 11, 12, 13]}, name="energy")


@Variable(title="Labelled/labelled_scalar")
def labelled_scalar(run):
    return xr.DataArray(2.5, coords={"run": 4}, attrs={"units": "eV"})


@Variable(title="Labelled/labelled_bool")
def labelled_bool(run):
    return xr.DataArray([True, False], dims="x")


@Variable(title="Labelled/labelled_complex")
def labelled_complex(run):
    return xr.DataArray([1j, 2], dims="x")


@Variable(title="Labelled/labelled_texts")
def labelled_texts(run):
    return xr.DataArray(["a", "bc"], dims="x")


@Variable(title="Labelled/labelled_times")
def labelled_times(run):
    return xr.DataArray(np.arange(3.0), dims="t", coords={"t": pd.date_range("2024-01-01", periods=3)})


@Variable(title="Labelled/labelled_unsorted")
def labelled_unsorted(run):
    return xr.DataArray([3.0, 1.0, 2.0], dims="x", coords={"x": [3, 1, 2]})


@Variable(title="Labelled/labelled_text_coordinate")
def labelled_text_coordinate(run):
    return xr.DataArray([1.0, 2.0], dims="motor", coords={"motor": ["X", "Y"]})


@Variable(title="Labelled/labelled_two_coordinates")
def labelled_two_coordinates(run):
    return xr.DataArray([1.0, 2.0], dims="x", coords={"x": [1, 2], "y": ("x", [5, 6])})


@Variable(title="Labelled/labelled_attrs")
def labelled_attrs(run):
    return xr.DataArray([1.0], dims="x", attrs={"units": "mm", "n": 3, "list": [1, 2], "text": "µ"})


@Variable(title="Labelled/labelled_4d")
def labelled_4d(run):
    return xr.DataArray(np.zeros((2, 2, 2, 2)), dims=list("abcd"))


@Variable(title="Labelled/labelled_no_data")
def labelled_no_data(run):
    return xr.DataArray(np.zeros(0), dims="x")


@Variable(title="Labelled/dataset")
def dataset(run):
    return xr.Dataset({"a": ("x", [1, 2]), "b": (("x", "y"), np.zeros((2, 2)))}, coords={"x": [3, 4]}, attrs={"run": 1})


@Variable(title="Labelled/empty_dataset")
def empty_dataset(run):
    return xr.Dataset()


@Variable(title="Labelled/dataset_with_slash")
def dataset_with_slash(run):
    return xr.Dataset({"XGM/energy": ("x", [1.0, 2.0])})
