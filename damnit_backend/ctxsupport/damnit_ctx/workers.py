"""A worker process as the server holds it."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import sys
import warnings
from collections.abc import Iterator, Sequence
from json import JSONDecoder
from typing import Any

from damnit_ctx.execute import Plan
from damnit_ctx.job import Job, describe_exit
from damnit_ctx.output import RunOutput
from damnit_ctx.watch import Watch
from damnit_ctx.worker import Task, run_worker
from damnit_ctx.write import writing_name

_READ = 1 << 16
_LONGEST_LINE = 1 << 26
#: Looked up before user code, which may change what `json` has.
_decode = JSONDecoder().decode


class Worker:
    """A forked process, and the ends of the pipes on which its events and its output arrive."""

    def __init__(self, job: Job, task: Task, pid: int, pipe: int, printed: int, output: RunOutput) -> None:
        self.job = job
        self.pid = pid
        self.pipe = pipe
        self.printed = printed
        self.output = output
        self._task = task
        self._watch = Watch(pid, job.request.memory)
        self._buffer = b""
        self._fragments = 0
        self.silent = False

    @property
    def ends_soon(self) -> bool:
        """It has said its last word, so that its end is to be expected at any moment."""
        return self.silent or self.job.done is not None

    def read(self) -> Iterator[dict[str, Any]]:
        """The events that have arrived and are for the client."""
        while True:
            try:
                data = os.read(self.pipe, _READ)
            except BlockingIOError:
                return
            if not data:
                self.silent = True
                return
            *lines, self._buffer = (self._buffer + data).split(b"\n")
            self._buffer = self._buffer[:_LONGEST_LINE]
            for line in lines:
                passed = self._take(line)
                if passed is not None:
                    yield passed

    def _take(self, line: bytes) -> dict[str, Any] | None:
        try:
            event: dict[str, Any] = _decode(line.decode())
            self._fragments += event["event"] == "fragment"
            return self.job.on_event(event, self._task.plan.quiet)
        except (ValueError, LookupError, TypeError, RecursionError) as error:  # user code found the pipe
            print(f"What a run's process said is no event ({error!r}): {line[:200]!r}", file=sys.stderr)
            return None

    def look(self) -> None:
        """Kill the process if it does what it must not."""
        fault = self._watch.look()
        if fault is not None:
            self.job.on_fault(*fault)
            self.kill()

    def kill(self) -> None:
        """Kill the process and what it started."""
        for kill in (os.killpg, os.kill):  # at its very beginning it has no group of its own yet
            with contextlib.suppress(ProcessLookupError):
                kill(self.pid, signal.SIGKILL)

    def how_it_ended(self) -> str | None:
        """How the process ended, for people; None while it runs. Once it has, what it started is killed as well."""
        result = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if result is None:
            return None
        self.kill()  # before its id is given back, and perhaps to another process
        os.waitpid(self.pid, 0)
        return describe_exit(result.si_code, result.si_status)

    def clean_up(self) -> None:
        """Close the pipes, and remove the fragment that the process was killed over."""
        self.output.take_all(self.printed)
        os.close(self.pipe)
        os.close(self.printed)
        # most often there is none; and one that stays is taken for a result by nobody
        name = writing_name(self._task.stem, self._task.token, self._fragments)
        with contextlib.suppress(OSError):
            (self._task.request.fragments / name).unlink()

    def end(self) -> None:
        """Kill the process and wait for its end."""
        self.kill()
        os.waitpid(self.pid, 0)
        self.clean_up()
        self.output.close()


def fork_worker(job: Job, output: RunOutput, server_ends: Sequence[int]) -> Worker:
    """Start the job's next worker. `server_ends`: descriptors of the server that it must not keep."""
    plan: Plan = job.plan()
    task = Task(
        job.context,
        job.request,
        plan,
        token=secrets.token_hex(4),
        first=job.needs_start_time,
        verdicts=job.verdicts,
        cautious=job.cautious,
        asked=job.asked,
    )
    read_end, write_end = os.pipe()
    printed, to_print = os.pipe()
    parent = os.getpid()
    with warnings.catch_warnings():
        # numpy's idle threads make Python warn of forks; they hold nothing that a worker waits for
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        run_worker(task, write_end, to_print, [read_end, printed, *server_ends], parent)
    os.close(write_end)
    os.close(to_print)
    os.set_blocking(read_end, False)
    os.set_blocking(printed, False)
    return Worker(job, task, pid, read_end, printed, output)
