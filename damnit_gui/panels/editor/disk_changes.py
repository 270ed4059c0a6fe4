"""What is said and offered when the file on disk is not what the editor knows."""

from collections.abc import Callable

from PyQt6.QtCore import QObject, pyqtSignal

from damnit_backend.core.errors import UserError
from damnit_gui.panels.text.strip import Strip

from .document import ContextDocument
from .templates import FIRST_CONTEXT
from .text_file import TextFile


class DiskChanges(QObject):
    """Talks through a strip. Nothing is ever lost: taking the file's text is a step that the editor can undo."""

    taken = pyqtSignal(object)
    """The `TextFile` that the editor is to show."""
    kept = pyqtSignal(str)
    """The editor keeps its text, which is not the file's; what to say about it."""
    compare_wanted = pyqtSignal(str, str)
    """A text, and what it is called."""
    save_wanted = pyqtSignal()
    text_wanted = pyqtSignal(str)
    """Text to start with, for a file that does not exist yet."""

    def __init__(
        self, document: ContextDocument, strip: Strip, has_unsaved: Callable[[], bool], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._strip = strip
        self._has_unsaved = has_unsaved
        self._name = document.path.name
        document.loaded.connect(self._loaded)
        document.not_read.connect(self._not_read)
        document.changed_on_disk.connect(self._changed)

    def _loaded(self, found: TextFile) -> None:
        self._strip.hide()
        self.taken.emit(found)
        if found.problem:
            self._strip.tell(found.problem, level="warning")
        elif found.stamp is None:
            start = ("Start with an example", lambda: self.text_wanted.emit(FIRST_CONTEXT))
            self._strip.tell(f"There is no {self._name} yet. Saving makes it.", [start])

    def _not_read(self, error: UserError) -> None:
        self._strip.tell(str(error), [("Try again", self._document.load)], level="error")

    def _changed(self, found: TextFile) -> None:
        if found.stamp is None:
            self._document.take_disk_as_base(found)
            again = ("Save it again", self.save_wanted.emit)
            self._strip.tell(f"{self._name} was deleted. Its text is still here.", [again], level="warning")
            self.kept.emit("")
        elif self._has_unsaved():
            self._ask(found)
        else:
            self._reload(found)

    def _ask(self, found: TextFile) -> None:
        def compare() -> None:
            self.compare_wanted.emit(found.text, "the file on disk")
            self._ask(found)  # the question stays

        self._strip.tell(
            f"Somebody else has changed {self._name} on disk, and you have unsaved text.",
            [("Reload", lambda: self._reload(found)), ("Keep mine", lambda: self._keep(found)), ("Compare", compare)],
            level="warning",
        )

    def _reload(self, found: TextFile) -> None:
        self._document.take_disk_as_base(found)
        self.taken.emit(found)
        if found.problem:
            self._strip.tell(found.problem, level="warning")
        else:
            self._strip.tell(f"{self._name} was changed on disk and read anew. Ctrl+Z brings the former text back.")

    def _keep(self, found: TextFile) -> None:
        self._document.take_disk_as_base(found)
        self.kept.emit("Your text is kept. Saving it replaces the other one.")
