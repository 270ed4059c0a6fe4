"""Waiting for the locks of other programs, so that each who waits gets its turn soon."""

import random
import sqlite3
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

FIRST_PAUSE, LAST_PAUSE = 0.006, 0.001
"""Seconds between tries: who waits for longer asks more often, and so comes before who comes later."""
URGENT_AFTER = 0.15
"""Seconds from which on the pauses are the last ones."""
HELD_AFTER, HELD_PAUSE = 2.0, 0.025
"""Who has waited for so long waits for one program that keeps the lock, not for its turn: asking less often will do."""

_PASSING = frozenset({
    sqlite3.SQLITE_IOERR_LOCK, sqlite3.SQLITE_IOERR_RDLOCK, sqlite3.SQLITE_IOERR_UNLOCK,
    sqlite3.SQLITE_IOERR_CHECKRESERVEDLOCK, sqlite3.SQLITE_IOERR_SHMLOCK,
})  # fmt: skip
"""What a network file system makes of a lock that it cannot give just now."""


def patiently(action: Callable[[], T], seconds: float) -> T:
    """What the action returns, tried again while locks are in its way, for so many seconds.

    SQLite's own waiting asks ever less often, so that those who have waited longest are passed by the others.
    Afterwards the sqlite3.Error of the last try is raised.
    """
    begin = time.monotonic()
    while True:
        try:
            return action()
        except sqlite3.DatabaseError as error:
            waited = time.monotonic() - begin
            if not passes(error) or waited >= seconds:
                raise
        time.sleep(min(_pause(waited), seconds - waited))


def _pause(waited: float) -> float:
    if waited > HELD_AFTER:
        return HELD_PAUSE
    age = min(waited / URGENT_AFTER, 1.0)
    # Never the same for two who wait, who would else meet again and again.
    return random.uniform(0.5, 1.5) * (FIRST_PAUSE + age * (LAST_PAUSE - FIRST_PAUSE))


def passes(error: sqlite3.Error) -> bool:
    """Whether an error is about a lock that another program has now, or that is not to be had just now."""
    code = getattr(error, "sqlite_errorcode", None)
    return is_busy(error) or code in _PASSING or code == sqlite3.SQLITE_PROTOCOL


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another program has the lock."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
