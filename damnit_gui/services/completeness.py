"""When everything that was expected is in the table: for running the window without anybody looking at it."""

import time
from collections.abc import Callable

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from damnit_gui.state.table_data import TableData

from .folder_session import FolderSession

LOOK_MS = 200
QUIET_SECONDS = 5.0
"""Rows that lack cells count as complete when nothing has happened for this long: some Variables return nothing."""


class RunsComplete(QObject):
    """Watches an open folder until it has so many complete runs and no work is left."""

    reached = pyqtSignal()

    def __init__(
        self,
        session: FolderSession,
        runs: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._runs = runs
        self._clock = clock
        self._changed_at = clock()
        session.table.updated.connect(self._note_change)
        session.table.reset.connect(self._note_change)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def _note_change(self) -> None:
        self._changed_at = self._clock()

    def look(self) -> None:
        """Emit `reached`, once, if all is there."""
        data = self._session.table.data
        if data is None or len(data) < self._runs or self._session.backend.view.busy:
            return
        quiet = self._clock() - self._changed_at > QUIET_SECONDS
        if quiet or complete_runs(data) >= self._runs:
            self._timer.stop()
            self.reached.emit()


def complete_runs(data: TableData) -> int:
    """How many rows have a cell for each computed variable."""
    computed = [name for name, info in data.variables.items() if not info.editable]
    return sum(all(data.cell(row, name) is not None for name in computed) for row in range(len(data)))
