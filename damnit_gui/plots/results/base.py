"""What a view of full results is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from PyQt6.QtWidgets import QWidget

from damnit_backend.store.results import Result
from damnit_gui.plots.data import AxisInfo
from damnit_gui.services.notifier import Notifier
from damnit_gui.services.tasks import Task, Tasks

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shown:
    """A result and what people call it: the title of its variable, and the units of its cell."""

    result: Result
    value: AxisInfo


@dataclass(frozen=True, slots=True)
class Services:
    """What a view may ask for: work in the background, telling people of what failed, views for parts of a result."""

    tasks: Tasks
    notifier: Notifier
    views: "tuple[ViewKind, ...]"


class Running:
    """The task that a widget waits for. It outlives the widget, which must not be called back once it is gone."""

    def __init__(self) -> None:
        self.task: Task | None = None

    def cancel(self) -> None:
        if self.task is not None:
            self.task.cancel()


class Newest(Generic[T]):
    """Prepares in the background what a widget shows: one at a time, of what is asked for meanwhile the newest.

    So a slider that is dragged shows what it passes, as often as the work allows.
    """

    def __init__(self, widget: QWidget, tasks: Tasks, show: Callable[[T], None]) -> None:
        self._tasks = tasks
        self._show = show
        self._busy = False
        self._next: Callable[[], T] | None = None
        self._running = running = Running()
        widget.destroyed.connect(lambda: running.cancel())

    def request(self, work: Callable[[], T]) -> None:
        """Call ``show`` with the work's result, unless there is something newer by then."""
        if self._busy:
            self._next = work
            return
        self._busy = True
        self._running.task = self._tasks.run(work, self._done, self._failed)

    def _done(self, result: T) -> None:
        self._show(result)
        self._go_on()

    def _failed(self, error: BaseException) -> None:
        self._go_on()
        raise error  # `Tasks` reports it.

    def _go_on(self) -> None:
        self._busy = False
        work, self._next = self._next, None
        if work is not None:
            self.request(work)


@dataclass(frozen=True, slots=True)
class ViewKind:
    """A way to show results. ``accepts`` decides by kind and shape, quickly; ``make`` builds the widget."""

    title: str
    accepts: Callable[[Result], bool]
    make: Callable[[Shown, Services], QWidget]


def views_of(result: Result, views: tuple[ViewKind, ...]) -> list[ViewKind]:
    """Those views that can show a result, the best first."""
    return [view for view in views if view.accepts(result)]
