"""Keeping a listener alive: starts one where none serves the folder, and starts it again when it dies."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from damnit_backend.core.errors import UserError
from damnit_backend.store.folder import Folder
from damnit_backend.store.lease import Lease, read_lease
from damnit_backend.store.opening import open_for_reading

from .ending import end_listener
from .listener import start_listener
from .pulse import Pulse
from .stopping import forget_stop, stopped_by

QUICK_DEATH_SECONDS = 10.0
"""A listener that lives shorter than this died at once."""
MAX_QUICK_DEATHS = 4
START_SECONDS = 30.0
"""A listener that takes longer to start is worth a word."""


class Started(Protocol):
    """What `subprocess.Popen` offers of a process that was started."""

    def poll(self) -> int | None: ...

    def kill(self) -> None: ...


@dataclass(frozen=True, slots=True)
class ListenerState:
    """What is known of the folder's listener. ``problem`` is for people, empty if all is well; ``gave_up`` says that
    it is not started again unless somebody asks for it; ``stopped`` who stopped it on purpose, which comes to the same.
    """

    running: bool
    lease: Lease | None = None
    restarts: int = 0
    problem: str = ""
    gave_up: bool = False
    stopped: str = ""


class Supervisor:
    """Call `check` about once a second, in one thread (it reads the database)."""

    def __init__(
        self,
        folder: Folder,
        start: Callable[[Folder], Started] = start_listener,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._start = start
        self._clock = clock
        self._pulse = Pulse(clock)
        self._child: Started | None = None
        self._started_at = 0.0
        self._starts = 0
        self._quick_deaths = 0
        self._retry_at = 0.0

    def check(self) -> ListenerState:
        """Look whether a listener serves the folder; start one if not. UserError if the folder cannot be read."""
        with open_for_reading(self._folder) as database:
            lease = self._pulse.living(read_lease(database))
            stopped = stopped_by(database)
        restarts = max(0, self._starts - 1)
        if lease is not None:
            if self._clock() - self._started_at > QUICK_DEATH_SECONDS:
                self._quick_deaths = 0
            return ListenerState(True, lease, restarts)
        now = self._clock()
        if self._child is not None:
            if self._child.poll() is None:
                # Never a second one beside it, however long it takes: importing from a network disk may be slow.
                return ListenerState(False, None, restarts, self._waiting(now - self._started_at))
            self._note_death(now)
        if stopped:
            return ListenerState(False, None, restarts, stopped=stopped)
        if self._quick_deaths >= MAX_QUICK_DEATHS:
            words = f"The listener ends as soon as it starts: {self._last_words()}"
            return ListenerState(False, None, restarts, words, gave_up=True)
        if now < self._retry_at:
            return ListenerState(False, None, restarts, "The listener died; it is started again in a moment.")
        self._started_at = now
        self._starts += 1
        restarts = self._starts - 1
        try:
            self._child = self._start(self._folder)
        except UserError as error:
            self._note_death(now)
            return ListenerState(False, None, restarts, error.message)
        return ListenerState(False, None, restarts, self._waiting(0.0))

    @staticmethod
    def _waiting(seconds: float) -> str:
        if seconds < START_SECONDS:
            return "The listener is starting."
        return f"The listener was started {seconds:.0f} s ago and does not serve the folder yet; see its log."

    def _note_death(self, now: float) -> None:
        """One death is answered at once; further ones soon after their start wait longer each time."""
        self._child = None
        if now - self._started_at < QUICK_DEATH_SECONDS:
            self._quick_deaths += 1
            self._retry_at = now if self._quick_deaths == 1 else now + 2.0**self._quick_deaths

    def request_restart(self) -> None:
        """End the listener, also one that hangs; the next `check` starts a new one, also if it was stopped on purpose.

        UserError, with what to do, if it is another user's or on another host.
        """
        self._quick_deaths = 0
        self._retry_at = 0.0
        forget_stop(self._folder)
        served = end_listener(self._folder)
        if self._child is None:
            return
        if self._child.poll() is not None:
            self._child = None
        elif not served:
            self._child.kill()  # it was started, and hangs before it serves

    def _last_words(self) -> str:
        """The last line of the listener's log."""
        try:
            with self._folder.listener_log.open("rb") as log:
                log.seek(max(0, self._folder.listener_log.stat().st_size - 4096))
                lines = log.read().decode(errors="replace").strip().splitlines()
        except OSError as error:
            return f"its log cannot be read ({error.strerror})."
        return lines[-1] if lines else "it left no word in its log."
