"""Opening, making and demonstrating folders: the waiting part in a worker, the session in the GUI thread."""

from collections.abc import Callable

from PyQt6.QtCore import QObject, pyqtSignal

from damnit_backend.control.listener import socket_of
from damnit_backend.control.make import init_folder, proposal_of_place
from damnit_backend.control.supervisor import Supervisor
from damnit_backend.core.errors import UserError
from damnit_backend.core.settings import Settings
from damnit_backend.store.folder import USUAL_PLACE, Folder, find_proposal, named_path, require_folder
from damnit_backend.transport.local_socket import LocalSubscriber

from .access import FolderAccess, check_access
from .demo import start_demo
from .folder_session import FolderSession
from .notifier import Notifier
from .tasks import Tasks


class Opener(QObject):
    """Makes a `FolderSession` of what people name. One request at a time: a newer one replaces an older."""

    opening = pyqtSignal(str)
    """What is being opened, for people."""
    opened = pyqtSignal(object)
    """A `FolderSession`, not started yet."""
    found_open = pyqtSignal()
    """What was asked for is shown already."""
    failed = pyqtSignal(object)
    """A `UserError`."""

    def __init__(
        self,
        tasks: Tasks,
        notifier: Notifier,
        settings: Settings,
        *,
        start_listeners: bool = True,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._notifier = notifier
        self._settings = settings
        self._start_listeners = start_listeners

    def open(self, text: str, shown: Folder | None = None) -> None:
        """Open a folder by its path or its proposal number; `found_open` if it is the one that is shown."""
        self._begin(text, lambda: self._open(text, shown))

    def _open(self, text: str, shown: Folder | None) -> FolderAccess | None:
        folder = require_folder(text, self._settings)
        return None if folder == shown else check_access(folder)

    def make(self, proposal: int | None, place: str) -> None:
        """Make a new folder and open it; ``place`` may be empty for the usual place of the proposal."""
        self._begin(place or f"proposal {proposal}", lambda: self._make(proposal, place))

    def _make(self, proposal: int | None, place: str) -> FolderAccess:
        if place:
            path = named_path(place)
        elif proposal is not None:
            path = find_proposal(proposal, self._settings) / USUAL_PLACE
        else:
            raise UserError("A new folder needs a place or a proposal number.")
        folder = init_folder(path, proposal if proposal is not None else proposal_of_place(path))
        return check_access(folder)

    def demonstrate(self, place: str) -> None:
        """Start a simulated beamtime of its own process, which outlives the window, and open its folder."""
        self._begin("the demonstration", lambda: self._demonstrate(place))

    def _demonstrate(self, place: str) -> FolderAccess:
        return check_access(Folder(start_demo(named_path(place))))

    def _begin(self, name: str, work: Callable[[], FolderAccess | None]) -> None:
        self.opening.emit(name)
        self._tasks.run(work, self._made, self._failed, group="open")

    def _made(self, access: FolderAccess | None) -> None:
        if access is None:
            self.found_open.emit()
            return
        folder = access.folder
        self.opened.emit(
            FolderSession(
                access,
                self._notifier,
                settings=self._settings,
                subscriber=LocalSubscriber(lambda: socket_of(folder)),
                supervisor=Supervisor(folder) if self._start_listeners else None,
            )
        )

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, UserError):
            self._notifier.report(error)
            error = UserError("The folder could not be opened: the program failed.", "See the messages.")
        self.failed.emit(error)
