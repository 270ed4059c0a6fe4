"""What the world does: the database is locked, the disk is full, the disk is read-only. Each heals after a moment."""

import contextlib
import itertools
import random
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from .cast import Cast

LET_GO_SECONDS = 5.0
"""In this time the processes that a killed one leaves behind have ended as well."""


class Faults:
    """Injects them one at a time."""

    def __init__(self, cast: Cast, chance: random.Random) -> None:
        self._cast = cast
        self._chance = chance
        self._disk = cast.scene.disk
        self.counts: Counter[str] = Counter()
        kinds: tuple[Callable[[], bool], ...] = (self._lock,)
        if self._disk is not None:
            kinds += (self._fill, self._write_protect)
        self._kinds = itertools.cycle(kinds)

    def one(self) -> None:
        kind = next(self._kinds)
        if kind():
            self.counts[kind.__name__.strip("_")] += 1

    def _lock(self) -> bool:
        """Another program holds the database; meanwhile somebody may die."""
        with contextlib.closing(sqlite3.connect(self._cast.scene.folder.database, timeout=5)) as other:
            try:
                other.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError:
                return False
            self._meanwhile(self._chance.uniform(0.3, 3.0))
            other.rollback()
        return True

    def _fill(self) -> bool:
        """No byte is left on the folder's disk."""
        assert self._disk is not None
        filler = self._disk / "filler"
        try:
            _fill_up(filler)
            self._meanwhile(self._chance.uniform(0.3, 3.0))
        finally:
            filler.unlink(missing_ok=True)
        return True

    def _write_protect(self) -> bool:
        """The disk becomes read-only, as it does when it fails; possible only while nobody has a file open there."""
        assert self._disk is not None
        self._cast.kill_all()
        end = time.monotonic() + LET_GO_SECONDS
        while not _remount(self._disk, "ro"):
            if time.monotonic() > end:
                return False
            time.sleep(0.1)
        try:
            self._cast.on_stage()
            time.sleep(self._chance.uniform(1.0, 3.0))
        finally:
            _remount(self._disk, "rw")
        return True

    def _meanwhile(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._cast.on_stage()
            time.sleep(0.1)
            if self._chance.random() < 0.1:
                self._cast.kill_one()


def _fill_up(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            with contextlib.suppress(OSError):
                while file.write(b"\0" * size):
                    pass


def _remount(disk: Path, mode: str) -> bool:
    return (
        subprocess.run(["mount", "-o", f"remount,{mode}", str(disk)], check=False, capture_output=True).returncode == 0
    )
