"""Editing cells: undoable, shown at once as pending, then confirmed by the table or reverted with the reason."""

import time
from dataclasses import dataclass

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QUndoCommand, QUndoStack

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey
from damnit_backend.store.edits import ANYTHING, Anything, EditOutcome, OtherValueError
from damnit_backend.store.typed import Typed

from .access import FolderAccess
from .edit_journal import EditJournal
from .edit_writer import EditWriter, Write
from .journal_lines import journal_edit
from .live import Live
from .notifier import Notifier
from .table import TableService
from .tasks import Tasks


@dataclass(frozen=True, slots=True)
class PendingEdit:
    """A value that the table does not show as stored yet. ``error`` is empty while it waits, else why it failed."""

    value: Typed
    error: str = ""


class Editing(QObject):
    """What people type: shown as pending, undoable. The writer stores it, and keeps it until it is stored."""

    pending_changed = pyqtSignal(object)
    """The `CellKey` whose edit changed its state."""
    count_changed = pyqtSignal(int)
    """How many edits wait to be stored."""
    delay_changed = pyqtSignal(str)
    """Why nothing can be stored just now; empty when it goes on."""
    drained = pyqtSignal()
    """Every edit is stored or has failed."""

    def __init__(
        self,
        access: FolderAccess,
        table: TableService,
        live: Live,
        journal: EditJournal,
        tasks: Tasks,
        notifier: Notifier,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self._access = access
        self._table = table
        self._live = live
        self._notifier = notifier
        self._pending: dict[CellKey, PendingEdit] = {}
        self._stored_at: dict[CellKey, int] = {}
        self.writer = EditWriter(access, journal, tasks, notifier, self)
        self.writer.stored.connect(self._stored)
        self.writer.refused.connect(self._refused)
        self.writer.taken_over.connect(self._show_taken_over)
        self.writer.delay_changed.connect(self._on_delay)
        self.writer.drained.connect(self.drained)
        live.polled.connect(self._confirm)

    @property
    def waiting(self) -> int:
        """How many edits are not shown as stored yet."""
        return sum(not edit.error for edit in self._pending.values())

    @property
    def queued(self) -> int:
        """How many writes are still to be done."""
        return self.writer.waiting

    @property
    def delay(self) -> str:
        """Why nothing can be stored just now; empty if it can."""
        return self.writer.delay

    def start(self) -> None:
        """Store what was typed in windows that are gone."""
        if not self._access.read_only:
            self.writer.take_over()

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
        self.writer.add(Write(journal_edit(key, value, time.time()), replacing, refused=command.fail))

    def _shown(self, key: CellKey) -> Typed:
        edit = self._pending.get(key)
        if edit is not None and not edit.error:
            return edit.value
        data = self._table.data
        row = None if data is None else data.row_of(key.row)
        cell = None if data is None or row is None else data.cell(row, key.name)
        value = None if cell is None else cell.value
        return value if isinstance(value, bool | int | float | str) else None

    def _show_taken_over(self, writes: list[Write]) -> None:
        for write in writes:
            self._set_pending(write.edit.key, PendingEdit(write.edit.value))
        many = "An edit was" if len(writes) == 1 else f"{len(writes)} edits were"
        self._notifier.info(f"{many} not stored yet when a window was closed, and will be now.")

    def _stored(self, write: Write, outcome: EditOutcome, seq: int) -> None:
        if not self.writer.writes_later(write):
            self._stored_at[write.edit.key] = seq
        if outcome is EditOutcome.SUPERSEDED:
            edit = write.edit
            self._notifier.warning(
                f"The edit of {edit.name} of run {edit.run}, {edit.value!r}, came too late: "
                "the cell was changed after it was typed.",
                "What is there stays; the edit is in the history of the cell.",
            )
        self._live.hint()

    def _confirm(self, seq: int) -> None:
        """The table is true up to ``seq``: it shows by itself what was stored by then."""
        for key in [key for key, at in self._stored_at.items() if at <= seq]:
            del self._stored_at[key]
            self._set_pending(key, None)

    def _refused(self, write: Write, error: BaseException) -> None:
        key, value = write.edit.key, write.edit.value
        reason = error.message if isinstance(error, UserError) else "the program has a bug (see the messages)"
        if not self.writer.writes_later(write):
            # What was undone is nobody's new text, which would have to be kept.
            kept = None if isinstance(error, OtherValueError) else PendingEdit(value, reason)
            self._set_pending(key, kept)
        if isinstance(error, UserError):
            text = f" It was: {value!r}" if write.late else ""
            self._notifier.error(
                f"The edit of {key.name} of run {key.run} was not stored: {error.message}{text}", error.hint
            )
        else:
            self._notifier.report(error)

    def _on_delay(self, reason: str) -> None:
        if reason:
            self._notifier.warning(
                f"Edits cannot be stored just now: {reason}",
                "They are kept on this computer and stored as soon as it is possible."
                if self.writer.all_kept
                else "They are stored as soon as it is possible: leave the window open.",
            )
        self.delay_changed.emit(reason)

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
