"""A warm context process: the user's Python with the context file loaded, which executes each run in a fork."""

import asyncio
import contextlib
import itertools
import logging
import os
import signal
from collections.abc import AsyncGenerator
from pathlib import Path

import msgspec

from . import protocol
from .interpreter import HINT, ContextProcessError, executable_of, start_server, what_is_wrong
from .protocol import BadRequest, Done, Event, Load, Loaded, NotLoaded, Problem, Run, RunEvent

__all__ = ["ContextProcess", "ContextProcessError"]

log = logging.getLogger(__name__)

START_SECONDS = 60.0
BEAT_SECONDS = 1.0
"""How often a process that executes runs is asked whether it is well."""
HANG_SECONDS = 60.0
"""One that does not answer for so long is ended."""
QUIT_SECONDS = 2.0
EXIT_STATUSES = {70: "it lost what it needs to go on", 72: "it closed the files that it needs to answer"}
"""What `damnit_ctx` means by its exit statuses."""


class ContextProcess:
    """Make one with `start`, then `load`, then `run` as often as wanted, several at a time; `close` it at the end."""

    def __init__(self, process: asyncio.subprocess.Process, executable: str) -> None:
        self._process = process
        self._executable = executable
        self._ids = itertools.count(1)
        self._answers: dict[int, asyncio.Queue[Event | None]] = {}
        self._hello: asyncio.Future[protocol.Hello] = asyncio.get_running_loop().create_future()
        self._stderr = bytearray()
        self._loading = False
        self._runs = 0
        self._pinged = self._ponged = 0
        self._reason = ""
        self.ended = asyncio.Event()
        self._reader = asyncio.create_task(self._read_events())
        self._draining = asyncio.create_task(self._read_stderr())
        self._heart = asyncio.create_task(self._look_after())

    @classmethod
    async def start(cls, python: str | None, folder: Path, cores: int | None = None) -> "ContextProcess":
        """Start an interpreter (None: ours; see `executable_of`) with `damnit_ctx` on its path."""
        executable = executable_of(python, folder)
        made = cls(await start_server(executable, cores), executable)
        try:
            await asyncio.wait_for(asyncio.shield(made._hello), START_SECONDS)
        except TimeoutError as error:
            await made.close()
            raise ContextProcessError(
                f"{executable} did not start within {START_SECONDS:g} s.", f"Is it a Python interpreter? {HINT}"
            ) from error
        except BaseException:
            await made.close()
            raise
        return made

    async def load(
        self, path: Path, folder: Path, code: str | None = None, memory: int | None = None
    ) -> Loaded | NotLoaded:
        """Load the context file, or check ``code`` in its place. ``memory``: bytes that this may take."""
        self._loading = True
        request = Load(next(self._ids), str(path), str(folder), code, memory)
        async with contextlib.aclosing(self._ask(request)) as answers:
            async for event in answers:
                self._loading = False
                if isinstance(event, Loaded | NotLoaded):
                    return event
                if isinstance(event, BadRequest):
                    return NotLoaded(event.id or 0, (Problem(event.message),))
        return NotLoaded(0, (Problem(f"The context file ended the interpreter: {await self._how_it_ended()}"),))

    async def run(self, request: Run) -> AsyncGenerator[RunEvent, None]:
        """Execute Variables on a run; the last event is `Done`. Leaving the loop early cancels the run."""
        request = msgspec.structs.replace(request, id=next(self._ids))
        done = False
        self._runs += 1
        try:
            async with contextlib.aclosing(self._ask(request)) as answers:
                async for event in answers:
                    if isinstance(event, BadRequest):
                        event = Done(request.id, "died", event.message)
                    done = isinstance(event, Done)
                    if isinstance(event, RunEvent):
                        yield event
                    if done:
                        return
            done = True
            yield Done(request.id, "lost", f"The context process ended: {await self._how_it_ended()}")
        finally:
            self._runs -= 1
            if not done:
                self._send(protocol.Cancel(request.id))

    async def close(self) -> None:
        """End the process and whatever it runs."""
        self._hello.cancel()  # nobody asks any more why there is none
        if not self._loading:  # one that loads hears nothing
            self._send(protocol.Quit())
            await self._exit_code(QUIT_SECONDS)
        await self._end()
        await asyncio.wait([self._reader, self._draining], timeout=0.5)  # for the ends of its pipes
        tasks = (self._reader, self._draining, self._heart)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._conclude()
        # Without this the pipe's transport complains when the loop is gone before it is.
        if self._process.stdin is not None:
            self._process.stdin.close()

    def _conclude(self) -> None:
        """There are no more answers, and those who wait hear of it."""
        self.ended.set()
        for answers in self._answers.values():
            answers.put_nowait(None)

    async def _end(self) -> None:
        """End the process, and what the context file started, such as servers of its own."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()  # its guard, which ends everything below it
            await self._exit_code(1.0)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        await self._exit_code(1.0)

    async def _exit_code(self, seconds: float) -> int | None:
        """The exit code, waited for; None if it did not come. (`Process.wait` waits for pipes as well, which others may
        hold.)"""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while self._process.returncode is None and loop.time() < deadline:
            await asyncio.sleep(0.005)
        return self._process.returncode

    async def _ask(self, request: Load | Run) -> AsyncGenerator[Event, None]:
        """The events that answer a request; ends when the process does."""
        answers: asyncio.Queue[Event | None] = asyncio.Queue()
        self._answers[request.id] = answers
        try:
            if self.ended.is_set():
                return
            self._send(request)
            while (event := await answers.get()) is not None:
                yield event
        finally:
            del self._answers[request.id]

    def _send(self, request: protocol.Request) -> None:
        stdin = self._process.stdin
        if stdin is not None and not stdin.is_closing():
            stdin.write(protocol.encode(request) + b"\n")

    async def _read_events(self) -> None:
        assert self._process.stdout is not None
        try:
            while line := await self._process.stdout.readline():
                self._dispatch(line)
        except ValueError as error:
            log.error("The context process sent an endless line: %s", error)
        finally:
            # Its last word, most often because it ends. Without its answers it is of no use otherwise.
            await self._exit_code(1.0)
            await self._end()
            self._conclude()
            if not self._hello.done():
                failure = await what_is_wrong(self._executable, await self._how_it_ended())
                if not self._hello.done():
                    self._hello.set_exception(failure)

    def _dispatch(self, line: bytes) -> None:
        try:
            event = protocol.decoder.decode(line)
        except msgspec.MsgspecError as error:
            log.warning("The context process sent what cannot be read (%s): %.200r", error, line)
            return
        if isinstance(event, protocol.Hello):
            if not self._hello.done():
                self._hello.set_result(event)
        elif isinstance(event, protocol.Broken):
            if not self._hello.done():
                self._hello.set_exception(ContextProcessError(event.message, HINT))
        elif isinstance(event, protocol.Pong):
            self._ponged = event.id
        elif isinstance(event, BadRequest) and event.id is None:
            log.error("The context process did not understand a request: %s", event.message)
        elif event.id in self._answers:
            self._answers[event.id].put_nowait(event)

    async def _look_after(self) -> None:
        """Notice that the process ended, also if somebody holds its pipes, or that it answers no more."""
        silent = 0
        while not self.ended.is_set():
            await asyncio.sleep(BEAT_SECONDS)
            if self._process.returncode is not None:
                await asyncio.sleep(BEAT_SECONDS)
                self._reader.cancel()
                return
            # Beats are counted and no time: this process may have been stopped together with that one.
            silent = silent + 1 if self._runs and not self._loading and self._ponged != self._pinged else 0
            if silent * BEAT_SECONDS >= HANG_SECONDS:
                self._reason = f"it did not answer for {HANG_SECONDS:g} s, and was ended"
                await self._end()
                return
            if self._runs and self._ponged == self._pinged:
                self._pinged += 1
                self._send(protocol.Ping(self._pinged))

    async def _read_stderr(self) -> None:
        """Keep the end of what the process says, and drain it: a full pipe would stop it."""
        assert self._process.stderr is not None
        while chunk := await self._process.stderr.read(65536):
            self._stderr += chunk
            del self._stderr[:-8192]

    async def _how_it_ended(self) -> str:
        code = await self._exit_code(1.0)
        await asyncio.wait([self._draining], timeout=1)
        last = self._stderr.decode(errors="replace").strip().splitlines()[-1:]
        return f"{self._reason or describe_code(code)}. {last[0] if last else ''}".rstrip()


def describe_code(code: int | None) -> str:
    """An exit code in words."""
    if code is None:
        return "it cannot be ended"
    if code >= 0:
        return EXIT_STATUSES.get(code, f"exit code {code}")
    try:
        return f"killed by signal {-code} ({signal.Signals(-code).name})"
    except ValueError:
        return f"killed by signal {-code}"
