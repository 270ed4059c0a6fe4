"""Keeping the table true: the change feed is polled, and hints of the listener make that quicker.

tick (1 s) or hint -> gather (60 ms) -> read the feed and the rows it names, in a worker -> TableService.apply
"""

from dataclasses import dataclass, replace

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from damnit_backend.core.errors import UserError
from damnit_backend.core.messages import Changed, Message, Status
from damnit_backend.store.feed import Changes, read_changes
from damnit_backend.store.table import TableSnapshot, read_runs
from damnit_backend.transport.base import Subscriber

from .access import FolderAccess
from .mailbox import Mailbox
from .notifier import Notifier
from .table import TableService
from .tasks import Tasks

POLL_SECONDS = 1.0
GATHER_MS = 60
"""Hints that come within this time are answered by one look into the database."""
RELOAD_AT = 300
"""When so many runs changed at once, the whole table is read instead of each of them."""
FAILED = "The program failed while it looked for changes (see the messages)."


@dataclass(frozen=True, slots=True)
class _Connected:
    state: bool


@dataclass(frozen=True, slots=True)
class _News:
    """What a look into the database brought; ``part`` is None where everything must be read again."""

    since: int
    changes: Changes
    part: TableSnapshot | None
    signature: tuple[int, ...] = ()


class Live(QObject):
    """Drives a `TableService`. Also passes on what the listener says of itself, and what else changed."""

    status_received = pyqtSignal(object)
    """A `Status` of the listener."""
    connected_changed = pyqtSignal(bool)
    """Whether the listener's hints reach this window."""
    polled = pyqtSignal(int)
    """The table is now as it was at this change."""
    jobs_changed = pyqtSignal()
    settings_changed = pyqtSignal()
    problem_changed = pyqtSignal(str)
    """Why the database cannot be looked into now; empty when it can again."""

    def __init__(
        self,
        access: FolderAccess,
        table: TableService,
        tasks: Tasks,
        notifier: Notifier,
        subscriber: Subscriber | None = None,
        *,
        poll_seconds: float = POLL_SECONDS,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._access = access
        self._table = table
        self._tasks = tasks
        self._notifier = notifier
        self._subscriber = subscriber
        self._looking = False
        self._again = False
        self._signature: tuple[int, ...] = ()
        self._closed = False
        self.connected = False
        self.problem = ""
        self._mailbox = Mailbox()
        self._mailbox.arrived.connect(self._heard)
        self._tick = QTimer(self)
        self._tick.setInterval(round(poll_seconds * 1000))
        self._tick.timeout.connect(self.look)
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.setInterval(GATHER_MS)
        self._gather.timeout.connect(self.look)

    def start(self) -> None:
        """Begin to poll and to listen."""
        self._tick.start()
        if self._subscriber is not None:
            mailbox = self._mailbox
            self._subscriber.start(mailbox.arrived.emit, lambda state: mailbox.arrived.emit(_Connected(state)))

    def close(self) -> None:
        self._closed = True
        self._tick.stop()
        self._gather.stop()
        self._mailbox.arrived.disconnect(self._heard)

    def hint(self) -> None:
        """Something may have changed: look soon."""
        if not self._closed and not self._gather.isActive():
            self._gather.start()

    def _heard(self, message: Message | _Connected) -> None:
        match message:
            case _Connected(state):
                self.connected = state
                self.connected_changed.emit(state)
                self.hint()
            case Changed():
                self.hint()
            case Status():
                self.status_received.emit(message)
            case _:
                pass  # The greeting, and what is meant for listeners.

    def look(self) -> None:
        """Look into the change feed now, in the background."""
        if self._looking or self._table.reloading:
            self._again = True
            return
        data = self._table.data
        if data is None:
            self._table.request_reload()
            return
        self._looking = True
        since = data.seq
        self._tasks.run(lambda: self._read(since), self._apply, self._failed)

    def _read(self, since: int) -> _News:
        signature = self._file_signature() if since == 0 else ()
        with self._access.database() as database:
            changes = read_changes(database, since)
            if not changes.complete or len(changes.runs) > RELOAD_AT:
                return _News(since, changes, None, signature)
            if changes.empty:
                return _News(since, changes, TableSnapshot(changes.seq, (), (), {}), signature)
            part = read_runs(database, changes.runs)
        # Other runs may have changed between the two looks: what is read is only sure to be true up to the first.
        return _News(since, changes, replace(part, seq=changes.seq), signature)

    def _file_signature(self) -> tuple[int, ...]:
        """Tells a database without a feed (another program's, read-only) from what it was."""
        path = self._access.folder.database
        files = (path, path.with_name(path.name + "-wal"))
        return tuple(file.stat().st_mtime_ns if file.exists() else 0 for file in files)

    def _apply(self, news: _News) -> None:
        self._looking = False
        self._set_problem("")
        data = self._table.data
        if data is None or data.seq != news.since:
            pass  # The table was loaded anew in the meantime.
        elif news.part is None or self._changed_without_feed(news):
            self._table.request_reload()
        elif not news.changes.empty:
            self._table.apply(news.part, news.changes.runs)
        if self._table.data is not None:
            self.polled.emit(self._table.data.seq)
        if news.changes.jobs:
            self.jobs_changed.emit()
        if news.changes.settings:
            self.settings_changed.emit()
        self._look_again()

    def _changed_without_feed(self, news: _News) -> bool:
        before, self._signature = self._signature, news.signature
        return news.changes.seq == 0 and bool(before) and before != news.signature

    def _failed(self, error: BaseException) -> None:
        self._looking = False
        if isinstance(error, UserError):
            self._set_problem(error.message)
            return
        if self.problem != FAILED:
            self._notifier.report(error)  # Once: the next look, in a second, may fail in the same way.
        self._set_problem(FAILED)

    def _set_problem(self, problem: str) -> None:
        if problem != self.problem:
            self.problem = problem
            self.problem_changed.emit(problem)

    def _look_again(self) -> None:
        if self._again:
            self._again = False
            self.hint()
