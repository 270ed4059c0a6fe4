"""The whole table: the way in for notebooks."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import RESERVED_NAMES, CellKey, RunKey
from damnit_backend.core.settings import load_settings
from damnit_backend.core.values import CellValue
from damnit_backend.store.folder import require_folder
from damnit_backend.store.known import read_codes
from damnit_backend.store.opening import open_for_reading
from damnit_backend.store.settings import folder_proposal
from damnit_backend.store.stale_values import read_stale
from damnit_backend.store.stale_words import explained
from damnit_backend.store.table import TableSnapshot, read_run_infos, read_table

from .plain import plain_value
from .variables import RunVariables

if TYPE_CHECKING:
    import pandas as pd


class Damnit:
    """Read access to a DAMNIT folder, named by its path or by a proposal number.

    >>> db = Damnit("/path/to/amore")
    >>> db[12, "xgm_intensity"].read()
    >>> db.table()
    """

    def __init__(self, folder: str | Path | int) -> None:
        self._folder = require_folder(str(folder), load_settings())
        with open_for_reading(self._folder) as database:
            self._proposal = folder_proposal(database)

    @property
    def path(self) -> Path:
        """The DAMNIT folder."""
        return self._folder.path

    @property
    def proposal(self) -> int | None:
        """The folder's own proposal, meant where only a run number is given."""
        return self._proposal

    def runs(self) -> list[RunKey]:
        """All rows of the table, as (proposal, run)."""
        with open_for_reading(self._folder) as database:
            return [run.key for run in read_run_infos(database)]

    def __getitem__(self, index: int | tuple[int | str, ...]) -> Any:
        """``db[run]`` or ``db[proposal, run]`` is a run; with a variable's name at the end it is that value."""
        parts = index if isinstance(index, tuple) else (index,)
        name = parts[-1] if parts and isinstance(parts[-1], str) else None
        numbers = [part for part in parts[: None if name is None else -1] if isinstance(part, int | np.integer)]
        if len(numbers) + (name is not None) != len(parts) or len(numbers) not in (1, 2):
            raise TypeError(f"{index!r} is no index: write db[run], db[run, name] or db[proposal, run, name]")
        run = RunVariables(self._folder, self._key([int(number) for number in numbers]))
        return run if name is None else run[name]

    def table(self, with_titles: bool = False) -> "pd.DataFrame":
        """The run table: one row a run; pictures and trend lines as ``<image>`` and ``<trend>``.

        Columns are proposal, run, start_time (UTC) and one a variable, under its name or its title.
        """
        import pandas as pd

        snapshot = self._snapshot()
        titles = {variable.name: variable.title for variable in snapshot.variables}
        names = [*titles, *sorted({cell.name for cell in snapshot.cells} - set(titles))]
        frame = pd.DataFrame(
            {
                "proposal": [run.key.proposal for run in snapshot.runs],
                "run": [run.key.run for run in snapshot.runs],
            },
            dtype=np.int64,
        )
        starts = np.array([run.start_time if run.start_time is not None else np.nan for run in snapshot.runs])
        frame["start_time"] = pd.to_datetime(starts, unit="s", utc=True)
        headers = _headers(names, titles) if with_titles else {name: name for name in names}
        values = {
            headers[name]: _column([snapshot.cells.get(CellKey(*run.key, name)) for run in snapshot.runs])
            for name in names
        }
        return pd.concat([frame, pd.DataFrame(values, index=frame.index)], axis=1)

    def stale(self, *, unknown: bool = False) -> dict[CellKey, str]:
        """The values that were made by other code, parameters or dependencies than today's, and why.

        Today's code is that of the context file as it was last loaded. ``unknown``: also values of which nobody noted
        the code.
        """
        with open_for_reading(self._folder) as database:
            found = read_stale(database, unknown=unknown)
            names = {name for run in found for name in run.reasons}
            return explained(database, found, read_codes(database, names))

    def _snapshot(self) -> TableSnapshot:
        with open_for_reading(self._folder) as database:
            return read_table(database)

    def _key(self, numbers: list[int]) -> RunKey:
        if len(numbers) == 2:
            return RunKey(numbers[0], numbers[1])
        if self._proposal is None:
            raise UserError("This folder has no proposal of its own.", "Write db[proposal, run].")
        return RunKey(self._proposal, numbers[0])


def _headers(names: list[str], titles: dict[str, str]) -> dict[str, str]:
    """The title of each variable, or its name where the title would not tell it from another column."""
    wanted = Counter([*(titles.get(name, name) for name in names), *names, *RESERVED_NAMES])
    return {
        name: title if wanted[title := titles.get(name, name)] == (2 if title == name else 1) else name
        for name in names
    }


def _column(cells: list[CellValue | None]) -> "pd.Series[Any]":
    """A column of numbers, with NaN where there is none, or of any objects, with None."""
    import pandas as pd

    values = [None if cell is None else plain_value(cell.value, brief=True) for cell in cells]
    numbers = all(value is None or type(value) in (int, float) for value in values) and values.count(None) < len(values)
    return pd.Series(values, dtype=None if numbers else object)
