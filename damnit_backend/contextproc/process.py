"""A warm context process: the user's Python with the context file loaded, which executes each run in a fork."""

import asyncio
import contextlib
import itertools
import logging
import os
import signal
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import msgspec

from damnit_backend.core.errors import UserError

from . import protocol
from .protocol import BadRequest, Done, Event, Load, Loaded, NotLoaded, Problem, Run, RunEvent

log = logging.getLogger(__name__)

CTXSUPPORT = Path(__file__).resolve().parent.parent / "ctxsupport"
MAX_LINE = 64 << 20
START_SECONDS = 60.0


class ContextProcessError(UserError):
    """The context process could not be started, or ended on its own."""


class ContextProcess:
    """Make one with `start`, then `load`, then `run` as often as wanted, several at a time; `close` it at the end."""

    def __init__(self, process: asyncio.subprocess.Process, python: str) -> None:
        self._process = process
        self._python = python
        self._ids = itertools.count(1)
        self._answers: dict[int, asyncio.Queue[Event | None]] = {}
        self._hello: asyncio.Future[protocol.Hello] = asyncio.get_running_loop().create_future()
        self._stderr = bytearray()
        self._tasks = [asyncio.create_task(self._read_events()), asyncio.create_task(self._read_stderr())]
        self.ended = asyncio.Event()

    @classmethod
    async def start(cls, python: str | None, folder: Path) -> "ContextProcess":
        """Start an interpreter (None: ours) with `damnit_ctx` on its path. One without a leading slash, such as
        ``venv/bin/python``, lies in the DAMNIT folder; a bare name is looked for on the user's path."""
        executable = str(folder.absolute() / python) if python and "/" in python else python or sys.executable
        try:
            # Not in the folder, which Python would then import from before anything else: a file there that is named
            # like a module of the standard library would keep the process from starting. `load` goes there.
            process = await asyncio.create_subprocess_exec(
                executable, "-m", "damnit_ctx", "serve",
                cwd=CTXSUPPORT, env=_environment(), limit=MAX_LINE, start_new_session=True,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            )  # fmt: skip
        except OSError as error:
            raise ContextProcessError(
                f"The Python interpreter for the context file cannot be started: {executable}: {error.strerror}.",
                "Set the folder's context_python to one that exists.",
            ) from error
        made = cls(process, executable)
        try:
            await asyncio.wait_for(asyncio.shield(made._hello), START_SECONDS)
        except TimeoutError as error:
            await made.close()
            raise ContextProcessError(f"{executable} did not start within {START_SECONDS:.0f} s.") from error
        except BaseException:
            await made.close()
            raise
        return made

    async def load(self, path: Path, folder: Path, code: str | None = None) -> Loaded | NotLoaded:
        """Load the context file, or check ``code`` in its place."""
        async with contextlib.aclosing(self._ask(Load(next(self._ids), str(path), str(folder), code))) as answers:
            async for event in answers:
                if isinstance(event, Loaded | NotLoaded):
                    return event
                if isinstance(event, BadRequest):
                    return NotLoaded(event.id or 0, (Problem(event.message),))
        return NotLoaded(0, (Problem(f"The context file ended the interpreter: {await self._how_it_ended()}"),))

    async def run(self, request: Run) -> AsyncGenerator[RunEvent, None]:
        """Execute Variables on a run; the last event is `Done`. Leaving the loop early cancels the run."""
        request = msgspec.structs.replace(request, id=next(self._ids))
        done = False
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
            if not done:
                self._send(protocol.Cancel(request.id))

    async def close(self) -> None:
        """End the process and whatever it runs."""
        if self._process.returncode is None:
            self._send(protocol.Quit())
            try:
                await asyncio.wait_for(self._process.wait(), 2)
            except TimeoutError:
                self._kill_all()
                await self._process.wait()
        self._kill_all()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if not self._hello.done():
            self._hello.cancel()
        # Without this the pipe's transport complains when the loop is gone before it is.
        if self._process.stdin is not None:
            self._process.stdin.close()

    def _kill_all(self) -> None:
        """Kill the process and what the context file started, such as servers of its own."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

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
            # Without its answers it is of no use, and what it started may hold its pipes open.
            self._kill_all()
            self.ended.set()
            for answers in self._answers.values():
                answers.put_nowait(None)
            self._fail_hello(
                f"{self._python} cannot run context files: {await self._how_it_ended()}",
                "It needs numpy, h5py, xarray and extra_data.",
            )

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
            self._fail_hello(event.message, "Install that, or set the folder's context_python to another interpreter.")
        elif isinstance(event, BadRequest) and event.id is None:
            log.error("The context process did not understand a request: %s", event.message)
        elif event.id in self._answers:
            self._answers[event.id].put_nowait(event)

    def _fail_hello(self, message: str, hint: str) -> None:
        if not self._hello.done():
            self._hello.set_exception(ContextProcessError(message, hint))

    async def _read_stderr(self) -> None:
        """Keep the end of what the process says, and drain it: a full pipe would stop it."""
        assert self._process.stderr is not None
        while chunk := await self._process.stderr.read(65536):
            self._stderr += chunk
            del self._stderr[:-8192]

    async def _how_it_ended(self) -> str:
        code = await self._process.wait()
        await asyncio.wait([self._tasks[1]], timeout=1)
        how = f"killed by signal {-code}" if code < 0 else f"exit code {code}"
        last = self._stderr.decode(errors="replace").strip().splitlines()[-1:]
        return f"{how}. {last[0]}" if last else f"{how}."


def _environment() -> dict[str, str]:
    """Our environment with `damnit_ctx` first on the path, and nothing that belongs to our own interpreter."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "VIRTUAL_ENV")}
    environment["PYTHONPATH"] = str(CTXSUPPORT)
    # A figure is drawn for a file; nobody looks at a screen here.
    environment.setdefault("MPLBACKEND", "agg")
    return environment
