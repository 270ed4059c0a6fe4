"""Taking jobs from the queue and having them executed, as many at a time as there are workers."""

import asyncio
import contextlib
import logging
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from damnit_backend.contextproc.protocol import Finished, FragmentReady, RunEvent, Started, VariableSpec
from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import RunKey
from damnit_backend.executors.base import Executor
from damnit_backend.store.database import Database, DatabaseBusyError
from damnit_backend.store.folder import Folder
from damnit_backend.store.jobs import Job, count_queued, finish_job, give_back, take_job
from damnit_backend.store.lease import LeaseLostError
from damnit_backend.store.parameters import Parameter, read_parameters
from damnit_backend.store.run_data import RunData, adopt_data
from damnit_backend.store.runs import add_run
from damnit_backend.triggers.run_directory import STAGES, signature

from .board import Board
from .ingest import RETRY_SECONDS, Ingest
from .plan import ending, plan_work, run_paths, writing_pause
from .store_thread import StoreThread

log = logging.getLogger(__name__)


class Dispatch:
    """Runs jobs while `ready` says that the context file is loaded."""

    def __init__(
        self,
        folder: Folder,
        executor: Executor,
        store: StoreThread,
        ingest: Ingest,
        board: Board,
        find_proposal: Callable[[int], Path],
        workers: int,
    ) -> None:
        self._folder = folder
        self._executor = executor
        self._store = store
        self._ingest = ingest
        self._board = board
        self._find_proposal = find_proposal
        self._workers = workers
        self._tasks: dict[asyncio.Task[None], int] = {}
        """What is in work, with the number of the job."""
        self._losses: Counter[int] = Counter()
        self._pause = 0.0
        self._resume_at = 0.0
        self.variables: tuple[VariableSpec, ...] = ()
        """Those of the context file as it is loaded."""

    @property
    def working(self) -> bool:
        return bool(self._tasks)

    async def fill(self) -> int:
        """Start as many jobs as there are free workers; the number of jobs that remain queued."""
        # Counted first: an empty queue must not cost the database's write lock at every look.
        queued = await self._store(count_queued)
        while queued and len(self._tasks) < self._workers and time.monotonic() >= self._resume_at:
            job = await self._store(take_job, self._board.busy)
            if job is None:
                break
            self._board.set_running(job.request.key)
            task = asyncio.create_task(self._work(job), name=f"job {job.id}")
            self._tasks[task] = job.id
            task.add_done_callback(self._ended)
            queued = await self._store(count_queued)
        self._board.set_queued(queued)
        return queued

    async def wait_any(self) -> None:
        """Until a job ends; returns at once if none is in work."""
        if self._tasks:
            await asyncio.wait(list(self._tasks), return_when=asyncio.FIRST_COMPLETED)

    async def stop(self) -> None:
        """Break off what is in work; the next listener does it again."""
        in_work = dict(self._tasks)
        for task in in_work:
            task.cancel()
        await asyncio.gather(*in_work, return_exceptions=True)
        for job_id in in_work.values():
            try:
                await self._store(give_back, job_id)
            except UserError as error:
                log.error("Job %d stays marked as running until the next listener: %s", job_id, error)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.pop(task, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            # Only the database can have failed here: the job stays marked as running, and is done again later.
            log.error("%s came to no proper end: %s", task.get_name(), error)

    async def _work(self, job: Job) -> None:
        key = job.request.key
        log.info("Processing %s (job %d)", key, job.id)
        try:
            state, message = await self._process(job)
        except asyncio.CancelledError:
            raise
        except UserError as error:
            state, message = "failed", error.message
        except Exception as error:  # the edge of a task: one job's bug must not end the service
            log.exception("Job %d for %s failed because of a bug", job.id, key)
            state, message = "failed", f"Internal error: {error}"
        finally:
            self._board.set_finished(key)
        # The latest only: of a night of failures the queue tells all, the status would grow without end.
        self._board.set_problem("run", f"Run {key.run}: {message}" if state != "done" else "")
        await self._patiently(lambda database: finish_job(database, job.id, state, message))
        log.info("Finished %s (job %d): %s %s", key, job.id, state, message)

    async def _process(self, job: Job) -> tuple[str, str]:
        """The state and message with which the job ends."""
        key = job.request.key
        proposal_path = await asyncio.to_thread(self._find_proposal, key.proposal)
        raw, proc = run_paths(proposal_path, key.run)
        if not await asyncio.to_thread(raw.is_dir):
            raise UserError(f"There are no raw data of run {key.run} in {raw.parent}.")
        has_proc = await asyncio.to_thread(proc.is_dir)
        params: dict[str, Parameter] = {}
        await self._patiently(lambda database: params.update(read_parameters(database, key)))
        work = plan_work(job, self._folder, proposal_path, has_proc, self.variables, params)
        covered = await asyncio.to_thread(_covered, job, raw, proc)
        await self._patiently(lambda database: add_run(database, key))
        self._ingest.begin(key)
        errors: set[str] = set()  # one that is computed again after a crash is told again
        computing = ""

        def report(event: RunEvent) -> None:
            nonlocal computing
            if isinstance(event, Started):
                computing = event.variable
                self._board.set_running(key, event.variable)
            elif isinstance(event, FragmentReady):
                self._ingest.hint(key)
            elif isinstance(event, Finished) and event.outcome == "error":
                errors.add(event.variable)

        try:
            done = await self._executor.execute(work, report)
        except BaseException:
            # What there is waits in the folder, if it must; why the work ended counts.
            with contextlib.suppress(UserError):
                await self._ingest.finish(key)
            raise
        await self._all_merged(key)
        if done.outcome == "ok" and covered:
            await self._patiently(lambda database: adopt_data(database, covered))
        self._losses[job.id] += done.outcome == "lost"
        self._pause = writing_pause(self._pause) if done.outcome == "cannot_write" else 0.0
        self._resume_at = time.monotonic() + self._pause
        return ending(done, len(errors), self._losses[job.id], computing)

    async def _all_merged(self, key: RunKey) -> None:
        """Until the run's results are in the table: a full disk does not make a run fail that was computed."""
        while True:
            try:
                await self._ingest.finish(key)
                return
            except LeaseLostError:
                raise
            except UserError as error:
                log.error("Results of %s wait to be merged: %s", key, error)
                self._board.set_problem("run", f"Run {key.run}: its results wait. {error.message}")
                await asyncio.sleep(RETRY_SECONDS)

    async def _patiently(self, write: Callable[[Database], object]) -> None:
        """Write, or read, as soon as it is possible: a lock or a full disk is no reason to give a run up."""
        while True:
            try:
                await self._store(write)
                return
            except DatabaseBusyError as error:
                log.warning("%s Trying again.", error.message)
            except UserError as error:
                log.warning("%s %s Trying again.", error.message, error.hint)
                await asyncio.sleep(RETRY_SECONDS)


def _covered(job: Job, raw: Path, proc: Path) -> list[RunData]:
    """The data that a request for all Variables takes in, as they are before it begins: they are not news later."""
    if job.request.stage is not None or job.request.variables is not None:
        return []
    places = dict(zip(STAGES, (raw, proc), strict=True))
    signatures = {stage: signature(path) for stage, path in places.items() if path.is_dir()}
    return [RunData(job.request.key, stage, text) for stage, text in signatures.items() if text]
