"""Editing cells: undoable, shown at once as pending, then confirmed by the table or reverted with the reason."""

from collections import deque
from dataclasses import dataclass

from PyQt6.QtCore import QObject, QTimer, pyqtSignal
from PyQt6.QtGui import QUndoCommand, QUndoStack

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey
from damnit_backend.store.database import DatabaseBusyError
from damnit_backend.store.edits import ANYTHING, Anything, OtherValueError, Typed, write_edit
from damnit_backend.store.feed import last_seq

from .access import FolderAccess
from .live import Live
from .notifier import Notifier
from .table import TableService
from .tasks import Tasks

ATTEMPTS = 6
"""How often a write is tried while another program holds the database's lock (the store waits itself each time)."""
RETRY_MS = 500


@dataclass(frozen=True, slots=True)
class PendingEdit:
    """A value that the table does not show as stored yet. ``error`` is empty while it waits, else why it failed."""

    value: Typed
    error: str = ""


@dataclass(slots=True)
class _Write:
    command: "_EditCommand"
    key: CellKey
    value: Typed
    replacing: Typed | Anything
    attempts: int = 0


class Editing(QObject):
    """The only writer of edits. Writes go one after the other, in the order in which people made them."""

    pending_changed = pyqtSignal(object)
    """The `CellKey` whose edit changed its state."""
    count_changed = pyqtSignal(int)
    """How many edits wait to be stored."""
    drained = pyqtSignal()
    """Every edit is stored or has failed."""

    def __init__(
        self,
        access: FolderAccess,
        table: TableService,
        live: Live,
        tasks: Tasks,
        notifier: Notifier,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self._access = access
        self._table = table
        self._live = live
        self._tasks = tasks
        self._notifier = notifier
        self._pending: dict[CellKey, PendingEdit] = {}
        self._stored_at: dict[CellKey, int] = {}
        self._queue: deque[_Write] = deque()
        self._writing = False
        self._retry = QTimer(self)
        self._retry.setSingleShot(True)
        self._retry.timeout.connect(self._write_next)
        live.polled.connect(self._confirm)

    @property
    def waiting(self) -> int:
        """How many edits are not stored yet."""
        return sum(not edit.error for edit in self._pending.values())

    @property
    def queued(self) -> int:
        """How many writes are still to be done."""
        return len(self._queue)

    def pending(self, key: CellKey) -> PendingEdit | None:
        """The edit of a cell that is not stored, if there is one."""
        return self._pending.get(key)

    def edit(self, key: CellKey, value: Typed) -> None:
        """Store what a person typed. Returns at once."""
        if self._access.read_only:
            self._notifier.error("This folder is read-only: nothing can be edited.", "Ask its owner for permission.")
            return
        before = self._shown(key)
        if before == value and type(before) is type(value):
            self.forget(key)
            return
        self.undo_stack.push(_EditCommand(self, key, before, value))

    def forget(self, key: CellKey) -> None:
        """Dismiss a failed edit: the cell shows what is stored."""
        edit = self._pending.get(key)
        if edit is not None and edit.error:
            self._set_pending(key, None)

    def write(self, command: "_EditCommand", key: CellKey, value: Typed, replacing: Typed | Anything) -> None:
        """For undo commands: show the value as pending and queue its writing in place of another."""
        self._stored_at.pop(key, None)
        self._set_pending(key, PendingEdit(value))
        self._queue.append(_Write(command, key, value, replacing))
        self._write_next()

    def _shown(self, key: CellKey) -> Typed:
        edit = self._pending.get(key)
        if edit is not None and not edit.error:
            return edit.value
        data = self._table.data
        row = None if data is None else data.row_of(key.row)
        cell = None if data is None or row is None else data.cell(row, key.name)
        value = None if cell is None else cell.value
        return value if isinstance(value, bool | int | float | str) else None

    def _write_next(self) -> None:
        if self._writing:
            return
        if not self._queue:
            self.drained.emit()
            return
        self._writing = True
        write = self._queue[0]
        write.attempts += 1
        self._tasks.run(lambda: self._store(write), self._stored, self._failed)

    def _store(self, write: _Write) -> int:
        with self._access.database() as database:
            write_edit(database, write.key, write.value, replacing=write.replacing)
            with database.reading() as sql:
                return last_seq(sql)

    def _stored(self, seq: int) -> None:
        self._writing = False
        write = self._queue.popleft()
        if not any(later.key == write.key for later in self._queue):
            self._stored_at[write.key] = seq
        self._live.hint()
        self._write_next()

    def _confirm(self, seq: int) -> None:
        """The table is true up to ``seq``: it shows by itself what was stored by then."""
        for key in [key for key, at in self._stored_at.items() if at <= seq]:
            del self._stored_at[key]
            self._set_pending(key, None)

    def _failed(self, error: BaseException) -> None:
        self._writing = False
        write = self._queue[0]
        if isinstance(error, DatabaseBusyError) and write.attempts < ATTEMPTS:
            self._retry.start(RETRY_MS * write.attempts)
            return
        self._queue.popleft()
        write.command.fail()
        reason = error.message if isinstance(error, UserError) else "the program has a bug (see the messages)"
        if not any(later.key == write.key for later in self._queue):
            # What was undone is nobody's new text, which would have to be kept.
            kept = None if isinstance(error, OtherValueError) else PendingEdit(write.value, reason)
            self._set_pending(write.key, kept)
        if isinstance(error, UserError):
            where = f"{write.key.name} of run {write.key.run}"
            self._notifier.error(f"The edit of {where} was not stored: {error.message}", error.hint)
        else:
            self._notifier.report(error)
        self._write_next()

    def _set_pending(self, key: CellKey, edit: PendingEdit | None) -> None:
        if edit is None:
            self._pending.pop(key, None)
        else:
            self._pending[key] = edit
        self.pending_changed.emit(key)
        self.count_changed.emit(self.waiting)


class _EditCommand(QUndoCommand):
    """One edit. Undoing it is another write of what the cell showed before, if it still holds what the edit made."""

    def __init__(self, editing: Editing, key: CellKey, before: Typed, after: Typed) -> None:
        super().__init__(f"edit of {key.name} in run {key.run}")
        self._editing = editing
        self._key = key
        self._before = before
        self._after = after
        self._failed = False
        self._replacing: Typed | Anything = ANYTHING
        """At first whatever is there: people see what they type over."""

    def fail(self) -> None:
        """The write failed: there is nothing to undo or redo any more."""
        # Only noted here: the stack may have deleted the Qt half of this object by now.
        self._failed = True

    def redo(self) -> None:
        self._write(self._after, self._replacing)
        self._replacing = self._before

    def undo(self) -> None:
        self._write(self._before, self._after)

    def _write(self, value: Typed, replacing: Typed | Anything) -> None:
        if self._failed:
            self.setObsolete(True)  # The stack then removes it.
        else:
            self._editing.write(self, self._key, value, replacing)
