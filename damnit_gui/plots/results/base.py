"""What a view of full results is."""

from collections.abc import Callable
from dataclasses import dataclass

from PyQt6.QtWidgets import QWidget

from damnit_backend.store.results import Result
from damnit_gui.plots.data import AxisInfo
from damnit_gui.services.notifier import Notifier
from damnit_gui.services.tasks import Task, Tasks


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


@dataclass(frozen=True, slots=True)
class ViewKind:
    """A way to show results. ``accepts`` decides by kind and shape, quickly; ``make`` builds the widget."""

    title: str
    accepts: Callable[[Result], bool]
    make: Callable[[Shown, Services], QWidget]


def views_of(result: Result, views: tuple[ViewKind, ...]) -> list[ViewKind]:
    """Those views that can show a result, the best first."""
    return [view for view in views if view.accepts(result)]
