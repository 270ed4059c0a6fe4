"""The values that a variable had in a run."""

from typing import Any

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey
from damnit_backend.core.values import Failure
from damnit_backend.store.folder import Folder
from damnit_backend.store.history import Version, read_history
from damnit_backend.store.opening import open_database, open_for_reading
from damnit_backend.store.provenance import Provenance
from damnit_backend.store.results import read_result
from damnit_backend.store.reviving import bring_back

from .plain import full_result, plain_value


class FormerValue:
    """A value that a cell holds, or held. Times are in seconds since 1970, UTC."""

    def __init__(self, folder: Folder, version: Version) -> None:
        self._folder = folder
        self._version = version

    @property
    def id(self) -> int | None:
        """The number of its entry in the history; None for the value that the cell holds now."""
        return self._version.id

    @property
    def value(self) -> Any:
        """What the table showed: a number, text, PNG bytes or a small array; None if it failed or was empty."""
        return plain_value(self._version.cell.value)

    @property
    def error(self) -> Failure | None:
        """Why there was no value."""
        return self._version.cell.value if isinstance(self._version.cell.value, Failure) else None

    @property
    def made(self) -> float | None:
        """When it was computed or typed in."""
        return self._version.cell.timestamp

    @property
    def author(self) -> str | None:
        """Who made it: the person who typed it or whose listener computed it; None if another program did."""
        return self._version.author

    @property
    def reason(self) -> str:
        """Why it came into the cell, if that was said."""
        return self._version.reason

    @property
    def origin(self) -> Provenance | None:
        """How it was computed, with the hash of its code; None if nobody did, or if it is not known."""
        return self._version.origin

    @property
    def replaced_at(self) -> float | None:
        """When it went; None for the value that the cell holds now."""
        return self._version.replaced_at

    @property
    def replaced_by(self) -> str | None:
        """Who replaced or deleted it."""
        return self._version.replaced_by

    def read(self) -> Any:
        """The full result, as the Variable returned it. UserError if it failed, or is not kept any more."""
        version = self._version
        name = version.key.name
        if self.error is not None:
            raise UserError(f"{name}: {self.error.error_cls}: {self.error.message}")
        if version.is_typed or version.told:
            return self.value
        if version.is_present:
            return full_result(read_result(self._folder.run_file(version.key.row), name))
        if version.former_file is not None:
            return full_result(read_result(self._folder.former / version.former_file, name))
        raise UserError(
            f"The full result of that {name} is not kept any more.",
            "More are kept with a higher history_results: damnit setting",
        )

    def bring_back(self, reason: str = "") -> None:
        """Make it the cell's value again, as a new change. UserError if it is, or if too little of it is kept."""
        if self._version.id is None:
            raise UserError(f"{self._version.key.name} holds that value already.")
        with open_database(self._folder) as database:
            bring_back(database, self._version.id, reason=reason)

    def __repr__(self) -> str:
        what = "now" if self.id is None else f"entry {self.id}"
        return f"<FormerValue {self._version.key.name} of {self._version.key.row}, {what}>"


def read_values(folder: Folder, key: CellKey) -> list[FormerValue]:
    """All values of a cell, the latest first."""
    with open_for_reading(folder) as database:
        return [FormerValue(folder, version) for version in read_history(database, key)]
