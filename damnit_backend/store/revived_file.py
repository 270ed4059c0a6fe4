"""The results of a former version as a file, from which they are copied like a fragment's."""

import secrets
from pathlib import Path

import h5py
import numpy as np

from damnit_backend.core.codec import COMPLEX, NUMPY, TRENDLINE
from damnit_backend.core.errors import UserError
from damnit_backend.core.values import CellValue, Failure, Picture, SmallArray, Trend

from .copying import copy_places
from .database import Database
from .files import disk_errors, make_file
from .fragment_cells import DAMAGES
from .history import Version
from .results import ERRORS, REDUCED, DamagedResultsError, NoResultError, open_results


def write_revived(database: Database, version: Version) -> Path:
    """A file that holds what there is of a version: its former file's part, else what its value tells.

    UserError if the disk cannot be used, or if what the history names is gone.
    """
    folder = database.folder
    key = version.key
    folder.former.mkdir(exist_ok=True, parents=True)
    # What a crash leaves of it is removed like any file of this directory that nothing names.
    path = folder.former / f"{folder.run_file(key.row).stem}.{secrets.token_hex(6)}.revived.h5.aside"
    try:
        make_file(path)
        with disk_errors(), h5py.File(path, "w", locking=False) as file:
            if version.former_file is not None:
                _copy_former(folder.former / version.former_file, file, key.name)
            else:
                write_summary(file, key.name, version.cell)
                if version.told and f"{REDUCED}/{key.name}" in file:
                    file[f"{key.name}/data"] = file[f"{REDUCED}/{key.name}"][()]
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise UserError(f"{path} cannot be written: {error}.", "Is the disk full or write-protected?") from error
        raise
    return path


def _copy_former(source: Path, file: h5py.File, name: str) -> None:
    try:
        with open_results(source) as former, disk_errors():
            copy_places(former, file, name)
    except (NoResultError, DamagedResultsError, *DAMAGES) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise UserError(
            f"The full result of that version cannot be read: {source} is missing or damaged.",
            "Its value is in the history all the same: damnit history --json",
        ) from error


def write_summary(file: h5py.File, name: str, cell: CellValue) -> None:
    """What the table shows, as `fragment_cells.read_cell` reads it. An empty cell leaves nothing."""
    if cell.value is None:
        return
    if isinstance(cell.value, Failure):
        file[f"{ERRORS}/{name}"] = cell.value.message
        file[f"{ERRORS}/{name}"].attrs["type"] = cell.value.error_cls
        return
    data, kind = _summary(cell)
    file[f"{REDUCED}/{name}"] = data
    attributes = {
        "summary_method": cell.summary_method,
        "summary_type": kind,
        "units": cell.units or None,
        "bold": cell.bold,
        "background": None if cell.background is None else np.array(cell.background, np.uint8),
        "max_diff": cell.max_diff,
    }
    for attribute, value in attributes.items():
        if value is not None:
            file[f"{REDUCED}/{name}"].attrs[attribute] = value


def _summary(cell: CellValue) -> tuple[object, str | None]:
    match cell.value:
        case Trend(x, y):
            return np.stack([x, y]), TRENDLINE
        case Picture(png):
            return np.frombuffer(png, np.uint8), None
        case SmallArray(data):
            return data, NUMPY
        case complex():
            return cell.value, COMPLEX
        case _:
            return cell.value, None
