"""The item model of the table of jobs."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from PyQt6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from damnit_backend.store.jobs import Job
from damnit_gui.state.formatting import time_ago
from damnit_gui.theme import icon

from .job_row import STATES, duration, duration_text, since, steps, symbol, times_tip, what, who

COLUMNS = ("State", "Run", "What", "Asked by", "When", "Took", "Message")
STATE, RUN, WHAT, WHO, WHEN, TOOK, MESSAGE = range(len(COLUMNS))
JOB_ROLE = Qt.ItemDataRole.UserRole
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class JobsModel(QAbstractTableModel):
    """Read-only. `set_jobs` changes no more rows than differ, so that the selection stays."""

    def __init__(
        self, proposal: int | None, parent: QObject | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(parent)
        self._proposal = proposal
        self._clock = clock
        self._jobs: list[Job] = []

    def job(self, row: int) -> Job:
        return self._jobs[row]

    def set_jobs(self, jobs: Sequence[Job]) -> None:
        """Show these, arranged as `job_row.arrange` does."""
        for step in steps(self._jobs, jobs):
            if step.jobs:
                self.beginInsertRows(QModelIndex(), step.first, step.last)
                self._jobs[step.first : step.first] = step.jobs
                self.endInsertRows()
            else:
                self.beginRemoveRows(QModelIndex(), step.first, step.last)
                del self._jobs[step.first : step.last + 1]
                self.endRemoveRows()
        for row, job in enumerate(jobs):
            if self._jobs[row] != job:
                self._jobs[row] = job
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))

    def tick(self) -> None:
        """Time has passed."""
        if self._jobs:
            self.dataChanged.emit(
                self.index(0, WHEN), self.index(len(self._jobs) - 1, TOOK), [Qt.ItemDataRole.DisplayRole]
            )

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008  # Qt's signature
        return 0 if parent.isValid() else len(self._jobs)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and 0 <= section < len(COLUMNS):
            if role == Qt.ItemDataRole.DisplayRole:
                return COLUMNS[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if section in (RUN, TOOK) else Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        job, column = self._jobs[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(job, column)
            case Qt.ItemDataRole.ToolTipRole:
                return self._tip(job, column)
            case Qt.ItemDataRole.TextAlignmentRole if column in (RUN, TOOK):
                return _RIGHT
            case Qt.ItemDataRole.DecorationRole if column == STATE:
                return icon(*symbol(job))
            case _ if role == JOB_ROLE:
                return job
        return None

    def _text(self, job: Job, column: int) -> str:
        key = job.request.key
        match column:
            case 0:
                return STATES.get(job.state, (job.state,))[0]
            case 1:
                return str(key.run) if key.proposal == self._proposal else str(key)
            case 2:
                return what(job)
            case 3:
                return who(job)
            case 4:
                return time_ago(since(job), self._clock())
            case 5:
                return duration_text(duration(job, self._clock()))
            case _:
                return job.message.strip().partition("\n")[0]

    def _tip(self, job: Job, column: int) -> str | None:
        if column in (WHEN, TOOK, STATE):
            return times_tip(job)
        if column == WHAT and job.request.variables:
            return "\n".join(job.request.variables)
        return job.message.strip() or None if column == MESSAGE else None
