"""Merging fragments as they come: one run at a time, several fragments at once."""

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import RunKey
from damnit_backend.store.database import Database, DatabaseBusyError
from damnit_backend.store.fragments import find_fragments
from damnit_backend.store.merge import Merged, merge_fragments

from .plan import merge_pause
from .store_thread import StoreThread

log = logging.getLogger(__name__)

RETRY_SECONDS = 10.0
"""How long fragments wait that could not be merged: the disk was full, for example, or the database locked."""


class Ingest:
    """Merges what executors hand over, and what was left by a crash."""

    def __init__(self, store: StoreThread, merged: Callable[[Merged], None]) -> None:
        self._store = store
        self._results = store.folder.results
        self._merged = merged
        self._waiting: dict[RunKey, asyncio.Task[None]] = {}
        self._begun: dict[RunKey, float] = {}
        self._begun_at: dict[RunKey, float] = {}  # as files tell the time

    async def leftovers(self) -> None:
        """Merge every complete fragment in the folder; those that cannot be merged now, later."""
        for key in await self._store(_waiting_keys):
            await self._try_to_merge(key)

    def begin(self, key: RunKey) -> None:
        """A run's work begins."""
        self._begun[key] = time.monotonic()
        self._begun_at[key] = time.time()

    def hint(self, key: RunKey) -> None:
        """A fragment is ready: merge it soon, with those that come meanwhile."""
        self._merge_after(key, merge_pause(time.monotonic() - self._begun.get(key, time.monotonic())))

    async def finish(self, key: RunKey) -> None:
        """A run's work ended: merge the rest before returning. UserError if that can only be done later."""
        self._begun.pop(key, None)
        waiting = self._waiting.pop(key, None)
        if waiting is not None:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        await asyncio.to_thread(remove_abandoned, self._results, key, self._begun_at.pop(key, 0.0))
        while True:
            try:
                await self._merge_now(key)
                return
            except DatabaseBusyError as error:
                log.warning("%s Trying again.", error.message)
            except UserError:
                self._merge_after(key, RETRY_SECONDS)
                raise

    async def close(self) -> None:
        """Begin no further merge; what waits is left to the next listener."""
        waiting = list(self._waiting.values())
        self._waiting.clear()
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    async def _merge_now(self, key: RunKey) -> None:
        result = await self._store(_merge_waiting, key)
        if result is None:
            return
        for path, reason in result.broken:
            log.error("A fragment of %s was set aside as %s: %s", key, path.name, reason)
        self._merged(result)

    def _merge_after(self, key: RunKey, pause: float) -> None:
        if key not in self._waiting:
            self._waiting[key] = asyncio.create_task(self._merge_later(key, pause))

    async def _merge_later(self, key: RunKey, pause: float) -> None:
        await asyncio.sleep(pause)
        # From here on a further fragment starts the next wait.
        self._waiting.pop(key, None)
        await self._try_to_merge(key)

    async def _try_to_merge(self, key: RunKey) -> None:
        try:
            await self._merge_now(key)
        except UserError as error:
            log.error("Results of %s wait to be merged: %s", key, error)
            self._merge_after(key, RETRY_SECONDS)


def _waiting_keys(database: Database) -> list[RunKey]:
    return sorted(find_fragments(database.folder))


def _merge_waiting(database: Database, key: RunKey) -> Merged | None:
    paths = find_fragments(database.folder, key).get(key)
    return merge_fragments(database, key, paths) if paths else None


def remove_abandoned(results: Path, key: RunKey, before: float) -> None:
    """Remove fragments of a run that were not finished, and last written before its work began: who made them died."""
    for path in results.glob(f"p{key.proposal}_r{key.run}.*.writing.h5"):
        try:
            if path.stat().st_mtime < before:
                path.unlink()
        except OSError as error:  # it does no harm where it is
            log.warning("%s cannot be removed: %s", path, error)
