"""Reading the complete results of a run from its HDF5 file."""

import contextlib
import enum
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from damnit_backend.core.errors import UserError

from .restoring import RESTORE, Restore, read_restore, renamed_array, restored_dataset, restored_table

REDUCED = ".reduced"
PREVIEW = ".preview"
ERRORS = ".errors"
OBJECT_TYPE = "_damnit_objtype"


class NoResultError(UserError):
    """The run has no such result: never computed, failed, or returned None."""


class DamagedResultsError(UserError):
    """The file is no HDF5 file, or is cut off or otherwise damaged."""

    def __init__(self, path: Path, error: BaseException) -> None:
        super().__init__(
            f"The results in {path} are damaged: {str(error) or type(error).__name__}",
            "Reprocess the run to make them anew.",
        )


class ResultKind(enum.StrEnum):
    """What a full result is. ``data`` of a `Result` is then: see each."""

    ARRAY = "array"
    """A numpy array of any number of dimensions, or a numpy scalar."""
    TEXT = "text"
    """A str, or an object array of str."""
    DATAARRAY = "dataarray"
    DATASET = "dataset"
    IMAGE = "image"
    """A drawn figure: (height, width, 4) uint8."""
    PLOTLY = "plotly"
    """The JSON text of a Plotly figure."""
    SERIES = "series"
    DATAFRAME = "dataframe"


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """A value as it was stored. The type of ``data`` follows from ``kind``."""

    kind: ResultKind
    data: Any


def read_result(path: Path, name: str) -> Result:
    """The full result of a variable, read into memory."""
    return _read(path, name, name)


def read_preview(path: Path, name: str) -> Result:
    """What to show on opening a cell: the preview if one was stored, else the full result."""
    try:
        return _read(path, f"{PREVIEW}/{name}", name)
    except NoResultError:
        return _read(path, name, name)


@contextmanager
def open_results(path: Path) -> Iterator[h5py.File]:
    """The file, open for reading without HDF5's lock: a reader never makes a writer wait, nor the reverse.

    UserError if it cannot be opened: NoResultError if there is none, DamagedResultsError if its content is to blame.
    """
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(_unlocked(path, lambda source, **locking: h5py.File(source, "r", **locking)))
        except FileNotFoundError as error:
            raise NoResultError(f"There are no results of this run yet: {path.name} is missing.") from error
        except OSError as error:
            if error.errno is None:
                raise DamagedResultsError(path, error) from error
            raise UserError(f"The results in {path} cannot be read: {error.strerror or error}.") from error
        yield file


@contextmanager
def _unlocked(path: Path, open_: Callable[..., Any]) -> Iterator[Any]:
    """What ``open_`` makes of a path and the option ``locking``, or of a file that Python reads."""
    with contextlib.ExitStack() as stack:
        try:
            opened = open_(path, locking=False)
        except OSError as error:
            if "unable to lock" not in str(error) and "locking flag" not in str(error):
                raise
            # The variable HDF5_USE_FILE_LOCKING locks whatever is asked for; or this very process, a notebook for
            # example, has the file open with locks, and HDF5 wants no other way then. Of what Python reads it knows
            # nothing.
            opened = open_(stack.enter_context(path.open("rb")))
        yield stack.enter_context(opened)


def _read(path: Path, place: str, name: str) -> Result:
    try:
        return _read_sound(path, place, name)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RuntimeError) as error:
        # HDF5, Parquet and netCDF each have their own ways to say that bytes in the middle of a file are wrong.
        raise DamagedResultsError(path, error) from error


def _read_sound(path: Path, place: str, name: str) -> Result:
    if "/" in name or name.startswith("."):
        raise NoResultError(f"This run has no result of {name}.")  # a path in the file leads to something else
    with open_results(path) as file:
        node = file.get(place)
        if node is None:
            raise NoResultError(f"This run has no result of {name}.")
        if isinstance(node, h5py.Dataset):
            return _typed(node, node.attrs.get(OBJECT_TYPE))  # a preview names its type here
        object_type = node.attrs.get(OBJECT_TYPE)
        if object_type not in (ResultKind.DATAARRAY, ResultKind.DATASET):
            dataset = node.get("data")
            if dataset is None:
                raise NoResultError(f"The result {node.name} is empty.")
            return _typed(dataset, object_type, read_restore(node))
        restore = read_restore(node)
    return _xarray(path, place, ResultKind(object_type), restore)


def _typed(dataset: h5py.Dataset, object_type: str | None, restore: Restore | None = None) -> Result:
    match object_type:
        case None:
            return _plain(dataset)
        case "image":
            return Result(ResultKind.IMAGE, dataset[()])
        case "PlotlyFigure":
            return Result(ResultKind.PLOTLY, dataset[()].tobytes().decode())
        case "series" | "dataframe":
            return Result(ResultKind(object_type), _parquet(dataset[()], object_type, restore or Restore()))
        case _:
            raise UserError(f"The result {dataset.name} is of a kind that this version does not know: {object_type}.")


def _plain(dataset: h5py.Dataset) -> Result:
    text = h5py.check_string_dtype(dataset.dtype)
    if text is not None and (text.length is None or dataset.shape == ()):
        return Result(ResultKind.TEXT, dataset.asstr(errors="replace")[()])
    return Result(ResultKind.ARRAY, dataset[()])  # also of byte strings, which need not be text


def _parquet(content: np.ndarray[Any, Any], object_type: str, restore: Restore) -> Any:
    import pandas as pd  # late: starting the window must not pay for it

    frame = restored_table(pd.read_parquet(io.BytesIO(content.data)), restore)
    return frame.iloc[:, 0] if object_type == "series" else frame


def _xarray(path: Path, place: str, kind: ResultKind, restore: Restore) -> Result:
    import xarray as xr  # late: starting the window must not pay for it

    # Other results of the file lie beside the group, without netCDF's dimensions: phony_dims allows for them.
    options: dict[str, Any] = {"engine": "h5netcdf", "phony_dims": "access"}
    if restore.time_unit != "ns":
        options["decode_times"] = xr.coders.CFDatetimeCoder(time_unit=restore.time_unit)  # type: ignore[arg-type]
    with _unlocked(
        path, lambda source, **locking: xr.open_dataset(source, group=place, driver_kwds=locking or None, **options)
    ) as stored:
        dataset = stored.load()
    for attribute in (OBJECT_TYPE, RESTORE):
        dataset.attrs.pop(attribute, None)
    names = list(dataset.data_vars)
    dataset = restored_dataset(dataset, restore)
    if kind is ResultKind.DATASET:
        return Result(kind, dataset.rename(restore.names) if restore.names else dataset)
    if len(names) != 1:
        raise UserError(f"The result {place} in {path.name} should be one array, but holds {len(names)}.")
    return Result(kind, renamed_array(dataset, str(names[0]), restore))
