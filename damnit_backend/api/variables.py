"""A run and its values."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.core.values import CellValue, Failure
from damnit_backend.store.folder import Folder
from damnit_backend.store.known import code_of_cell
from damnit_backend.store.opening import open_for_reading
from damnit_backend.store.provenance import Provenance, provenance_of_cell
from damnit_backend.store.results import read_preview, read_result
from damnit_backend.store.table import TableSnapshot, VariableInfo, read_runs

from .history import FormerValue, read_values
from .plain import full_result, plain_value

if TYPE_CHECKING:
    import xarray as xr


class VariableError(UserError):
    """The Variable has no value because it failed or was skipped in this run; the message is its own."""

    def __init__(self, name: str, failure: Failure) -> None:
        super().__init__(f"{name}: {failure.error_cls}: {failure.message}")
        self.error_cls = failure.error_cls


class RunVariables:
    """The variables of one run, as a mapping from names (or titles) to `VariableData`."""

    def __init__(self, folder: Folder, key: RunKey) -> None:
        self._folder = folder
        self.key = key
        snapshot = self._read()
        if not snapshot.runs:
            raise KeyError(f"There is no run {key.run} of proposal {key.proposal} in {folder.path}")

    @property
    def proposal(self) -> int:
        return self.key.proposal

    @property
    def run(self) -> int:
        return self.key.run

    def keys(self) -> list[str]:
        """Names of the variables that have a value or an error in this run."""
        return sorted(cell.name for cell, value in self._read().cells.items() if value.value is not None)

    def titles(self) -> list[str]:
        """Their titles, in the same order as `keys`."""
        titles = {variable.name: variable.title for variable in self._read().variables}
        return [titles.get(name, name) for name in self.keys()]

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __contains__(self, name: object) -> bool:
        return name in self.keys()

    def __getitem__(self, name: str) -> "VariableData":
        snapshot = self._read()
        declared = {variable.name: variable for variable in snapshot.variables}
        by_title = {variable.title: variable.name for variable in snapshot.variables}
        real = name if CellKey(*self.key, name) in snapshot.cells or name in declared else by_title.get(name, name)
        cell = snapshot.cells.get(CellKey(*self.key, real))
        if cell is None:
            raise KeyError(f"Run {self.run} has no value of {name!r}")
        return VariableData(self._folder, CellKey(*self.key, real), cell, declared.get(real))

    def history(self, name: str) -> list[FormerValue]:
        """All values of a variable, the latest first, also if it has none any more; empty if it never had one."""
        return read_values(self._folder, CellKey(*self.key, name))

    def _read(self) -> TableSnapshot:
        with open_for_reading(self._folder) as database:
            return read_runs(database, [self.key])


class VariableData:
    """One value: its summary at hand, its full result read when asked for."""

    def __init__(self, folder: Folder, key: CellKey, cell: CellValue, info: VariableInfo | None) -> None:
        self._folder = folder
        self._path = folder.run_file(key.row)
        self._cell = cell
        self.key = key
        self.name = key.name
        self.title = info.title if info else key.name
        self.units = cell.units or (info.units if info else "")
        self._editable = info is None or info.editable

    def read(self) -> Any:
        """The full result, as the Variable returned it. VariableError if it failed, UserError if there is none."""
        return self._typed() if self._is_typed else full_result(read_result(self._path, self.name))

    @property
    def _is_typed(self) -> bool:
        """Whether all there is stands in the table: what a person typed, or an error."""
        typed = self._cell.provenance != "context.py" and self._editable
        return typed or isinstance(self._cell.value, Failure)

    def _typed(self) -> Any:
        if isinstance(self._cell.value, Failure):
            raise VariableError(self.name, self._cell.value)
        return self._cell.value

    def xarray(self) -> "xr.DataArray":
        """The full result as a DataArray. TypeError if it is no array."""
        import xarray as xr

        data = self.read()
        if isinstance(data, str | bytes) or data is None or isinstance(data, dict):
            raise TypeError(f"{self.name} is {type(data).__name__}, not an array")
        return data if isinstance(data, xr.DataArray) else xr.DataArray(data, name=self.name)

    def preview_data(self) -> Any:
        """What a window shows on opening the cell: the preview that was stored with it, else the full result.

        Raises as `read` does.
        """
        return self._typed() if self._is_typed else full_result(read_preview(self._path, self.name))

    def summary(self) -> Any:
        """What the table shows: a number, text, PNG bytes or a small array; None if it failed."""
        return plain_value(self._cell.value)

    def provenance(self) -> Provenance:
        """How the value was computed: when, where, by whom, from which data and parameters. UserError if unknown."""
        with open_for_reading(self._folder) as database:
            return provenance_of_cell(database, self.key)

    def code(self) -> str:
        """The code that made the value: the Variable's function and what it reaches. UserError if nobody knows."""
        with open_for_reading(self._folder) as database:
            return code_of_cell(database, self.key)

    def history(self) -> list[FormerValue]:
        """All values that the cell had, the latest first: the present one, then those that it replaced."""
        return read_values(self._folder, self.key)

    @property
    def error(self) -> Failure | None:
        """Why there is no value."""
        return self._cell.value if isinstance(self._cell.value, Failure) else None

    def __repr__(self) -> str:
        return f"<VariableData {self.name} of {self.key.row}>"
