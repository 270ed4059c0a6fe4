"""Keeps unsaved text as a draft while it is typed, and tells of drafts that were left."""

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from damnit_gui.panels.text.parts import delay
from damnit_gui.services.notifier import Notifier
from damnit_gui.services.tasks import Tasks

from .drafts import Draft, Drafts

PAUSE_MS = 2000


class DraftKeeper(QObject):
    """``unsaved`` gives the text that is not saved, None if there is none."""

    found = pyqtSignal(object)
    """A list of (path, `Draft`) that were left by windows that are gone, newest first; not empty."""

    def __init__(
        self,
        drafts: Drafts,
        tasks: Tasks,
        notifier: Notifier,
        unsaved: Callable[[], str | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._drafts = drafts
        self._tasks = tasks
        self._notifier = notifier
        self._unsaved = unsaved
        self._turn = 0
        self._warned = False
        self._pause = delay(self, PAUSE_MS, self.keep_now)

    def look(self) -> None:
        """Ends in `found` if anything was left."""

        def done(waiting: list[tuple[Path, Draft]]) -> None:
            if waiting:
                self.found.emit(waiting)

        self._tasks.run(self._drafts.waiting, done, self._failed)

    def text_changed(self) -> None:
        if not self._pause.isActive():  # not put off for ever by somebody who types without a pause
            self._pause.start()

    def keep_now(self, in_place_of: Path | None = None) -> None:
        """Write the unsaved text, in the background; without any, remove what was written. Then remove the draft
        from which the text was taken."""
        text = self._unsaved()
        turn = self._next_turn()

        def work() -> None:
            if text is None:
                self._drafts.discard(turn)
            else:
                self._drafts.keep(text, turn)
            if in_place_of is not None:
                in_place_of.unlink(missing_ok=True)

        self._tasks.run(work, _ignore, self._failed)

    def close(self) -> bool:
        """Write the unsaved text before the editor goes away, at once. Whether there was any."""
        self._pause.stop()
        text = self._unsaved()
        try:
            if text is None:
                self._drafts.discard(self._next_turn())
            else:
                self._drafts.keep(text, self._next_turn(), closing=True)
        except OSError as error:
            self._failed(error)
        return text is not None

    def remove(self, path: Path) -> None:
        """Forget a draft that was left."""
        self._tasks.run(lambda: path.unlink(missing_ok=True), _ignore, self._failed)

    def _next_turn(self) -> int:
        self._turn += 1
        return self._turn

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, OSError):
            self._notifier.report(error)
        elif not self._warned:
            self._warned = True
            self._notifier.warning(
                f"Drafts of unsaved text cannot be kept: {error}.", "Save the text before you close."
            )


def _ignore(_result: object) -> None:
    """Nothing is to be done with the result."""
