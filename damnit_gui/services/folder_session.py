"""One open folder: its services, made together and closed together."""

import logging
import threading

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from damnit_backend.control.supervisor import Supervisor
from damnit_backend.core.settings import Settings
from damnit_backend.store.folder import Folder
from damnit_backend.transport.base import Subscriber

from .access import FolderAccess
from .backend import Backend
from .editing import Editing
from .live import Live
from .notifier import Notifier
from .table import TableService
from .tasks import Tasks

log = logging.getLogger(__name__)

FLUSH_MS = 30_000
"""How long closing waits for edits that are not stored yet."""


class FolderSession(QObject):
    """What panels get. Made in the GUI thread from an access that was checked in a worker.

    ``start()`` begins loading, polling and looking after the listener; before it nothing runs.
    """

    closed = pyqtSignal()
    """All edits are stored, and nothing of the session runs any more."""

    def __init__(
        self,
        access: FolderAccess,
        notifier: Notifier,
        *,
        settings: Settings | None = None,
        tasks: Tasks | None = None,
        subscriber: Subscriber | None = None,
        supervisor: Supervisor | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.access = access
        self.settings = settings or Settings()
        self.notifier = notifier
        self.tasks = tasks or Tasks(notifier, parent=self)
        # Threads of their own, one each: the table is true and edits are stored however slow all else is.
        self._prompt = tasks or Tasks(notifier, threads=3, parent=self)
        self.table = TableService(access, self._prompt, notifier, self)
        self.live = Live(access, self.table, self._prompt, notifier, subscriber, parent=self)
        self.editing = Editing(access, self.table, self.live, self._prompt, notifier, self)
        self.backend = Backend(access, self.live, self.tasks, notifier, supervisor, parent=self)
        self._subscriber = subscriber
        self._closing = False
        self.is_closed = False

    @property
    def folder(self) -> Folder:
        return self.access.folder

    @property
    def read_only(self) -> bool:
        return self.access.read_only

    @property
    def proposal(self) -> int | None:
        """The proposal that the folder is about, if it says so."""
        return self.access.proposal

    def start(self) -> None:
        """Load the table and keep it up to date."""
        self.table.request_reload()
        self.live.start()
        self.backend.start()

    def close(self) -> None:
        """End everything that belongs to the folder, but store edits that wait first: `closed` says when."""
        if self._closing:
            return
        self._closing = True
        self.live.close()
        self.backend.close()
        if self._subscriber is not None:
            # It waits for its thread, which may be just looking for the socket: not in the GUI thread.
            threading.Thread(target=self._subscriber.close, name="close-subscriber", daemon=True).start()
        if self.editing.queued:
            self.editing.drained.connect(self._finish)
            QTimer.singleShot(FLUSH_MS, self._finish)
        else:
            self._finish()

    def _finish(self) -> None:
        if self.is_closed:
            return
        if self.editing.queued:
            log.error("%d edits in %s could not be stored in time", self.editing.queued, self.folder.path)
        self.is_closed = True
        for tasks in {self.tasks, self._prompt}:
            tasks.close()
        self.closed.emit()

    def join(self) -> None:
        """Wait for the threads to end, after `closed`. For tests."""
        for tasks in {self.tasks, self._prompt}:
            tasks.join()
