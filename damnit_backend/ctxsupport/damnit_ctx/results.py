"""What a pipeline computed."""

from __future__ import annotations

import logging
import secrets
from pathlib import Path

import h5py

from damnit_ctx import entry as entries
from damnit_ctx.cell import Cell
from damnit_ctx.entry import Entry
from damnit_ctx.start_time import NAME, start_time_entry
from damnit_ctx.write import PROVENANCE

log = logging.getLogger("damnit_ctx")


class Results:
    """`cells` has the Cells that Variables returned, `errors` the exceptions that they raised, by name.

    A Variable that returned None has a Cell without data; one that was skipped has a Skip among the errors.
    """

    def __init__(self) -> None:
        self.cells: dict[str, Cell] = {}
        self.errors: dict[str, BaseException] = {}
        self._entries: dict[str, Entry] = {}

    def __repr__(self) -> str:
        return f"<Results of {len(self.cells)} Variables, {len(self.errors)} errors>"

    def save_hdf5(self, path: str | Path) -> None:
        """Write the file that a run gets, replacing one that is there.

        Raises OSError if it cannot be written. A single result that cannot is in the file as that Variable's error.
        """
        place = Path(path).absolute()
        aside = place.with_name(f"{place.stem}.{secrets.token_hex(4)}.writing.h5")
        try:
            self._write(aside)
            aside.replace(place)
        finally:
            aside.unlink(missing_ok=True)

    def _write(self, path: Path) -> None:
        file = h5py.File(path, "w")
        try:
            file.attrs["provenance"] = PROVENANCE
            for place in entries.PLACES:
                file.create_group(place)
            for entry in self._entries.values():
                file = _add(file, path, entry)
            for place in entries.PLACES:
                if not len(file[place]):
                    del file[place]
        finally:
            file.close()

    def keep(self, entry: Entry) -> None:
        self._entries[entry.name] = entry

    def keep_start_time(self, seconds: float | None) -> None:
        if seconds is not None:
            self.cells[NAME] = Cell(seconds)
            self.keep(start_time_entry(seconds))

    def result(self, name: str, cell: Cell) -> None:
        self.cells[name] = cell

    def failure(self, name: str, error: BaseException) -> None:
        if isinstance(error, KeyboardInterrupt):
            raise error  # whoever waits for the results wants no more of them
        self.errors[name] = error


def _add(file: h5py.File, path: Path, entry: Entry) -> h5py.File:
    try:
        return entries.write(file, path, entry)
    except OSError:
        raise  # the disk's fault, not the value's
    except Exception as error:  # the user's value could not be written: the Variable's failure
        log.error("%s cannot be written", entry.name, exc_info=True)
        if not file:  # it was closed for a netCDF group
            file = h5py.File(path, "r+")
        entries.erase(file, entry.name)
        return entries.write(file, path, Entry(entry.name, error=(type(error).__name__, str(error))))
