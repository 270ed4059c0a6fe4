"""Real windows, listeners and simulators, each in a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from damnit_backend.control.listener import live_lease, stop_listener
from damnit_backend.core.values import CellValue
from damnit_backend.store.database import Database
from damnit_backend.store.folder import Folder
from damnit_backend.store.lease import Lease
from damnit_backend.store.table import read_table

SETTINGS = "settle_seconds = 0.3\nscan_seconds = 0.1\n"


class Stage:
    """Starts the product's processes and ends what is left of them."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._processes: list[subprocess.Popen[bytes]] = []
        self._folders: list[Folder] = []
        settings = directory / "damnit.toml"
        settings.write_text(SETTINGS)
        self.environment = os.environ | {
            "QT_QPA_PLATFORM": "offscreen",
            "DAMNIT_CONFIG": str(settings),
            "XDG_CONFIG_HOME": str(directory / "config"),
            "XDG_STATE_HOME": str(directory / "state"),
        }

    def damnit(self, *arguments: object) -> "subprocess.Popen[bytes]":
        with (self._directory / "processes.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "damnit_backend.cli", *map(str, arguments)],
                env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        self._processes.append(process)
        return process

    def window(self, folder: Folder) -> "subprocess.Popen[bytes]":
        self._folders.append(folder)
        return self.damnit("gui", folder.path)

    def close(self) -> None:
        for process in self._processes:
            if process.poll() is None:
                process.kill()
            process.wait()
        for folder in self._folders:
            stop_listener(folder)

    def log(self) -> str:
        return (self._directory / "processes.log").read_text()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path)
    yield made
    made.close()


def lease_of(folder: Folder) -> Lease | None:
    with Database(folder, read_only=True) as database:
        return live_lease(database)


def cell_of(folder: Folder, run: int, name: str) -> CellValue | None:
    with Database(folder, read_only=True) as database:
        cells = read_table(database).cells
    return {(key.run, key.name): cell for key, cell in cells.items()}.get((run, name))


def wait_for(condition: Callable[[], object], seconds: float = 40) -> None:
    """Until other processes have done something; they send this one no event."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:.0f} s")
        time.sleep(0.05)


@pytest.fixture
def look() -> "Look":
    return Look()


class Look:
    """What tests ask of a folder from outside."""

    lease = staticmethod(lease_of)
    cell = staticmethod(cell_of)
    wait = staticmethod(wait_for)
    kill = staticmethod(lambda pid: os.kill(pid, signal.SIGKILL))
