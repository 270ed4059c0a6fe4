"""Plots, made in the ways in which people make them."""

# ruff: noqa: ARG001, F821 -- Variables take a run they may not use; annotations are those of context files

import matplotlib.pyplot as plt
import numpy as np
import plotly.express as px
import plotly.graph_objects as go
from damnit_ctx import Cell, Variable
from matplotlib.figure import Figure

MOTOR = "SA3_XTD10_MCP/MOTOR/X2"


@Variable(title="Matplotlib/Figure")
def figure(run):
    fig, ax = plt.subplots()
    ax.plot(run[MOTOR, "actualPosition"].ndarray())
    ax.set_xlabel("train")
    return fig


@Variable(title="Matplotlib/Axes")
def axes(run):
    plt.figure(figsize=(4, 8))
    plt.plot(run[MOTOR, "actualPosition"].ndarray())
    return plt.gca()


@Variable(title="Matplotlib/Current figure")
def current(run):
    plt.figure()
    plt.hist(run[MOTOR, "actualPosition"].ndarray())
    return plt.gcf()


@Variable(title="Matplotlib/Subplots")
def subplots(run):
    fig, axs = plt.subplots(2, 2, figsize=(8, 3), sharex=True)
    for ax in axs.flat:
        ax.plot([1, 2])
    fig.tight_layout()
    return fig


@Variable(title="Matplotlib/Array of Axes")
def array_of_axes(run):
    _, axs = plt.subplots(1, 2)
    return axs


@Variable(title="Matplotlib/Image with colour bar")
def image(run):
    fig, ax = plt.subplots(dpi=50)
    fig.colorbar(ax.imshow(np.arange(12).reshape(3, 4)))
    return fig


@Variable(title="Matplotlib/Without pyplot")
def plain(run):
    fig = Figure(figsize=(3, 3))
    fig.add_subplot().plot([1, 2, 3])
    return fig


@Variable(title="Matplotlib/What plot returns")
def lines(run):
    return plt.plot([1, 2, 3])


@Variable(title="Matplotlib/xarray's plot")
def by_xarray(run):
    _, ax = plt.subplots()
    run[MOTOR, "actualPosition"].xarray().plot(ax=ax)
    return ax


@Variable(title="Matplotlib/pandas' plot")
def by_pandas(run):
    return run[MOTOR, "actualPosition"].series().plot()


@Variable(title="Plotly/Express")
def express(run):
    return px.line(y=[1, 3, 2])


@Variable(title="Plotly/Graph objects")
def graph_objects(run):
    return go.Figure(go.Heatmap(z=[[1, 2], [3, 4]]), layout={"title": "heat"})


@Variable(title="Cell/Figure with a number")
def with_number(run):
    fig, ax = plt.subplots()
    ax.plot([1, 2])
    return Cell(fig, summary_value=5, bold=True)


@Variable(title="Cell/Data with a figure")
def with_figure(run):
    fig, ax = plt.subplots()
    ax.plot([1, 2])
    return Cell(np.arange(10), summary="max", preview=fig)


@Variable(title="Cell/Data with Axes")
def with_axes(run):
    _, ax = plt.subplots()
    ax.plot([1, 2])
    return Cell(np.arange(10), preview=ax)


@Variable(title="Cell/Data with Plotly")
def with_plotly(run):
    return Cell(np.zeros((2, 2, 2)), summary_value="3-D", preview=px.line(y=[1, 3, 2]))


@Variable(title="Given/A figure")
def of_figure(run, fig: "var#figure"):
    return f"{type(fig).__name__} {len(fig.axes)}"


@Variable(title="Given/Plotly")
def of_plotly(run, fig: "var#express"):
    return len(fig.data)
