"""Background work: what may wait runs in threads, and its results arrive in the GUI thread."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from PyQt6.QtCore import QObject, pyqtSignal

from .mailbox import Mailbox
from .notifier import Notifier
from .workers import Workers

T = TypeVar("T")

THREADS = 4


class Task:
    """One piece of work that was handed over. A cancelled one never calls back."""

    def __init__(self, group: str, generation: int) -> None:
        self.group = group
        self.generation = generation
        self.cancelled = False

    def cancel(self) -> None:
        """Drop the result. Work that has begun runs to its end; it may look at `cancelled` to end early."""
        self.cancelled = True


@dataclass(frozen=True, slots=True)
class _Outcome:
    task: Task
    deliver: Callable[[], None]


class Tasks(QObject):
    """Runs work in a few threads. Of tasks of one non-empty group only the newest calls back.

    Work must not touch widgets. ``synchronous`` runs everything at once in the caller's thread, for tests.
    """

    idle = pyqtSignal()
    """Nothing is left to do."""

    def __init__(
        self,
        notifier: Notifier,
        *,
        synchronous: bool = False,
        threads: int = THREADS,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._notifier = notifier
        self._generations: dict[str, int] = {}
        self._open = 0
        self._closed = False
        self._mailbox = Mailbox()
        self._mailbox.arrived.connect(self._deliver)
        self._pool = None if synchronous else Workers(threads)

    @property
    def synchronous(self) -> bool:
        return self._pool is None

    def run(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[BaseException], None] | None = None,
        *,
        group: str = "",
    ) -> Task:
        """Run ``work`` in the background, then ``done`` with its result (or ``failed``) in the GUI thread.

        A failure that nobody takes goes to the notifier, and so does what ``done`` or ``failed`` raise.
        """
        generation = self._generations.get(group, 0) + 1
        if group:
            self._generations[group] = generation
        task = Task(group, generation)
        if self._closed:
            task.cancel()
            return task
        self._open += 1
        mailbox = self._mailbox
        on_failure = failed or self._notifier.report

        def job() -> None:
            outcome = _Outcome(task, _perform(task, work, done, on_failure))
            mailbox.arrived.emit(outcome)

        if self._pool is None:
            job()
        else:
            self._pool.submit(job)
        return task

    def _deliver(self, outcome: _Outcome) -> None:
        self._open -= 1
        task = outcome.task
        late = bool(task.group) and self._generations[task.group] != task.generation
        try:
            if not (late or task.cancelled or self._closed):
                outcome.deliver()
        except Exception as error:  # The edge of a task: PyQt would abort the program if a slot raised.
            self._notifier.report(error)
        finally:
            if self._open == 0 and not self._closed:
                self.idle.emit()

    def close(self, *, finish: bool = False) -> None:
        """Hear of nothing any more. What waits is dropped, or with ``finish`` still done. Does not wait."""
        self._closed = True
        self._mailbox.arrived.disconnect(self._deliver)
        if self._pool is not None and finish:
            self._pool.finish()
        elif self._pool is not None:
            self._pool.close()

    def join(self) -> None:
        """Wait for the threads to end, after `close`. For tests."""
        if self._pool is not None:
            self._pool.join()


def _perform(
    task: Task, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[BaseException], None]
) -> Callable[[], Any]:
    if task.cancelled:
        return lambda: None
    try:
        result = work()
    except Exception as error:  # The edge of a task: whatever went wrong is delivered to whoever asked.
        caught = error
        return lambda: failed(caught)
    return lambda: done(result)
