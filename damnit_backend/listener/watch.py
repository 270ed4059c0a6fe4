"""Watching a proposal's directory and queueing what became ready."""

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path

from damnit_backend.core.keys import RunKey
from damnit_backend.store.run_data import RunData, adopt_data, record_data, seen_data
from damnit_backend.store.table import runs_with_results
from damnit_backend.triggers.run_directory import RunDirectory, list_runs, signature
from damnit_backend.triggers.settling import Settling, already_processed

from .store_thread import StoreThread

log = logging.getLogger(__name__)


LATEST_RUNS = 5
"""So many of the runs that a listener finds at its start may be of the beamtime that goes on."""


class Watch:
    """Looks at the proposal again and again. Its file work runs in a thread: a network file system may hang."""

    def __init__(self, store: StoreThread, proposal: int, path: Path, settle_seconds: float) -> None:
        self._store = store
        self._path = path
        self._proposal = proposal
        self._settling = Settling(proposal, settle_seconds)
        self._old: frozenset[RunKey] = frozenset()

    async def begin(self) -> None:
        """Take up where the last listener left; leave alone what another program has processed.

        All but the latest of the runs that are there already are old: they are processed after whatever comes.
        """
        there = await asyncio.to_thread(list_runs, self._path)
        numbers = sorted({directory.run for directory in there})
        self._old = frozenset(RunKey(self._proposal, number) for number in numbers[:-LATEST_RUNS])
        seen = await self._store(seen_data)
        self._settling.seen = seen
        with_results = await self._store(runs_with_results)
        known = already_processed(seen, with_results)
        if known:
            adopted = await asyncio.to_thread(self._data_of, known)
            await self._store(adopt_data, adopted)
            self._settling.accept(adopted)
            log.info("Took %d runs as processed: their results are in the table already.", len(known))

    async def look(self, queued: Callable[[list[RunData]], None]) -> None:
        """One look; what became ready is recorded and queued in one transaction."""
        ready = await asyncio.to_thread(self._ready)
        if ready:
            for live in (True, False):
                data = [item for item in ready if (item.key not in self._old) is live]
                if data:
                    await self._store(record_data, data, "new data", live=live)
            self._settling.accept(ready)
            queued(ready)

    def _ready(self) -> list[RunData]:
        directories = openable(list_runs(self._path))
        return self._settling.look(time.monotonic(), directories, _sign)

    def _data_of(self, keys: frozenset[RunKey]) -> list[RunData]:
        found = []
        for directory in list_runs(self._path):
            key = RunKey(self._proposal, directory.run)
            current = _sign(directory) if key in keys else ""
            if current:
                found.append(RunData(key, directory.stage, current))
        return found


def openable(directories: list[RunDirectory]) -> list[RunDirectory]:
    """Those whose run has raw data: calibrated ones that are copied first are news when the raw ones come."""
    with_raw = {directory.run for directory in directories if directory.stage == "raw"}
    return [directory for directory in directories if directory.run in with_raw]


def _sign(directory: RunDirectory) -> str:
    try:
        return signature(directory.path)
    except OSError as error:
        # Removed or unreadable just now: the next look tells.
        log.debug("%s cannot be read: %s", directory.path, error)
        return ""
