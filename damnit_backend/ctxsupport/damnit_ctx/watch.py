"""Looking after a worker from outside: the memory of all its processes together, and whether it was stopped."""

from __future__ import annotations

import os
import time
from typing import NamedTuple

from damnit_ctx import processes
from damnit_ctx.limits import RESERVE, exceeded

#: Seconds between looks.
LOOK_SECONDS = 0.1
#: A process that was stopped by a signal is waited for so long: somebody may have it go on.
STOPPED_SECONDS = 10.0


class Fault(NamedTuple):
    """Why a worker must not go on."""

    error_cls: str
    message: str


class Watch:
    """Looks at one worker, whose process id is `pid`. `limit`: bytes that it may take more than at its beginning, and
    as much more as lets it hear of a MemoryError first.
    """

    def __init__(self, pid: int, limit: int | None) -> None:
        self._pid = pid
        self._limit = limit
        self._begin = processes.memory(pid)
        self._next_look = 0.0
        self._next_exact = 0.0
        self._stopped_at: float | None = None

    def look(self) -> Fault | None:
        now = time.monotonic()
        if now < self._next_look:
            return None
        self._next_look = now + LOOK_SECONDS
        if self._limit is not None and self._takes_more_than(self._limit, now):
            return Fault("MemoryLimit", exceeded(self._limit))
        return self._stopped(now)

    def _takes_more_than(self, limit: int, now: float) -> bool:
        """Counted quickly, and exactly, which takes long, only where it matters."""
        pids = {self._pid} | processes.descendants(self._pid)
        if sum(map(processes.memory, pids)) - self._begin <= limit + RESERVE or now < self._next_exact:
            return False
        exact = sum(map(processes.share_of_memory, pids))
        self._next_exact = time.monotonic() + 10 * (time.monotonic() - now)
        return exact > limit + RESERVE

    def _stopped(self, now: float) -> Fault | None:
        state = os.waitid(os.P_PID, self._pid, os.WSTOPPED | os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if state is None or state.si_code != os.CLD_STOPPED:
            self._stopped_at = None
            return None
        if self._stopped_at is None:
            self._stopped_at = now
        if now - self._stopped_at < STOPPED_SECONDS:
            return None
        return Fault("Stopped", f"The process was stopped by signal {state.si_status} and did not go on")
