"""Which listener serves the folder: one at a time, shown by a heartbeat in the database."""

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
        if self.is_local:
            return _is_same_process(self.pid, self.started)
        return abs(now - self.heartbeat) < LAPSE_SECONDS


class ListenerExistsError(UserError):
    """Another listener serves the folder."""


def _is_same_process(pid: int, claimed_at: float) -> bool:
    """Whether the process runs and is not a later one that was given the same number."""
    try:
        process = psutil.Process(pid)
        return bool(process.create_time() <= claimed_at + 1 and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def read_lease(database: Database) -> Lease | None:
    """The listener that claims the folder, alive or not."""
    with database.reading() as sql:
        return _lease(sql)


def _lease(sql: sqlite3.Connection) -> Lease | None:
    if not sql.execute("SELECT 1 FROM sqlite_master WHERE name = 'desk_listeners'").fetchone():
        return None
    row = sql.execute("SELECT host, pid, user, socket, token, started, heartbeat FROM desk_listeners").fetchone()
    return Lease(*row) if row else None


def take_lease(database: Database, socket_path: str, user: str) -> Lease:
    """Claim the folder for this process, or say who has it."""
    now = time.time()
    mine = Lease(socket.gethostname(), os.getpid(), user, socket_path, secrets.token_hex(16), now, now)
    with database.writing() as sql:
        other = _lease(sql)
        if other is not None and other.is_alive(now) and other.pid != mine.pid:
            raise ListenerExistsError(
                f"A listener serves this folder already: process {other.pid} of {other.user} on {other.host}.",
                "It does the work; stop it first if you want to run your own.",
            )
        sql.execute(
            "INSERT OR REPLACE INTO desk_listeners VALUES (1, ?, ?, ?, ?, ?, ?, ?)",
            (mine.host, mine.pid, mine.user, mine.socket, mine.token, mine.started, mine.heartbeat),
        )
    return mine


def renew_lease(database: Database, lease: Lease) -> bool:
    """Show that the listener lives; False if another one took the folder over."""
    with database.writing() as sql:
        done = sql.execute("UPDATE desk_listeners SET heartbeat = ? WHERE token = ?", (time.time(), lease.token))
        return done.rowcount == 1


def release_lease(database: Database, lease: Lease) -> None:
    with database.writing() as sql:
        sql.execute("DELETE FROM desk_listeners WHERE token = ?", (lease.token,))
