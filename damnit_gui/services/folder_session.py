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
from .context_versions import ContextVersions
from .edit_journal import EditJournal, folder_directory, usual_directory
from .editing import Editing
from .live import Live
from .notifier import Notifier
from .table import TableService
from .tasks import Tasks

log = logging.getLogger(__name__)

FLUSH_MS = 3_000
"""How long closing waits for edits that are not stored yet, but are kept on this computer."""
RISKY_FLUSH_MS = 30_000
"""How long it waits for edits that would be lost."""


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
        journal = EditJournal(
            folder_directory(usual_directory(), access.identity or str(access.folder.path)), access.folder.path
        )
        self.editing = Editing(access, self.table, self.live, journal, self._prompt, notifier, self)
        self.contexts = ContextVersions(access, self.tasks, self)
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
        if self.access.notice:
            self.notifier.warning(self.access.notice)
        self.table.request_reload()
        self.live.start()
        self.backend.start()
        self.editing.start()

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
            QTimer.singleShot(FLUSH_MS if self.editing.writer.all_kept else RISKY_FLUSH_MS, self._finish)
            self.editing.writer.try_now()
        else:
            self._finish()

    def _finish(self) -> None:
        if self.is_closed:
            return
        if self.editing.queued:
            self._tell_left()
        self.is_closed = True
        self.editing.writer.close()
        for tasks in {self.tasks, self._prompt}:
            tasks.close()
        self.closed.emit()

    def _tell_left(self) -> None:
        """Say what was not stored in the time that closing may take."""
        number = self.editing.queued
        edits = f"{number} edit{'s' if number > 1 else ''} in {self.folder.path}"
        if self.editing.writer.all_kept:
            hint = "They are kept on this computer, and stored when you open the folder again."
            self.notifier.warning(f"{edits} could not be stored yet.", hint)
        else:
            self.notifier.error(f"{edits} could not be stored.")
        log.warning("%s are not stored yet. %s", edits, self.editing.delay)

    def join(self) -> None:
        """Wait for the threads to end, after `closed`. For tests."""
        self.editing.writer.join()
        for tasks in {self.tasks, self._prompt}:
            tasks.join()
