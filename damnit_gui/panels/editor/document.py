"""The context file on disk: loads and saves it, and looks for changes, in the background."""

from pathlib import Path

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from damnit_backend.core.errors import UserError
from damnit_gui.panels.text.parts import delay
from damnit_gui.services.notifier import Notifier
from damnit_gui.services.tasks import Task, Tasks

from .text_file import ChangedOnDiskError, FileStamp, TextFile, read_text_file, stamp_of, write_text_file

LOOK_MS = 1000
"""How often the file is looked at: on network file systems nothing tells of another host's writing, and asking to be
told may take as long as the file system likes."""
_SETTLE_MS = 150
"""Other programs remove a file a moment before they put the new one in its place: one that is gone is looked for again
after this time."""


class ContextDocument(QObject):
    """``base`` is the file as last read or written here, so that one can tell what was changed, and where."""

    loaded = pyqtSignal(object)
    """A `TextFile`, at first and after `load`."""
    changed_on_disk = pyqtSignal(object)
    """A `TextFile` that is neither what was read nor what was written here. `base` is still the former one."""
    saved = pyqtSignal(str)
    """The text that was written."""
    not_read = pyqtSignal(object)
    """A `UserError`."""
    not_saved = pyqtSignal(object)
    """A `UserError`: nothing was written. If somebody else has written the file, `changed_on_disk` follows."""

    def __init__(self, path: Path, tasks: Tasks, notifier: Notifier, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self.base = TextFile("")
        self.ready = False
        self._tasks = tasks
        self._notifier = notifier
        self._told: TextFile | None = None
        self._look: Task | None = None
        self._looking = False
        self._saving = False
        self._gone = False
        self._settle = delay(self, _SETTLE_MS, self.look)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)

    @property
    def saving(self) -> bool:
        return self._saving

    def load(self) -> None:
        """Read the file anew; ends in `loaded` or `not_read`."""
        self._cancel_look()
        self._tasks.run(lambda: read_text_file(self.path), self._loaded, self._not_read, group=f"editor-{id(self)}")

    def save(self, text: str) -> None:
        """Write the text; ends in `saved` or `not_saved`. One at a time: see `saving`."""
        self._cancel_look()
        self._saving = True
        base = self.base

        def write() -> FileStamp:
            return write_text_file(self.path, text, bom=base.bom, expected=base.stamp)

        self._tasks.run(write, lambda stamp: self._saved(text, stamp), self._not_saved)

    def take_disk_as_base(self, on_disk: TextFile) -> None:
        """From now on, what is on disk is known: the next save replaces it."""
        self.base = on_disk

    def look(self) -> None:
        """See whether somebody else has written the file."""
        if self._saving or not self.ready or self._looking:
            return
        known = self.base.stamp
        self._looking = True
        look = self._tasks.run(lambda: self._read_if_new(known), self._looked, self._look_failed)
        if self._looking:  # tasks may be done at once
            self._look = look

    def _read_if_new(self, known: FileStamp | None) -> TextFile | None:
        return None if stamp_of(self.path) == known else read_text_file(self.path)

    def _looked(self, found: TextFile | None) -> None:
        self._look, self._looking = None, False
        first_without, self._gone = not self._gone, found is not None and found.stamp is None
        if found is None:
            return
        if self._gone and first_without and self.base.stamp is not None:
            self._settle.start()
            return
        if (found.text, found.bom, found.stamp is None) == (self.base.text, self.base.bom, self.base.stamp is None):
            self.base = found  # touched, or written with the same text
        elif found != self._told:
            self._told = found
            self.changed_on_disk.emit(found)

    def _look_failed(self, error: BaseException) -> None:
        self._look, self._looking = None, False
        if not isinstance(error, UserError):
            self._timer.stop()  # a bug; once is enough
            self._notifier.report(error)
        # The folder may come back: the next look, or the next save, tells.

    def _loaded(self, found: TextFile) -> None:
        self.base = found
        self.ready = True
        self._timer.start()
        self.loaded.emit(found)

    def _saved(self, text: str, stamp: FileStamp) -> None:
        self._saving = False
        self.base = TextFile(text, self.base.bom, stamp)
        self.saved.emit(text)

    def _not_saved(self, error: BaseException) -> None:
        self._saving = False
        if not isinstance(error, UserError):
            self._notifier.report(error)
            error = UserError(f"{self.path.name} could not be saved: {error}.")
        self.not_saved.emit(error)
        if isinstance(error, ChangedOnDiskError):
            self._told = None
            self.look()

    def _not_read(self, error: BaseException) -> None:
        if isinstance(error, UserError):
            self.not_read.emit(error)
        else:
            self._notifier.report(error)

    def _cancel_look(self) -> None:
        if self._look is not None:
            self._look.cancel()
        self._look, self._looking = None, False
