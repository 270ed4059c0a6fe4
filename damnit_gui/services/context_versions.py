"""Keeping each version of the context file that is saved in this window, whether it is ever run or not."""

from PyQt6.QtCore import QObject

from damnit_backend.core.account import user_name
from damnit_backend.store.contexts import save_context

from .access import FolderAccess
from .tasks import Tasks


class ContextVersions(QObject):
    """Writes what was saved into the folder's database, in the background; what fails is reported."""

    def __init__(self, access: FolderAccess, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._access = access
        self._tasks = tasks

    def keep(self, text: str) -> None:
        """Keep a text that has become the context file."""
        if not self._access.read_only:
            self._tasks.run(lambda: self._write(text), lambda _: None)

    def _write(self, text: str) -> None:
        with self._access.database() as database:
            save_context(database, text, user_name())
