"""Fixtures for tests of the listener's supervision."""

import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from damnit_backend.core.errors import UserError
from damnit_backend.store.database import Database
from damnit_backend.store.folder import Folder


@dataclass
class Process:
    """A listener that was started, as its starter sees it."""

    code: int | None = None

    def poll(self) -> int | None:
        return self.code

    def kill(self) -> None:
        self.code = -9


@dataclass
class World:
    """A clock and a starter of processes."""

    now: float = 1000.0
    started: list[Process] = field(default_factory=list)
    refuse: str = ""

    def start(self, _: Folder) -> Process:
        if self.refuse:
            raise UserError(self.refuse)
        self.started.append(Process())
        return self.started[-1]

    def clock(self) -> float:
        return self.now


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def serve(database: Database) -> Callable[..., None]:
    """``serve()`` makes a live listener's claim on the folder, ``serve(alive=False)`` withdraws it."""

    def claim(alive: bool = True, **columns: object) -> None:
        now = time.time()
        row = {
            "host": socket.gethostname(), "pid": os.getpid(), "user": "ann", "socket": "/none", "token": "t",
            "started": now, "heartbeat": now, **columns,
        }  # fmt: skip
        with database.writing() as sql:
            sql.execute("DELETE FROM desk_listeners")
            if alive:
                sql.execute("INSERT INTO desk_listeners VALUES (1, ?, ?, ?, ?, ?, ?, ?)", tuple(row.values()))

    return claim
