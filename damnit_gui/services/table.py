"""The loaded table of the open folder; nothing else writes its data."""

from collections.abc import Collection

from PyQt6.QtCore import QObject, pyqtSignal

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import RunKey
from damnit_backend.store.table import TableSnapshot, read_table
from damnit_gui.state.table_data import TableData

from .access import FolderAccess
from .notifier import Notifier
from .tasks import Tasks


class TableService(QObject):
    """Loads the table and keeps it: `request_reload` for all of it, `apply` for parts that changed."""

    reset = pyqtSignal()
    """`data` is another object."""
    updated = pyqtSignal(object)
    """A `TableDelta`: `data` was updated in place just before."""
    failed = pyqtSignal(object)
    """A `UserError`: the table cannot be loaded. What was shown before stays."""

    def __init__(self, access: FolderAccess, tasks: Tasks, notifier: Notifier, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.data: TableData | None = None
        self._access = access
        self._tasks = tasks
        self._notifier = notifier
        self._reloading = False

    @property
    def reloading(self) -> bool:
        return self._reloading

    def request_reload(self) -> None:
        """Load everything anew, in the background."""
        self._reloading = True
        self._tasks.run(self._load, self._loaded, self._load_failed, group="table")

    def _load(self) -> TableData:
        with self._access.database() as database:
            return TableData.from_snapshot(read_table(database))

    def _loaded(self, data: TableData) -> None:
        self._reloading = False
        self.data = data
        self.reset.emit()

    def _load_failed(self, error: BaseException) -> None:
        self._reloading = False
        if not isinstance(error, UserError):
            self._notifier.report(error)
            error = UserError("The table cannot be loaded: the program failed.", "See the messages.")
        self.failed.emit(error)

    def apply(self, part: TableSnapshot, keys: Collection[RunKey]) -> None:
        """Replace the rows of some runs by what the database has for them now."""
        if self.data is None:
            raise RuntimeError("a part of the table arrived before the table")
        delta = self.data.update(part, keys)
        if not delta.empty:
            self.updated.emit(delta)
