"""Plotly's JSON as plots that we draw ourselves: scatter, line, bar, histogram and heat map. Pure."""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from damnit_gui.plots.data import AxisInfo, Numbers, PlotData, Series, Style
from damnit_gui.plots.kinds.histogram import bin_edges

from .arrays import Array, Axis, Labelled

_CURVES = ("scatter", "scattergl", None)
_TAG = re.compile(r"<[^<>]*>")
_LONGEST = 50_000_000
"""Bytes of one array that we are willing to decode."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawable:
    """What we can draw of a Plotly figure: a plot or a heat map; else ``why`` not. ``title`` is the figure's own."""

    title: str = ""
    plot: PlotData | None = None
    heatmap: Labelled | None = None
    why: str = ""


def drawable(text: str) -> Drawable:
    """Read a figure's JSON. Whatever it holds, the answer is a plot or a reason."""
    try:
        figure = json.loads(text)
        layout, traces = figure.get("layout") or {}, figure.get("data") or []
        title = _text(layout.get("title"))
        kinds = sorted({str(trace.get("type") or "scatter") for trace in traces})
        if not traces:
            return Drawable(title, why="The figure has no data.")
        if any(trace.get("xaxis", "x") != "x" or trace.get("yaxis", "y") != "y" for trace in traces):
            return Drawable(title, why="The figure has several plots in one.")
        if kinds == ["heatmap"] and len(traces) == 1:
            return Drawable(title, heatmap=_heatmap(traces[0], layout, title))
        if set(kinds) <= {"scatter", "scattergl", "bar", "histogram"}:
            return Drawable(title, plot=_plot(traces, layout))
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, binascii.Error) as error:
        return Drawable(why=f"The figure cannot be read: {error}")
    return Drawable(title, why=f"A Plotly figure of kind {', '.join(kinds)}, which is not drawn here.")


def _text(value: Any) -> str:
    """A title, which is a string or an object with one; without its markup."""
    text = value.get("text") if isinstance(value, dict) else value
    return _TAG.sub(" ", str(text)).strip() if text else ""


def _array(value: Any) -> Array:
    """An array written as a list or, since Plotly 6, as base64 of its bytes. Text becomes dates, or stays text."""
    if isinstance(value, dict):
        if len(value["bdata"]) > _LONGEST:
            raise ValueError("an array is too long")
        data = np.frombuffer(base64.b64decode(value["bdata"], validate=True), dtype=np.dtype(value["dtype"]))
        shape = value.get("shape")
        return data.reshape([int(part) for part in str(shape).split(",")]) if shape else data
    items = value if isinstance(value, list) else []
    if items and isinstance(items[0], list):
        return np.array([[np.nan if cell is None else cell for cell in row] for row in items], dtype=np.float64)
    if any(isinstance(item, str) for item in items):
        return np.array([str(item) for item in items])
    return np.array([np.nan if item is None else item for item in items], dtype=np.float64)


def _axis_info(layout: dict[str, Any], side: str) -> AxisInfo:
    axis = layout.get(side) or {}
    return AxisInfo(_text(axis.get("title")) or side[0].upper(), log=axis.get("type") == "log")


def _numbers(values: Array) -> tuple[Numbers, bool]:
    """Numbers to draw at, and whether they are times; words count by their place."""
    if values.dtype.kind != "U":
        return values.astype(np.float64).ravel(), False
    try:
        return np.array([datetime.fromisoformat(text).timestamp() for text in values.tolist()]), True
    except ValueError:
        return np.arange(values.size, dtype=np.float64), False


def _plot(traces: list[dict[str, Any]], layout: dict[str, Any]) -> PlotData:
    x_info, y_info = _axis_info(layout, "xaxis"), _axis_info(layout, "yaxis")
    series = []
    for trace in traces:
        kind = trace.get("type")
        made, time = _histogram(trace) if kind == "histogram" else _series(trace, bars=kind == "bar")
        x_info = AxisInfo(x_info.title, x_info.units, time or x_info.time, log=x_info.log and not time)
        series.append(made)
    if all(one.y.size == 0 for one in series):
        return PlotData(x_info, y_info, message="The figure has no points.")
    return PlotData(x_info, y_info, tuple(series))


def _series(trace: dict[str, Any], *, bars: bool) -> tuple[Series, bool]:
    y, _ = _numbers(_array(trace.get("y")))
    x, time = _numbers(_array(trace["x"])) if trace.get("x") is not None else (np.arange(y.size, dtype=float), False)
    count = min(x.size, y.size)
    x, y = x[:count], np.where(np.isinf(y[:count]), np.nan, y[:count])
    title = _text(trace.get("name"))
    if bars:
        order = np.argsort(x, kind="stable")
        return Series(Style.BARS, _edges(x[order]), y[order], title=title), time
    mode = str(trace.get("mode") or ("lines" if count >= 20 else "lines+markers"))
    style = Style.LINE if "lines" in mode else Style.POINTS
    return Series(style, x, y, title=title, ascending=bool(np.all(x[1:] >= x[:-1]))), time


def _edges(centres: Numbers) -> Numbers:
    """Edges between bars at these ascending places."""
    if centres.size < 2:
        return np.concatenate([centres - 0.5, centres + 0.5]) if centres.size else np.zeros(1)
    middles = (centres[1:] + centres[:-1]) / 2
    return np.concatenate([[2 * centres[0] - middles[0]], middles, [2 * centres[-1] - middles[-1]]])


def _histogram(trace: dict[str, Any]) -> tuple[Series, bool]:
    values, time = _numbers(_array(trace["x"]))
    values = values[np.isfinite(values)]
    edges = bin_edges(values) if values.size else np.zeros(1)
    counts = np.histogram(values, edges)[0].astype(np.float64) if values.size else np.zeros(0)
    return Series(Style.BARS, edges, counts, title=_text(trace.get("name"))), time


def _heatmap(trace: dict[str, Any], layout: dict[str, Any], title: str) -> Labelled:
    data = _array(trace["z"])
    if data.ndim != 2:
        raise ValueError(f"a heat map of {data.ndim} dimensions")
    axes = []
    for side, count in zip(("y", "x"), data.shape, strict=True):
        info = _axis_info(layout, f"{side}axis")
        given = trace.get(side)
        values, time = _numbers(_array(given)) if given is not None else (np.zeros(0), False)
        coordinate = values if values.size == count and np.isfinite(values).all() else None
        axes.append(Axis(AxisInfo(info.title, time=time and coordinate is not None), coordinate))
    return Labelled(data.astype(np.float64), tuple(axes), AxisInfo(title or "Value"))
