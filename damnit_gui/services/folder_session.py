"""One open folder: its services, made together and closed together."""

import threading

from PyQt6.QtCore import QObject

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


class FolderSession(QObject):
    """What panels get. Made in the GUI thread from an access that was checked in a worker.

    ``start()`` begins loading, polling and looking after the listener; before it nothing runs.
    """

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
        self.table = TableService(access, self.tasks, self)
        self.live = Live(access, self.table, self.tasks, subscriber, parent=self)
        self.editing = Editing(access, self.table, self.live, self.tasks, notifier, self)
        self.backend = Backend(access, self.live, self.tasks, notifier, supervisor, parent=self)
        self._subscriber = subscriber
        self._closed = False

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
        """End everything that belongs to the folder. Results that are still on their way are dropped."""
        if self._closed:
            return
        self._closed = True
        self.live.close()
        self.backend.close()
        if self._subscriber is not None:
            # It waits for its thread, which may be just looking for the socket: not in the GUI thread.
            threading.Thread(target=self._subscriber.close, name="close-subscriber").start()
        self.tasks.close()
