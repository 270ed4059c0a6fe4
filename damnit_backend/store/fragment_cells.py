"""The cells of the table in a fragment: summaries and errors, with what is stored beside them."""

from typing import Annotated

import h5py
import msgspec
import numpy as np

from damnit_backend.core.attributes import UNREADABLE, colour
from damnit_backend.core.codec import PNG_MAGIC, TRENDLINE
from damnit_backend.core.values import CellValue, Failure, Picture, SmallArray, Trend, Value

from .results import ERRORS, REDUCED

DAMAGES = (
    OSError, KeyError, ValueError, TypeError, RuntimeError, AttributeError, IndexError, OverflowError,
    msgspec.MsgspecError,
)  # fmt: skip
"""What h5py, numpy and msgspec raise on an HDF5 file whose content is not what it should be."""


Count = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
Parameter = bool | int | float | str


class Computed(msgspec.Struct, frozen=True):
    """What is known of the computation of one variable; times since 1970 and in seconds."""

    started: float = 0.0
    seconds: float = 0.0
    memory: Count | None = None
    """Bytes that the process had more at its peak than when the Variable began."""
    outcome: str = "ok"
    line: Count | None = None
    code: str | None = None
    """A hash of all code that decides about the value."""
    asked: bool = True
    """Whether it was computed for itself, and not only for others that need it."""
    parameters: dict[str, Parameter | None] | None = None
    """Values of ``param#`` arguments, its dependencies' included; None for one that was not given."""


class Origin(msgspec.Struct, frozen=True):
    """Where the values of a fragment come from; what is not known is None."""

    context: str | None = None
    """A digest of the context file and the modules beside it."""
    environment: str | None = None
    stage: str | None = None
    """Which data were open: raw or all."""
    host: str | None = None
    user: str | None = None
    job: Count | None = None


def read_cell(file: h5py.File, name: str, computed: Computed | None) -> CellValue:
    """One cell. What is wrong with it does not stop the others: it becomes a Failure."""
    timestamp = computed.started + computed.seconds if computed else None
    try:
        error = file.get(f"{ERRORS}/{name}")
        if error is not None:
            failure = Failure(text_of(error.attrs.get("type")) or "Error", str(error.asstr(errors="replace")[()]))
            return CellValue(failure, timestamp=timestamp)
        reduced = file.get(f"{REDUCED}/{name}")
        if reduced is None:
            return CellValue(timestamp=timestamp)
        value = summary_value(reduced)
        attributes = dict(reduced.attrs)
    except DAMAGES as error:
        return CellValue(Failure(UNREADABLE, f"The result cannot be read: {error}"), timestamp=timestamp)
    bold = attributes.get("bold")
    return CellValue(
        value=value,
        units=text_of(attributes.get("units")),
        bold=bool(bold) if isinstance(bold, bool | np.bool_ | np.integer) else None,
        background=colour(np.asarray(attributes.get("background")).tolist()),
        max_diff=_number(attributes.get("max_diff")),
        summary_method=text_of(attributes.get("summary_method")),
        timestamp=timestamp,
    )


def text_of(attribute: object) -> str:
    """An HDF5 attribute that should be text."""
    if isinstance(attribute, bytes):
        return attribute.decode(errors="replace")
    return attribute if isinstance(attribute, str) else ""


def _number(attribute: object) -> float | None:
    """An HDF5 attribute that should be a real number."""
    if isinstance(attribute, np.ndarray) and attribute.size == 1:
        attribute = attribute.reshape(())[()]
    return float(attribute) if isinstance(attribute, bool | int | float | np.integer | np.floating | np.bool_) else None


def summary_value(dataset: h5py.Dataset) -> Value:
    """The value of a cell from a dataset of `.reduced`."""
    if dataset.shape is None:
        return None  # HDF5's own way to store nothing
    if h5py.check_string_dtype(dataset.dtype) is not None:
        return str(dataset.asstr(errors="replace")[()])
    data = dataset[()]
    if dataset.attrs.get("summary_type") == TRENDLINE:
        x, y = np.asarray(data, dtype=np.float64)
        return Trend(x, y)
    if dataset.shape == ():
        return _scalar(data)
    if data.dtype == np.uint8 and data.ndim == 1 and data[: len(PNG_MAGIC)].tobytes() == PNG_MAGIC:
        return Picture(data.tobytes())
    if data.dtype.hasobject:
        raise ValueError(f"its type is {data.dtype}")
    return SmallArray(data)


def _scalar(data: np.generic) -> Value:
    number = data.item()
    if isinstance(number, np.longdouble):
        return float(number)
    if isinstance(number, np.clongdouble):
        return complex(number)
    return number if isinstance(number, bool | int | float | complex | str) else str(number)
