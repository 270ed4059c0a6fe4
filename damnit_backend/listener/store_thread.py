"""A thread with a database connection of its own, so that the event loop never waits for a disk."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Concatenate, ParamSpec, TypeVar

from damnit_backend.store.database import Database
from damnit_backend.store.folder import Folder
from damnit_backend.store.lease import Lease, LeaseLostError, require_lease
from damnit_backend.store.opening import open_database

P = ParamSpec("P")
T = TypeVar("T")


class StoreThread:
    """Calls functions that take a `Database` first, one after the other, in its own thread."""

    def __init__(self, folder: Folder, name: str) -> None:
        self.folder = folder
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"damnit-{name}")
        self._database: Database | None = None
        self._lease: Lease | None = None
        self._lost: Callable[[LeaseLostError], None] = lambda _: None

    def hold(self, lease: Lease, lost: Callable[[LeaseLostError], None]) -> None:
        """From now on write only while the folder is ours; ``lost`` is told, in the event loop, if it is not."""
        self._lease = lease
        self._lost = lost

    async def __call__(self, function: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        def work() -> T:
            if self._database is None:
                self._database = open_database(self.folder)
            if self._lease is not None:
                self._database.guard = partial(require_lease, lease=self._lease)
            return function(self._database, *args, **kwargs)

        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, work)
        except LeaseLostError as error:
            self._lost(error)
            raise

    async def close(self) -> None:
        """Close the connection after what is queued."""

        def work() -> None:
            if self._database is not None:
                self._database.close()
                self._database = None

        await asyncio.get_running_loop().run_in_executor(self._executor, work)
        self._executor.shutdown(wait=False)
