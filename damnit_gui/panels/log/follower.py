"""Follows one log file in the background and tells what is to be shown."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from damnit_backend.core.errors import UserError
from damnit_gui.services.notifier import Notifier
from damnit_gui.services.tasks import Task, Tasks

from .log_text import LogText, prepare
from .tail import LIMIT, Piece, Place, read_earlier, read_more

T = TypeVar("T")

LOOK_MS = 500
MOST_BYTES = 8_000_000
"""A log that has grown so long while it was followed is begun anew at its end."""


@dataclass(frozen=True, slots=True)
class News:
    """``fresh``: replaces everything. ``rest`` is the beginning of a line that is still being written; it replaces
    the one before. ``more_before``: earlier lines are not shown."""

    fresh: bool
    exists: bool
    text: LogText
    rest: bytes
    more_before: bool
    changed_at: float


class LogFollower(QObject):
    """`follow` a file, then `set_awake` while somebody looks at it."""

    news = pyqtSignal(object)
    """A `News`. One comes for each file, even if there is none."""
    earlier = pyqtSignal(object, bool)
    """A `LogText` that goes before what is shown, and whether there is more."""
    failed = pyqtSignal(object)
    """A `UserError`: the file cannot be read now."""

    def __init__(self, tasks: Tasks, notifier: Notifier, context_file: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._notifier = notifier
        self._context_file = context_file
        self._path: Path | None = None
        self._place: Place | None = None
        self._begun = False
        self._rest = b""
        self._task: Task | None = None
        self._busy = False
        self._ailing = False
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)

    def follow(self, path: Path) -> None:
        """Show this file from now on."""
        self._drop()
        self._path, self._place, self._begun, self._rest = path, None, False, b""
        self.look()

    def set_awake(self, awake: bool) -> None:
        """Look at the file twice a second, or not at all."""
        if awake:
            self._timer.start()
            self.look()
        else:
            self._timer.stop()

    def look(self) -> None:
        """Read what is new."""
        path, place, begun = self._path, self._place, self._begun
        if path is None or self._busy:
            return
        if place is not None and place.end - place.start > max(MOST_BYTES, 2 * LIMIT):
            place = None

        def work() -> tuple[Piece, LogText]:
            piece = read_more(path, place)
            return piece, prepare(piece.lines, self._context_file)

        def done(result: tuple[Piece, LogText]) -> None:
            self._looked(*result, begun=begun)

        self._run(work, done)

    def load_earlier(self) -> None:
        """Read lines before those that are shown; ends in `earlier`, or in `news` if the file is another one now."""
        path, place = self._path, self._place
        if path is None or place is None or place.start == 0:
            return
        self._drop()

        def work() -> tuple[Place, LogText] | None:
            found = read_earlier(path, place)
            return None if found is None else (found[0], prepare(found[1], self._context_file))

        self._run(work, self._loaded_earlier)

    def _looked(self, piece: Piece, text: LogText, begun: bool) -> None:
        self._done()
        fresh = piece.fresh or not begun
        healed, self._ailing = self._ailing, False
        if not (fresh or healed or piece.lines) and piece.rest == self._rest:
            return
        self._place, self._begun, self._rest = piece.place, True, piece.rest
        more = piece.place is not None and piece.place.start > 0
        rest = prepare(piece.rest).data
        self.news.emit(News(fresh, piece.place is not None, text, rest, more, piece.changed_at))

    def _loaded_earlier(self, found: tuple[Place, LogText] | None) -> None:
        self._done()
        if found is None:
            self.look()
            return
        self._place, text = found
        self.earlier.emit(text, self._place.start > 0)

    def _run(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        self._busy = True
        task = self._tasks.run(work, done, self._failed)
        if self._busy:  # tasks may be done at once
            self._task = task

    def _failed(self, error: BaseException) -> None:
        self._done()
        if isinstance(error, UserError):
            self._ailing = True
            self.failed.emit(error)
        else:
            self._timer.stop()  # a bug; once is enough
            self._notifier.report(error)

    def _drop(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._done()

    def _done(self) -> None:
        self._task, self._busy = None, False
