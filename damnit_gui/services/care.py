"""Checking and copying the open folder, in a process of its own that a task waits for."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PyQt6.QtCore import QObject, pyqtSignal

from damnit_backend.control.care import CancelledError, Care
from damnit_backend.core.findings import Report

from .folder_session import FolderSession
from .mailbox import Mailbox
from .tasks import Task

T = TypeVar("T")


class CareService(QObject):
    """One piece of work at a time. Signals come in the GUI thread."""

    progressed = pyqtSignal(object)
    """A `Progress`."""
    checked = pyqtSignal(object)
    """A `Report`."""
    backed_up = pyqtSignal(str)
    """What was done, in words."""
    failed = pyqtSignal(object)
    """The exception; None if the work was cancelled."""

    def __init__(self, session: FolderSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._care: Care | None = None
        self._task: Task | None = None
        self._mailbox = Mailbox()
        self._mailbox.arrived.connect(self.progressed)

    @property
    def busy(self) -> bool:
        return self._care is not None

    def check(self, *, quick: bool = False, fix: bool = False) -> None:
        """Begin to check the folder; with ``fix``, to mend it as well."""
        folder = self._session.folder
        self._begin(lambda care: care.check(folder, quick=quick, fix=fix), self._checked)

    def back_up(self, target: Path, *, with_logs: bool = False) -> None:
        """Begin to copy the folder into a file."""
        folder = self._session.folder
        self._begin(lambda care: care.back_up(folder, target, with_logs=with_logs), self._backed_up)

    def cancel(self) -> None:
        """End what is under way; `failed` follows."""
        if self._care is not None:
            self._care.cancel()

    def close(self) -> None:
        """End what is under way, unheard."""
        self.cancel()
        if self._task is not None:
            self._task.cancel()

    def _begin(self, work: Callable[[Care], T], done: Callable[[T], None]) -> None:
        if self._care is not None:
            return
        # Its thread may tell of progress when this object is gone already.
        care = self._care = Care(self._mailbox.arrived.emit)
        self._task = self._session.tasks.run(lambda: work(care), done, self._failed)

    def _checked(self, report: Report) -> None:
        self._care = None
        self.checked.emit(report)

    def _backed_up(self, text: str) -> None:
        self._care = None
        self.backed_up.emit(text)

    def _failed(self, error: BaseException) -> None:
        self._care = None
        self.failed.emit(None if isinstance(error, CancelledError) else error)
