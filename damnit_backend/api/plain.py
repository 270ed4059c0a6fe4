"""Stored values as plain Python, numpy and what Variables return."""

from typing import Any

from damnit_backend.core.values import Failure, Picture, SmallArray, Trend, Value
from damnit_backend.store.results import Result, ResultKind


def full_result(result: Result) -> Any:
    """A stored result as the Variable returned it."""
    if result.kind is ResultKind.PLOTLY:
        import plotly.io

        return plotly.io.from_json(result.data)
    if result.kind is ResultKind.ARRAY and result.data.shape == ():
        return result.data[()]
    return result.data


def plain_value(value: Value, brief: bool = False) -> Any:
    """A decoded cell as plain Python and numpy; with ``brief``, a word in place of pictures, curves and errors."""
    match value:
        case Picture(png):
            return "<image>" if brief else png
        case Trend(_, y):
            return "<trend>" if brief else y
        case SmallArray(data):
            return "<array>" if brief else data
        case Failure():
            return None
        case _:
            return value
