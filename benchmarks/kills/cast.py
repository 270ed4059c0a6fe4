"""Who acts: the listener, the window with its typist, and runs that come and are asked for again."""

import contextlib
import random
import subprocess
import time
from collections import Counter

import psutil

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import RunKey
from damnit_backend.store.jobs import Request, add_jobs, count_queued
from damnit_backend.store.opening import open_database, open_for_reading

from .scene import Scene

MOST_RUNS = 60
QUEUE = 6
"""So many jobs wait at least: the listener is never idle."""
PATIENCE_SECONDS = 15.0


class Cast:
    """Keeps everybody at work, whoever dies."""

    def __init__(self, scene: Scene, chance: random.Random) -> None:
        self.scene = scene
        self.deaths: Counter[str] = Counter()
        self.runs = 0
        self._chance = chance
        self._listener: subprocess.Popen[bytes] | None = None
        self._window: subprocess.Popen[bytes] | None = None
        self._windows = 0

    @property
    def record(self) -> str:
        return str(self.scene.directory / "accepted.jsonl")

    def on_stage(self) -> None:
        """Start who is not there."""
        if self._listener is None or self._listener.poll() is not None:
            folder = str(self.scene.folder.path)
            self._listener = self.scene.start("listener.out", "damnit_backend.cli", "listen", "--quiet", folder)
        if self._window is None or self._window.poll() is not None:
            self._windows += 1
            self._window = self.scene.start(
                "window.out", "benchmarks.kills.typist", str(self.scene.folder.path), self.record, f"w{self._windows}"
            )

    def load(self) -> None:
        """See to it that there is something to do. What the faults forbid just now is asked for later."""
        with contextlib.suppress(UserError):
            with open_for_reading(self.scene.folder) as database:
                if count_queued(database) >= QUEUE:
                    return
            if self.runs < MOST_RUNS and self._chance.random() < 0.5:
                self.scene.beamtime.write_raw(self.runs + 1)
                self.runs += 1
            elif self.runs:
                key = RunKey(self.scene.beamtime.options.proposal, self._chance.randint(1, self.runs))
                with open_database(self.scene.folder) as database:
                    add_jobs(database, [Request(key, asked_by="kills")])

    def kill_one(self) -> str:
        """Kill somebody at once; who it was, empty if nobody was there."""
        who = self._chance.choices(("listener", "worker", "window"), (4, 4, 2))[0]
        process = {"listener": self._listener, "window": self._window, "worker": None}[who]
        if who == "worker":
            victims = self._workers()
            if not victims:
                return ""
            with contextlib.suppress(psutil.NoSuchProcess):
                self._chance.choice(victims).kill()
        elif process is None or process.poll() is not None:
            return ""
        else:
            process.kill()
            process.wait()
        self.deaths[who] += 1
        return who

    def _workers(self) -> list[psutil.Process]:
        """The context processes, and their forks that compute."""
        with contextlib.suppress(psutil.NoSuchProcess):
            if self._listener is not None:
                workers: list[psutil.Process] = psutil.Process(self._listener.pid).children(recursive=True)
                return workers
        return []

    def kill_all(self) -> None:
        for process in (self._listener, self._window):
            if process is not None:
                process.kill()
                process.wait()

    def leave(self) -> None:
        """End in good order, as people do."""
        for process in (self._window, self._listener):
            if process is None:
                continue
            process.terminate()
            try:
                process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                self.deaths["did not end when asked"] += 1

    def wait_until_done(self, seconds: float) -> bool:
        """Until nothing is queued, in work or left to be merged. Whether that came in time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.on_stage()
            with open_for_reading(self.scene.folder) as database, database.reading() as sql:
                open_jobs = sql.execute(
                    "SELECT count(*) FROM desk_jobs WHERE state IN ('queued', 'running')"
                ).fetchone()
            if open_jobs == (0,) and not list(self.scene.folder.results.glob("*.ready.h5")):
                return True
            time.sleep(0.2)
        return False
