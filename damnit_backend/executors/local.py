"""Warm workers on this machine: one context process for each version of the context file, a fork of it for each run."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from damnit_backend.contextproc.checker import too_slow
from damnit_backend.contextproc.conditions import Conditions
from damnit_backend.contextproc.known import known_context
from damnit_backend.contextproc.process import ContextProcess
from damnit_backend.contextproc.protocol import Done, Loaded, NotLoaded, Problem, Run, RunEvent, Stamp
from damnit_backend.core.errors import UserError
from damnit_backend.store.folder import Folder

from .base import ContextState, Work

LOOK_SECONDS = 2.0
"""How often a file that takes long to load is looked at: it may have been changed."""


class LocalExecutor:
    """Executes runs in forks of a process that has loaded the context file."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._conditions = Conditions()
        self._process: ContextProcess | None = None
        self._loaded = asyncio.Event()
        self._stamp: Stamp | None = None
        self._files: Mapping[str, Stamp | None] = {}
        """What the context file imported from its folder, and where it looked for more."""
        self._users: dict[ContextProcess, int] = {}

    async def refresh(self, conditions: Conditions) -> ContextState | None:
        stamp = await asyncio.to_thread(_stamp, self._folder.context_file)
        known = self._stamp is not None and stamp == self._stamp and conditions == self._conditions
        lives = self._process is None or not self._process.ended.is_set()
        if known and lives and not await asyncio.to_thread(_changed, self._files):
            return None
        if stamp is None:
            self._stamp = None
            raise UserError(
                f"The context file {self._folder.context_file} is missing.",
                "Write one in the editor, or copy one there.",
            )
        self._stamp = None  # until this attempt is through: one that breaks off is made again
        self._conditions = conditions
        await self._replace(None)
        process = await ContextProcess.start(conditions.python, self._folder.path, conditions.cores)
        try:
            answer = await self._load(process, stamp)
        except BaseException:
            await process.close()
            raise
        self._stamp, self._files = stamp, answer.files
        if isinstance(answer, Loaded):
            await self._replace(process)
            return ContextState(variables=answer.variables, known=known_context(answer))
        await process.close()
        return ContextState(problems=answer.problems)

    async def _load(self, process: ContextProcess, stamp: Stamp) -> Loaded | NotLoaded:
        """The file loaded, or why not. One that takes long is given up when it is changed: the next version is loaded
        then, and nobody waits for a loop that is mended already.
        """
        path, seconds = self._folder.context_file, self._conditions.load_seconds
        load = asyncio.create_task(process.load(path, self._folder.path, memory=self._conditions.memory))
        begin = time.monotonic()
        try:
            while True:
                done, _ = await asyncio.wait([load], timeout=min(LOOK_SECONDS, seconds))
                if done:
                    return load.result()
                if time.monotonic() - begin > seconds:
                    return NotLoaded(0, (too_slow(seconds),))
                if await asyncio.to_thread(_stamp, path) != stamp:
                    return NotLoaded(0, (Problem("The file was changed before it was loaded."),))
        finally:
            load.cancel()
            await asyncio.gather(load, return_exceptions=True)

    async def execute(self, work: Work, report: Callable[[RunEvent], None]) -> Done:
        process = await self._current()
        self._users[process] = self._users.get(process, 0) + 1
        try:
            done = Done(0, "died", "The context process sent no end.")
            async with contextlib.aclosing(process.run(self._request(work))) as events:
                async for event in events:
                    report(event)
                    if isinstance(event, Done):
                        done = event
            return done
        finally:
            self._users[process] -= 1
            if process is not self._process and not self._users[process]:
                del self._users[process]
                await process.close()

    async def _current(self) -> ContextProcess:
        """The process to execute in. A run that was begun just before the context file changed waits for it."""
        while self._process is None:
            await self._loaded.wait()
        return self._process

    async def close(self) -> None:
        for process in {*self._users, *([self._process] if self._process else [])}:
            await process.close()
        self._users.clear()
        self._process = None

    async def _replace(self, process: ContextProcess | None) -> None:
        """Runs that are in work end with the file they began with; their process goes after the last of them."""
        old, self._process = self._process, process
        if process is None:
            self._loaded.clear()
        else:
            self._loaded.set()
        if old is not None and not self._users.get(old):
            self._users.pop(old, None)
            await old.close()

    def _request(self, work: Work) -> Run:
        return Run(
            id=0,
            proposal=work.key.proposal,
            run=work.key.run,
            proposal_path=str(work.proposal_path),
            data=work.data,
            trigger=work.trigger,
            variables=work.variables,
            fragments=str(self._folder.results),
            log=str(work.log),
            seconds=self._conditions.run_seconds,
            params=dict(work.params),
            memory=self._conditions.memory,
            cores=self._conditions.cores,
            job=work.job,
            exact=work.exact,
        )


def _changed(files: Mapping[str, Stamp | None]) -> bool:
    """Whether files are not any more what they were."""
    return any(_stamp(Path(path)) != stamp for path, stamp in files.items())


def _stamp(path: Path) -> Stamp | None:
    """That of a file; None if it is missing."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
