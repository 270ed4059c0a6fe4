"""A listener in the test's own event loop, and ways to wait for what it does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from damnit_backend.core.keys import CellKey
from damnit_backend.core.settings import Settings
from damnit_backend.core.values import CellValue
from damnit_backend.listener.service import Listener
from damnit_backend.store.database import Database
from damnit_backend.store.folder import Folder
from damnit_backend.store.jobs import Job, read_jobs
from damnit_backend.store.table import read_table


class Served:
    """A folder with a running listener."""

    def __init__(self, folder: Folder, listener: Listener, task: "asyncio.Task[None]") -> None:
        self.folder = folder
        self.listener = listener
        self.task = task

    def cells(self) -> dict[CellKey, CellValue]:
        with Database(self.folder, read_only=True) as database:
            return read_table(database).cells

    def cell(self, run: int, name: str) -> CellValue | None:
        return {(key.run, key.name): cell for key, cell in self.cells().items()}.get((run, name))

    def jobs(self) -> list[Job]:
        with Database(self.folder, read_only=True) as database:
            return read_jobs(database)

    async def until(self, condition: Callable[[], object], seconds: float = 20) -> None:
        """Wait for a state of the folder; there is no event for what other processes write."""
        async with asyncio.timeout(seconds):
            while not condition():
                if self.task.done():
                    self.task.result()
                    raise AssertionError("the listener ended")
                await asyncio.sleep(0.02)

    async def jobs_ended(self, count: int) -> None:
        await self.until(lambda: len([j for j in self.jobs() if j.state in ("done", "failed")]) >= count)


@asynccontextmanager
async def _serving(folder: Folder, settings: Settings) -> AsyncIterator[Served]:
    listener = Listener(folder, settings)
    task = asyncio.create_task(listener.run())
    try:
        yield Served(folder, listener, task)
    finally:
        listener.stop()
        await task


@pytest.fixture
def serve(quick_settings: Settings) -> Callable[[Folder, Callable[[Served], Awaitable[None]]], None]:
    """Runs a test's coroutine beside a listener of the folder."""

    def run(folder: Folder, scenario: Callable[[Served], Awaitable[None]], settings: Settings = quick_settings) -> None:
        async def main() -> None:
            async with _serving(folder, settings) as served:
                await scenario(served)

        asyncio.run(main())

    return run
