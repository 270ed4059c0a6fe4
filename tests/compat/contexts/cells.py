"""The second half of a context file with every kind of value: dependencies, failures and Cells.

It continues `values.py`; the two are joined into one file.
"""

# ruff: noqa: ARG001, F821 -- its functions take a run they may not use; annotations are in the language of context files

import logging

import matplotlib.pyplot as plt
import numpy as np
import plotly.graph_objects as go
import xarray as xr
from damnit_ctx import Cell, Skip, Variable


@Variable()
def nothing(run):
    return None


@Variable(transient=True)
def passing(run):
    return {"any": object()}


@Variable()
def of_passing(run, data: "var#passing"):
    return len(data)


@Variable(title="Bad/Raises")
def raises(run):
    raise ValueError("boo")


@Variable()
def raises_empty(run):
    raise RuntimeError


@Variable()
def says_skip(run):
    raise Skip("why not")


@Variable()
def no_source(run):
    return run["NO/SUCH/SOURCE", "value"].ndarray()


@Variable()
def needs_raises(run, value: "var#raises"):
    return value


@Variable()
def needs_needs_raises(run, value: "var#needs_raises"):
    return value


@Variable()
def needs_skip(run, value: "var#says_skip"):
    return value


@Variable()
def needs_nothing(run, value: "var#nothing"):
    return value


@Variable()
def needs_raises_default(run, value: "var#raises" = 5):
    return value


@Variable()
def cannot_save_object(run):
    return object()


@Variable()
def cannot_save_object_array(run):
    return np.array([object(), {}], dtype=object)


@Variable()
def cannot_save_dict(run):
    return {"a": 1}


@Variable()
def datetime_scalar(run):
    return np.datetime64("2024-01-01T00:00:00")


@Variable()
def cell_number(run):
    return Cell(3.5, bold=True, background="#ff8000", units="mm")


@Variable()
def cell_plain(run):
    return Cell(3.5, bold=False)


@Variable()
def cell_summary(run):
    return Cell(np.arange(10.0), summary="max", background=[0, 255, 1])


@Variable()
def cell_summary_value(run):
    return Cell(np.arange(10.0), summary_value=99)


@Variable()
def cell_summary_text(run):
    return Cell(np.arange(10.0), summary_value="all well")


@Variable()
def cell_preview_2d(run):
    return Cell(np.zeros((3, 4, 5)), preview=np.arange(20.0).reshape(4, 5))


@Variable()
def cell_preview_1d(run):
    return Cell(np.zeros((3, 4)), preview=np.arange(5))


@Variable()
def cell_preview_dataarray(run):
    return Cell(7, preview=xr.DataArray(np.arange(4.0), dims=("x",), coords={"x": [1, 2, 3, 4]}))


@Variable()
def cell_preview_figure(run):
    fig, ax = plt.subplots()
    ax.plot([1, 2])
    return Cell(8, preview=fig)


@Variable()
def cell_preview_plotly(run):
    return Cell(9, preview=go.Figure(go.Scatter(x=[1], y=[2])))


@Variable()
def cell_none(run):
    return Cell(None)


@Variable()
def cell_none_summary(run):
    return Cell(None, summary_value=5)


@Variable()
def run_number(run, number: "meta#run_number"):
    return number


@Variable()
def proposal_number(run, number: "meta#proposal"):
    return number


@Variable()
def proposal_path(run, path: "meta#proposal_path"):
    return f"{type(path).__module__.partition('.')[0]} {path.name}"


@Variable()
def prints(run):
    print("printed by a Variable")
    logging.getLogger("mine").info("logged by a Variable")
    return 1
