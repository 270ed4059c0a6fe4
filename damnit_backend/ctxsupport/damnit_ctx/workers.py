"""A worker process as the server holds it."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

from damnit_ctx.execute import Plan
from damnit_ctx.job import Job, describe_exit
from damnit_ctx.worker import Task, run_worker
from damnit_ctx.write import writing_name

_READ = 1 << 16


class Worker:
    """A forked process, and the end of the pipe on which its events arrive."""

    def __init__(self, job: Job, task: Task, pid: int, pipe: int) -> None:
        self.job = job
        self.pipe = pipe
        self._task = task
        self._pid = pid
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
            for line in lines:
                event: dict[str, Any] = json.loads(line)
                self._fragments += event["event"] == "fragment"
                passed = self.job.on_event(event, self._task.plan.quiet)
                if passed is not None:
                    yield passed

    def kill(self) -> None:
        """Kill the process and what it started."""
        for kill in (os.killpg, os.kill):  # at its very beginning it has no group of its own yet
            with contextlib.suppress(ProcessLookupError):
                kill(self._pid, signal.SIGKILL)

    def how_it_ended(self) -> str | None:
        """How the process ended, for people; None while it runs. Once it has, what it started is killed as well."""
        result = os.waitid(os.P_PID, self._pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if result is None:
            return None
        self.kill()  # before its id is given back, and perhaps to another process
        os.waitpid(self._pid, 0)
        return describe_exit(result.si_code, result.si_status)

    def clean_up(self) -> None:
        """Close the pipe, and remove the fragment that the process was killed over."""
        os.close(self.pipe)
        # most often there is none; and one that stays is taken for a result by nobody
        name = writing_name(self._task.stem, self._task.token, self._fragments)
        with contextlib.suppress(OSError):
            (self._task.request.fragments / name).unlink()

    def end(self) -> None:
        """Kill the process and wait for its end."""
        self.kill()
        os.waitpid(self._pid, 0)
        self.clean_up()


def fork_worker(job: Job, server_ends: Sequence[int]) -> Worker:
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
    )
    read_end, write_end = os.pipe()
    parent = os.getpid()
    with warnings.catch_warnings():
        # numpy's idle threads make Python warn of forks; they hold nothing that a worker waits for
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        run_worker(task, write_end, [read_end, *server_ends], parent)
    os.close(write_end)
    os.set_blocking(read_end, False)
    return Worker(job, task, pid, read_end)
