"""Writing edits to the database one after the other, for as long as it takes, and keeping them on disk until then."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from damnit_backend.core.errors import UserError
from damnit_backend.store.edits import ANYTHING, Anything, EditOutcome, RefusedEditError, write_edit
from damnit_backend.store.feed import last_seq
from damnit_backend.store.late_edits import Typing
from damnit_backend.store.typed import Typed

from .access import FolderAccess
from .edit_journal import EditJournal
from .journal_lines import JournalEdit
from .notifier import Notifier
from .tasks import Tasks

RETRY_MS = 500
"""The first pause after the database could not be written; each further one is longer by as much."""
LONGEST_PAUSE_MS = 10_000
PATIENCE = 4
"""So many attempts in vain are not worth a word."""


@dataclass(slots=True)
class Write:
    """An edit on its way. ``late``: another window typed it, which is gone. ``refused`` is called if it never can be
    stored."""

    edit: JournalEdit
    replacing: Typed | Anything = ANYTHING
    late: bool = False
    refused: Callable[[], None] | None = None
    attempts: int = 0


class EditWriter(QObject):
    """The queue of edits. The journal has each of them until the database has it, or refused it for good."""

    stored = pyqtSignal(object, object, int)
    """A `Write`, its `EditOutcome`, and the number of the latest change in the feed after it."""
    refused = pyqtSignal(object, object)
    """A `Write` and why it is never stored: a `UserError`, or what a bug raised."""
    kept = pyqtSignal(object)
    """A `Write` that is on this computer's disk: it is not lost from now on."""
    taken_over = pyqtSignal(object)
    """A list of `Write`: what windows left that are gone. They are in the queue now."""
    delay_changed = pyqtSignal(str)
    """Why nothing can be stored just now; empty when it goes on."""
    drained = pyqtSignal()

    def __init__(
        self,
        access: FolderAccess,
        journal: EditJournal,
        tasks: Tasks,
        notifier: Notifier,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.delay = ""
        self._access = access
        self._journal = journal
        self._notifier = notifier
        self._tasks = tasks
        # The journal has a thread of its own: its words must stay in order, and not wait for the database.
        self._keeping = tasks if tasks.synchronous else Tasks(notifier, threads=1, parent=self)
        self._queue: deque[Write] = deque()
        self._writing = False
        self._not_kept: set[str] = set()
        self._retry = QTimer(self)
        self._retry.setSingleShot(True)
        self._retry.timeout.connect(self._next)

    @property
    def waiting(self) -> int:
        """How many edits are not in the database yet."""
        return len(self._queue)

    @property
    def all_kept(self) -> bool:
        """Whether all edits that wait are on this computer's disk."""
        return not self._not_kept

    def take_over(self) -> None:
        """Store what windows left that are gone."""
        self._keeping.run(self._journal.take_over, self._take, self._report_journal)

    def add(self, write: Write) -> None:
        edit = write.edit
        self._not_kept.add(edit.id)
        self._keeping.run(lambda: self._journal.add(edit), lambda _: self._keep(write), self._report_journal)
        self._queue.append(write)
        self._next()

    def writes_later(self, write: Write) -> bool:
        """Whether another edit of the same cell waits."""
        return any(later.edit.key == write.edit.key for later in self._queue)

    def try_now(self) -> None:
        """Do not wait for the end of a pause."""
        if self._retry.isActive():
            self._retry.stop()
            self._next()

    def close(self) -> None:
        """Write nothing more; what waits stays in the journal."""
        self._retry.stop()
        self._queue.clear()
        self._keeping.run(self._journal.close, lambda _: None, self._report_journal)
        if self._keeping is not self._tasks:
            self._keeping.close(finish=True)

    def join(self) -> None:
        """Wait for the journal's thread to end, after `close`. For tests."""
        self._keeping.join()

    def _keep(self, write: Write) -> None:
        self._not_kept.discard(write.edit.id)
        self.kept.emit(write)

    def _take(self, edits: list[JournalEdit]) -> None:
        writes = [Write(edit, late=True) for edit in edits]
        if writes:
            self._queue.extend(writes)
            self.taken_over.emit(writes)
            self._next()

    def _next(self) -> None:
        if self._writing or self._retry.isActive():
            return
        if not self._queue:
            self._set_delay("")
            self.drained.emit()
            return
        self._writing = True
        write = self._queue[0]
        write.attempts += 1
        self._tasks.run(lambda: self._store(write), self._stored, self._failed)

    def _store(self, write: Write) -> tuple[EditOutcome, int]:
        edit = write.edit
        typing = Typing(edit.id, edit.typed_at, write.late)
        with self._access.database() as database:
            outcome = write_edit(database, edit.key, edit.value, replacing=write.replacing, typing=typing)
            with database.reading() as sql:
                return outcome, last_seq(sql)

    def _stored(self, result: tuple[EditOutcome, int]) -> None:
        write = self._end()
        self._set_delay("")
        self.stored.emit(write, *result)
        self._next()

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, UserError) and not isinstance(error, RefusedEditError):
            # The disk, a lock, the network: it may pass, and the edit is not lost meanwhile.
            self._writing = False
            write = self._queue[0]
            self._retry.start(min(RETRY_MS * write.attempts, LONGEST_PAUSE_MS))
            if write.attempts >= PATIENCE:
                self._set_delay(error.message)
            return
        write = self._end()
        if write.refused is not None:
            write.refused()
        self.refused.emit(write, error)
        self._next()

    def _end(self) -> Write:
        self._writing = False
        write = self._queue.popleft()
        self._not_kept.discard(write.edit.id)
        self._keeping.run(lambda: self._journal.done(write.edit.id), lambda _: None, self._report_journal)
        return write

    def _set_delay(self, reason: str) -> None:
        if reason != self.delay:
            self.delay = reason
            self.delay_changed.emit(reason)

    def _report_journal(self, error: BaseException) -> None:
        if isinstance(error, OSError):
            self._notifier.warning(
                f"Edits cannot be kept on this computer: {error.strerror or error}.",
                "They are stored in the folder as usual; close the window only when none is pending.",
            )
        else:
            self._notifier.report(error)
