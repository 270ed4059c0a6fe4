"""The one way to tell people something: posted here, shown by the window, never in a modal box."""

import enum
import logging
import time
import traceback
from dataclasses import dataclass, field

from PyQt6.QtCore import QObject, pyqtSignal

from damnit_backend.core.errors import UserError

log = logging.getLogger(__name__)

KEPT = 500
"""How many of the latest notices are kept."""

REPEAT_SECONDS = 10.0
"""A notice that says the same as the one before it within this time only counts as its repetition."""


class Level(enum.StrEnum):
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    BUG = "bug"
    """The program itself failed: ``details`` holds the report."""


@dataclass(frozen=True, slots=True)
class Notice:
    """``text`` is one sentence, ``hint`` what to do next, ``details`` what an expert reads; ``at`` since 1970."""

    level: Level
    text: str
    hint: str = ""
    details: str = ""
    at: float = field(default_factory=time.time)

    def says_the_same_as(self, other: "Notice") -> bool:
        return (self.level, self.text, self.hint) == (other.level, other.text, other.hint)


class Notifier(QObject):
    """Takes notices from anywhere in the GUI thread, keeps the latest and passes them on."""

    posted = pyqtSignal(object)
    """A `Notice`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.notices: list[Notice] = []

    def info(self, text: str, hint: str = "") -> None:
        self.post(Notice(Level.INFO, text, hint))

    def warning(self, text: str, hint: str = "") -> None:
        self.post(Notice(Level.WARNING, text, hint))

    def error(self, text: str, hint: str = "", details: str = "") -> None:
        self.post(Notice(Level.ERROR, text, hint, details))

    def report(self, error: BaseException) -> None:
        """Say that something failed: a `UserError` in its own words, anything else as a bug of the program."""
        if isinstance(error, UserError):
            self.error(error.message, error.hint)
            return
        log.error("A bug", exc_info=error)
        details = "".join(traceback.format_exception(error))
        text = f"Something went wrong inside the program: {type(error).__name__}: {error}."
        self.post(Notice(Level.BUG, text, "Its report may be copied, for those who develop it.", details))

    def post(self, notice: Notice) -> None:
        if self.notices:
            last = self.notices[-1]
            if notice.says_the_same_as(last) and notice.at - last.at < REPEAT_SECONDS:
                return
        self.notices.append(notice)
        del self.notices[:-KEPT]
        self.posted.emit(notice)
