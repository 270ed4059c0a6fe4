"""What the listener is doing, kept for those who ask and published when it changes."""

import time
from collections.abc import Callable

from damnit_backend.core.keys import RunKey
from damnit_backend.core.messages import Activity, Status


class Board:
    """Collects facts from the listener's parts and makes one `Status` of them."""

    def __init__(self) -> None:
        self._publish: Callable[[Status], None] = lambda _: None
        self._running: dict[RunKey, str] = {}
        self._problems: dict[str, str] = {}
        self._queued = 0
        self._last: tuple[RunKey, float] | None = None
        self._base = Activity.STARTING
        self._published: Status | None = None

    def connect(self, publish: Callable[[Status], None]) -> None:
        """Where the status goes from now on."""
        self._publish = publish

    def set_activity(self, activity: Activity) -> None:
        self._base = activity
        self._tell()

    def set_queued(self, count: int) -> None:
        self._queued = count
        self._tell()

    def set_running(self, key: RunKey, variable: str = "") -> None:
        self._running[key] = variable
        self._tell()

    def set_finished(self, key: RunKey) -> None:
        self._running.pop(key, None)
        self._last = (key, time.time())
        self._tell()

    def set_problem(self, topic: str, text: str) -> bool:
        """Say what is wrong with a part of the work; empty when it is mended. True if this is news."""
        if self._problems.get(topic, "") == text:
            return False
        if text:
            self._problems[topic] = text
        else:
            self._problems.pop(topic, None)
        self._tell()
        return True

    @property
    def busy(self) -> tuple[RunKey, ...]:
        """The runs in work."""
        return tuple(self._running)

    def status(self) -> Status:
        activity = self._base
        if activity is Activity.IDLE and self._running:
            activity = Activity.WORKING
        return Status(
            activity=activity,
            queued=self._queued,
            running=tuple((key.proposal, key.run) for key in self._running),
            variable=next(iter(self._running.values()), ""),
            last_run=(self._last[0].proposal, self._last[0].run) if self._last else None,
            last_run_at=self._last[1] if self._last else None,
            problem=" ".join(self._problems.values()),
        )

    def _tell(self) -> None:
        status = self.status()
        if status != self._published:
            self._published = status
            self._publish(status)
