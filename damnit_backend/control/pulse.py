"""Whether a listener lives, told by a clock of one's own: those of two hosts may differ by hours."""

import time
from collections.abc import Callable

from damnit_backend.store.lease import LAPSE_SECONDS, Lease


class Pulse:
    """Watches the heartbeat of a folder's listener. One on another host counts as alive while its heartbeat changes,
    and for a while after it was first seen."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._beat: tuple[str, float] | None = None
        self._felt_at = 0.0

    def living(self, lease: Lease | None) -> Lease | None:
        """The lease, if its listener lives."""
        if lease is None:
            return None
        beat = (lease.token, lease.heartbeat)
        if beat != self._beat:
            self._beat, self._felt_at = beat, self._clock()
        beats = not lease.is_local and self._clock() - self._felt_at < LAPSE_SECONDS
        return lease if beats or lease.is_alive(time.time()) else None
