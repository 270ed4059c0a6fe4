"""When the text is checked: a moment after the last key, one check at a time, late answers dropped."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from PyQt6.QtCore import QObject, pyqtSignal

from damnit_backend.contextproc.checker import CheckResult
from damnit_backend.core.errors import UserError
from damnit_gui.panels.text.parts import delay
from damnit_gui.services.notifier import Notifier
from damnit_gui.services.tasks import Task, Tasks

TYPING_PAUSE_MS = 800
PATIENCE_MS = 30_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What a check of ``text`` found, or ``error``: why it could not be checked. ``at`` since 1970."""

    text: str
    result: CheckResult | None
    error: UserError | None
    at: float

    @property
    def clean(self) -> bool:
        return self.result is not None and not self.result.problems


class CheckRunner(QObject):
    """Asks ``check`` (blocking) about texts, in the background."""

    started = pyqtSignal()
    answered = pyqtSignal(object)
    """An `Answer`, for the text of the last check that was begun."""

    def __init__(
        self,
        check: Callable[[str], CheckResult],
        tasks: Tasks,
        notifier: Notifier,
        text: Callable[[], str],
        parent: QObject | None = None,
        *,
        pause_ms: int = TYPING_PAUSE_MS,
        patience_ms: int = PATIENCE_MS,
    ) -> None:
        super().__init__(parent)
        self._check = check
        self._tasks = tasks
        self._notifier = notifier
        self.text = text
        self._task: Task | None = None
        self._running = False
        self._checked_text = ""
        self._wanted = False
        self.last: Answer | None = None
        self._pause = delay(self, pause_ms, self._check_when_free)
        self._patience = delay(self, patience_ms, self._give_up)

    @property
    def running(self) -> bool:
        return self._running

    def text_changed(self) -> None:
        """Check a moment after the last call of this."""
        self._pause.start()

    def check_now(self) -> str:
        """Check the text as it is now; a check in work is given up, unless it is of the same text. The text."""
        self._pause.stop()
        text = self.text()
        if self._running and text == self._checked_text:
            return text
        self._drop()
        self._begin(text)
        return text

    def answer_for(self, text: str) -> Answer | None:
        """What is known about a text already."""
        return self.last if self.last is not None and self.last.text == text and self.last.error is None else None

    def _check_when_free(self) -> None:
        if self._running:
            self._wanted = True  # a process for each pause in typing would be too many
        elif self.answer_for(text := self.text()) is None:
            self._begin(text)

    def _begin(self, text: str) -> None:
        self._wanted = False
        self._running = True
        self._checked_text = text
        self._patience.start()
        self.started.emit()
        task = self._tasks.run(lambda: self._check(text), lambda result: self._answer(text, result, None), self._failed)
        if self._running:  # tasks may be done at once
            self._task = task

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, UserError):
            self._notifier.report(error)
            error = UserError(f"the check itself failed: {error}")
        self._answer(self._checked_text, None, error)

    def _answer(self, text: str, result: CheckResult | None, error: UserError | None) -> None:
        self._task = None
        self._running = False
        self._patience.stop()
        self.last = Answer(text, result, error, time.time())
        self.answered.emit(self.last)
        if self._wanted:
            self.text_changed()

    def _give_up(self) -> None:
        self._drop()
        seconds = self._patience.interval() / 1000
        error = UserError(f"no answer after {seconds:.0f} s", "Does the file wait for something while it is loaded?")
        self._answer(self._checked_text, None, error)

    def _drop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._running = False
