"""The listener: connects trigger, queue, executor, merging and publishing, and lives until it is told to stop."""

import asyncio
import contextlib
import logging
import os
import signal
import socket

from damnit_backend.core.account import user_name
from damnit_backend.core.errors import UserError
from damnit_backend.core.messages import PROTOCOL, Activity, Changed, Hello, Message, Nudge, Status, Stop
from damnit_backend.core.settings import Settings
from damnit_backend.executors.local import LocalExecutor
from damnit_backend.store import feed
from damnit_backend.store.folder import Folder
from damnit_backend.store.jobs import forget_jobs, requeue_abandoned
from damnit_backend.store.late_edits import forget_edits
from damnit_backend.store.lease import (
    HEARTBEAT_SECONDS,
    LAPSE_SECONDS,
    Lease,
    LeaseLostError,
    doubtful_lease,
    release_lease,
    renew_lease,
    take_lease,
)
from damnit_backend.store.retention import Pruning
from damnit_backend.store.run_data import RunData
from damnit_backend.store.settings import folder_proposal
from damnit_backend.transport.addresses import socket_path
from damnit_backend.transport.base import Publisher
from damnit_backend.transport.local_socket import LocalPublisher

from .board import Board
from .context_file import RETRY_SECONDS, ContextFile
from .dispatch import Dispatch
from .ingest import Ingest
from .proposals import Proposals
from .store_thread import StoreThread
from .watch import Watch

log = logging.getLogger(__name__)


class Listener:
    """One listener for one folder. `run` returns when stopped, or, with ``drain``, when the queue is empty."""

    def __init__(self, folder: Folder, settings: Settings, *, drain: bool = False) -> None:
        self._folder = folder
        self._settings = settings
        self._drain = drain
        self._admin = StoreThread(folder, "store")
        self._merging = StoreThread(folder, "merge")
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._dirty = asyncio.Event()
        self._board = Board()
        self._replaced: LeaseLostError | None = None

    def status(self) -> Status:
        """What the listener is doing, as it tells those who are connected."""
        return self._board.status()

    async def run(self) -> None:
        """Serve the folder. UserError if another listener does, or takes it over, or if the folder cannot be used."""
        address = socket_path(self._folder.path)
        try:
            lease = await self._take_lease(str(address))
        except BaseException:
            await self._admin.close()
            raise
        if lease is None:
            await self._admin.close()
            return
        for store in (self._admin, self._merging):
            store.hold(lease, self._end_replaced)
        greeting = Hello(PROTOCOL, str(self._folder.path), os.getpid(), socket.gethostname())
        publisher = LocalPublisher(address, greeting)
        self._board.connect(publisher.publish)
        try:
            await publisher.open(self._receive)
            await self._serve(lease, publisher)
        finally:
            self._board.set_activity(Activity.STOPPING)
            await publisher.close()
            try:
                if self._replaced is None:
                    await self._admin(release_lease, lease)
            except UserError as error:
                log.error("The lease could not be given back; it ends with this process: %s", error)
            await self._admin.close()
            await self._merging.close()
        if self._replaced is not None:
            raise self._replaced

    async def _take_lease(self, address: str) -> Lease | None:
        """Claim the folder. That of a listener on another host, which seems to be gone, is watched for a while first:
        its clock may only be another than ours. None if it was stopped meanwhile."""
        doubtful = await self._admin(doubtful_lease)
        if doubtful is not None:
            log.info("A listener on %s seems to be gone; waiting %.0f s to be sure.", doubtful.host, LAPSE_SECONDS)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), LAPSE_SECONDS)
                return None
        return await self._admin(take_lease, address, user_name(), doubtful)

    def stop(self) -> None:
        """Ask `run` to return soon; what is in work is broken off and done again by the next listener."""
        self._stopping.set()
        self._wake.set()

    def _end_replaced(self, error: LeaseLostError) -> None:
        if self._replaced is None:
            log.error("%s", error)
            self._replaced = error
        self.stop()

    async def _serve(self, lease: Lease, publisher: Publisher) -> None:
        self._board.set_activity(Activity.STARTING)
        try:
            self._folder.results.mkdir(exist_ok=True)
            self._folder.logs.mkdir(exist_ok=True)
        except OSError as error:
            raise UserError(f"{error.filename} cannot be made: {error.strerror}.", "Is a file in its place?") from error
        self._ingest = Ingest(self._merging, lambda _: self._changed())
        executor = LocalExecutor(self._folder)
        context = ContextFile(executor, self._admin, self._board, self._changed, self._settings, strict=self._drain)
        proposals = Proposals(self._folder, self._settings)
        dispatch = Dispatch(
            self._folder, executor, self._admin, self._ingest, self._board, proposals.path, self._settings.workers
        )
        requeued = await self._admin(requeue_abandoned)
        if requeued:
            log.info("%d jobs of a listener that is gone are queued again.", requeued)
        await self._ingest.leftovers()
        self._board.set_activity(Activity.IDLE)
        self._changed()
        tasks: list[asyncio.Task[object]] = [
            asyncio.create_task(self._work(context, dispatch), name="work"),
            asyncio.create_task(self._stopping.wait(), name="stopping"),
            asyncio.create_task(self._heartbeat(lease), name="heartbeat"),
            asyncio.create_task(self._announce(publisher), name="announce"),
        ]
        if not self._drain:
            tasks.append(asyncio.create_task(self._watch(proposals), name="watch"))
        try:
            # None of them ends by itself but for a reason: asked to stop, drained, replaced by another, or a bug.
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await dispatch.stop()
            await self._ingest.close()
            await executor.close()

    async def _work(self, context: ContextFile, dispatch: Dispatch) -> None:
        """Load the context file when it changes, then start what is queued; without end, but for draining."""
        while True:
            self._wake.clear()
            pause = self._settings.scan_seconds
            try:
                queued = await self._start_work(context, dispatch)
                self._board.set_problem("queue", "")
            except UserError as error:
                if self._drain:
                    raise
                queued, pause = 0, max(pause, 2.0)
                if self._board.set_problem("queue", f"Nothing new can be started: {error.message}"):
                    log.error("Nothing new can be started: %s", error)
            if self._drain and not dispatch.working and not queued:
                return
            waiting: list[asyncio.Task[object]] = [asyncio.create_task(self._wake.wait())]
            if dispatch.working:
                waiting.append(asyncio.create_task(dispatch.wait_any()))
            # The queue and the context file may be written by anybody, who may not be able to nudge us.
            done, pending = await asyncio.wait(waiting, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
            for task in pending:
                task.cancel()
            if done:
                self._changed()

    async def _start_work(self, context: ContextFile, dispatch: Dispatch) -> int:
        """Start jobs if the context file is loaded; how many remain queued."""
        if not await context.ready():
            return 0
        dispatch.variables = context.variables
        return await dispatch.fill()

    async def _watch(self, proposals: Proposals) -> None:
        """Look at the proposal's directory again and again, whatever happens to it."""
        watch: Watch | None = None
        while True:
            pause = self._settings.scan_seconds
            try:
                if watch is None:
                    proposal = await self._admin(folder_proposal)
                    if proposal is None:
                        raise UserError("The folder has no proposal, so that no runs can be watched.")
                    path = await asyncio.to_thread(proposals.path, proposal)
                    begun = Watch(self._admin, proposal, path, self._settings.settle_seconds)
                    await begun.begin()
                    watch = begun  # only now: one that does not know what was seen would take all runs for new
                    log.info("Watching %s", path)
                await watch.look(self._queued)
                self._board.set_problem("watch", "")
            except (UserError, OSError) as error:
                pause = max(pause, 2.0)
                if self._board.set_problem("watch", f"New runs cannot be seen: {error}"):
                    log.error("New runs cannot be seen: %s", error)
            except Exception:  # the edge of a task: watching must go on after a bug
                log.exception("Watching failed because of a bug; trying again")
                pause = RETRY_SECONDS
            await asyncio.sleep(pause)

    async def _heartbeat(self, lease: Lease) -> None:
        beats = 0
        pruning = Pruning()
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            try:
                await self._admin(renew_lease, lease)
                beats += 1
                if beats % 100 == 0:
                    await self._admin(feed.compact)
                    await self._admin(forget_jobs)
                    await self._admin(forget_edits)
                    await self._admin(pruning)
            except LeaseLostError:
                return  # it ends already
            except UserError as error:
                log.error("The heartbeat could not be written: %s", error)

    def _queued(self, ready: list[RunData]) -> None:
        for data in ready:
            log.info("New %s data of %s", data.stage, data.key)
        self._wake.set()

    def _receive(self, message: Message) -> None:
        if isinstance(message, Nudge):
            self._wake.set()
        elif isinstance(message, Stop):
            log.info("Asked to stop.")
            self.stop()

    def _changed(self) -> None:
        """The database may have changed: tell those who are connected, who look for themselves."""
        self._dirty.set()

    async def _announce(self, publisher: Publisher) -> None:
        """Publish how far the change feed has come, each time that it has."""
        announced = -1
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            try:
                seq = await self._admin(feed.read_seq)
            except UserError as error:
                log.warning("Windows are not told of changes: %s", error)
                continue
            if seq != announced:
                announced = seq
                publisher.publish(Changed(seq))


def serve(folder: Folder, settings: Settings, *, drain: bool = False) -> None:
    """Run a listener in this process until it is stopped, also by SIGTERM or Ctrl+C."""

    async def main() -> None:
        listener = Listener(folder, settings, drain=drain)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            with contextlib.suppress(NotImplementedError, RuntimeError):
                loop.add_signal_handler(number, listener.stop)
        await listener.run()

    asyncio.run(main())
