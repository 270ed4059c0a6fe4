"""Which listener serves the folder: one at a time, shown by a heartbeat in the database."""

import math
import os
import secrets
import socket
import sqlite3
import time
from dataclasses import dataclass

import psutil

from damnit_backend.core.errors import UserError

from .database import Database

LAPSE_SECONDS = 20.0
"""A lease without a heartbeat for this long is free."""
HEARTBEAT_SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class Lease:
    """A listener's claim on a folder; times in seconds since 1970."""

    host: str
    pid: int
    user: str
    socket: str
    token: str
    started: float
    heartbeat: float

    @property
    def is_local(self) -> bool:
        return self.host == socket.gethostname()

    def is_alive(self, now: float) -> bool:
        """Whether its listener is there: its process on this host, else a fresh heartbeat."""
        fresh = abs(now - self.heartbeat) < LAPSE_SECONDS
        if not self.is_local:
            return fresh
        born = _birth(self.pid)
        # A process that is younger than the claim was given the same number later. While the heartbeat is fresh,
        # the clock was set anew instead.
        return born is not None and (born <= self.started + 1 or fresh)


class ListenerExistsError(UserError):
    """Another listener serves the folder."""


class LeaseLostError(UserError):
    """This listener was replaced by another one, and may write nothing more."""


def _birth(pid: int) -> float | None:
    """When a process of this host began; None if there is none. Infinite if another user's may not be seen."""
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else float(process.create_time())
    except psutil.AccessDenied:
        return math.inf
    except (psutil.NoSuchProcess, ValueError, OverflowError):
        return None


def read_lease(database: Database) -> Lease | None:
    """The listener that claims the folder, alive or not."""
    with database.reading() as sql:
        return _lease(sql)


def _lease(sql: sqlite3.Connection) -> Lease | None:
    if not sql.execute("SELECT 1 FROM sqlite_master WHERE name = 'desk_listeners'").fetchone():
        return None
    row = sql.execute("SELECT host, pid, user, socket, token, started, heartbeat FROM desk_listeners").fetchone()
    return Lease(*row) if row else None


def doubtful_lease(database: Database) -> Lease | None:
    """The claim of a listener on another host that seems to be gone, unless the clocks of the two hosts differ.

    Who finds it unchanged after `LAPSE_SECONDS` on a clock of its own may take its place.
    """
    lease = read_lease(database)
    return None if lease is None or lease.is_local or lease.is_alive(time.time()) else lease


def take_lease(database: Database, socket_path: str, user: str, lapsed: Lease | None = None) -> Lease:
    """Claim the folder for this process, or say who has it. ``lapsed``: a `doubtful_lease` that was watched."""
    now = time.time()
    mine = Lease(socket.gethostname(), os.getpid(), user, socket_path, secrets.token_hex(16), now, now)
    with database.writing() as sql:
        other = _lease(sql)
        if other is not None and not _is_free(other, mine, lapsed):
            raise ListenerExistsError(
                f"A listener serves this folder already: process {other.pid} of {other.user} on {other.host}.",
                "It does the work; stop it first if you want to run your own.",
            )
        sql.execute(
            "INSERT OR REPLACE INTO desk_listeners VALUES (1, ?, ?, ?, ?, ?, ?, ?)",
            (mine.host, mine.pid, mine.user, mine.socket, mine.token, mine.started, mine.heartbeat),
        )
    return mine


def _is_free(other: Lease, mine: Lease, lapsed: Lease | None) -> bool:
    if other.is_local:
        return other.pid == mine.pid or not other.is_alive(mine.started)
    return other == lapsed


def require_lease(sql: sqlite3.Connection, lease: Lease) -> None:
    """LeaseLostError if another listener took the folder over: this one hung, or its host did."""
    holder = _lease(sql)
    if holder is None or holder.token != lease.token:
        who = f"process {holder.pid} of {holder.user} on {holder.host}" if holder else "one that has ended since"
        raise LeaseLostError(
            f"Another listener has taken the folder over: {who}.",
            "This one gave no sign of life for too long, and ends; the other one does the work.",
        )


def renew_lease(database: Database, lease: Lease) -> None:
    """Show that the listener lives. LeaseLostError if it was replaced."""
    with database.writing() as sql:
        require_lease(sql, lease)
        sql.execute("UPDATE desk_listeners SET heartbeat = ?", (time.time(),))


def release_lease(database: Database, lease: Lease) -> None:
    with database.writing() as sql:
        sql.execute("DELETE FROM desk_listeners WHERE token = ?", (lease.token,))
