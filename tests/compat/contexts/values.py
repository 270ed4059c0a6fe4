"""The first half of a context file with every kind of value: what Variables return. It runs on any run that opens."""

# ruff: noqa: ARG001 -- its functions take a run they may not use

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import xarray as xr
from damnit_ctx import Variable


@Variable(title="Numbers/Integer", description="A whole number.")
def integer(run):
    return 42


@Variable(title="Numbers/Real", units="mJ")
def real(run):
    """A number with a unit."""
    return 1.25


@Variable()
def negative_zero(run):
    return -0.0


@Variable()
def numpy_int(run):
    return np.int16(-7)


@Variable()
def numpy_uint64(run):
    return np.uint64(2**63 - 1)


@Variable()
def big_int(run):
    return 2**40 + 1


@Variable()
def numpy_float32(run):
    return np.float32(0.1)


@Variable()
def not_a_number(run):
    return float("nan")


@Variable()
def infinite(run):
    return float("inf")


@Variable()
def true(run):
    return True


@Variable()
def numpy_false(run):
    return np.bool_(False)


@Variable(title="Numbers/Complex")
def complex_number(run):
    return 1 + 2j


@Variable()
def numpy_complex64(run):
    return np.complex64(3 - 4j)


@Variable(title="Text/String", tags=["text"])
def string(run):
    return "Übergröße µJ – 静"


@Variable()
def empty_string(run):
    return ""


@Variable()
def list_of_numbers(run):
    return [1, 2, 3.5]


@Variable()
def empty_list(run):
    return []


@Variable()
def array_0d(run):
    return np.array(2.5)


@Variable(title="Arrays/1-D", tags=["arrays", "long"])
def array_1d(run):
    return np.arange(1000.0) ** 2


@Variable()
def array_1d_short(run):
    return np.array([3, 1, 2], dtype=np.int32)


@Variable()
def array_1d_nan(run):
    return np.array([1.0, np.nan, 3.0, np.inf])


@Variable()
def array_1d_bool(run):
    return np.array([True, False, True])


@Variable()
def array_1d_complex(run):
    return np.array([1 + 1j, 2 - 2j])


@Variable()
def array_1d_strings(run):
    return np.array(["a", "bc"])


@Variable()
def array_1d_datetime(run):
    return np.array(["2024-01-01", "2024-01-02"], dtype="datetime64[ns]")


@Variable()
def array_empty(run):
    return np.zeros(0)


@Variable(summary="mean", units="V")
def array_summary(run):
    return np.arange(5.0)


@Variable(summary="no_such_function")
def bad_summary(run):
    return np.arange(5.0)


@Variable(summary="nanstd")
def summary_failing(run):
    return np.array(["x", "y"])


@Variable(title="Arrays/2-D", tags="arrays")
def array_2d(run):
    y, x = np.mgrid[:600, :400]
    return np.exp(-((x - 200) ** 2 + (y - 300) ** 2) / 5000.0)


@Variable()
def array_2d_bool(run):
    return np.eye(8, dtype=bool)


@Variable()
def array_2d_nan(run):
    return np.full((6, 4), np.nan)


@Variable()
def array_3d(run):
    return np.zeros((3, 4, 5), dtype="u2")


@Variable()
def array_rgb(run):
    return np.full((10, 20, 3), 128, dtype="u1")


@Variable()
def array_4d(run):
    return np.zeros((2, 3, 4, 5), dtype="f4")


@Variable()
def array_5d(run):
    return np.zeros((1, 2, 3, 4, 5))


@Variable(title="Labelled/Plain")
def dataarray(run):
    return xr.DataArray(np.arange(12.0).reshape(3, 4), dims=("a", "b"))


@Variable(title="Labelled/With coordinates")
def dataarray_coords(run):
    return xr.DataArray(
        np.arange(500.0) ** 2,
        dims=("trainId",),
        coords={"trainId": 10_000 + np.arange(500) * 2},
        name="intensity",
        attrs={"units": "nJ"},
    )


@Variable()
def dataarray_0d(run):
    return xr.DataArray(5.0, attrs={"units": "eV"})


@Variable(title="Labelled/Dataset")
def dataset(run):
    return xr.Dataset({"x": ("t", np.arange(4.0)), "a/b": ("t", np.arange(4))}, coords={"t": [1, 2, 3, 4]})


@Variable()
def series(run):
    return pd.Series([1.0, 2.0, 4.0], index=[10, 20, 30], name="s")


@Variable()
def dataframe(run):
    return pd.DataFrame({"x": [1, 2], "y": ["a", "b"]})


@Variable(title="Figures/Matplotlib")
def figure(run):
    fig, ax = plt.subplots()
    ax.plot([1, 2, 3])
    return fig


@Variable(title="Figures/Axes")
def axes(run):
    _, ax = plt.subplots()
    ax.plot([3, 2, 1])
    return ax


@Variable(title="Figures/Plotly")
def plotly_figure(run):
    return go.Figure(go.Scatter(x=[1, 2], y=[3, 4]))
