"""The process that computes a run's Variables: a fork of the server, which no other run shares."""

from __future__ import annotations

import contextlib
import ctypes
import json
import logging
import os
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from damnit_ctx.context import LoadedContext
from damnit_ctx.execute import Executor, Plan, error_entry, record
from damnit_ctx.inputs import Inputs
from damnit_ctx.job import OWN_FAILURE
from damnit_ctx.load import enter
from damnit_ctx.metadata import Catalogue
from damnit_ctx.outcome import Outcome
from damnit_ctx.requests import RunRequest
from damnit_ctx.runs import CannotOpen, RunFiles
from damnit_ctx.start_time import start_time_entry
from damnit_ctx.usage import Usage
from damnit_ctx.write import FragmentFailed, FragmentWriter

_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Task:
    """What one worker process does.

    `verdicts` are failures of Variables that ended an earlier process of the same run: they are recorded first,
    each with what it took. `first`: the run's start time is not in a file yet. `cautious`: publish the
    results of each Variable at once.
    """

    context: LoadedContext
    request: RunRequest
    plan: Plan
    token: str
    first: bool
    verdicts: Mapping[str, tuple[Outcome, Usage]] = field(default_factory=dict)
    cautious: bool = False

    @property
    def stem(self) -> str:
        return f"p{self.request.proposal}_r{self.request.run}"


class EventPipe:
    """Writes events, a line each, for the server to read; from any thread."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()

    def send(self, event: dict[str, Any]) -> None:
        data = json.dumps(event).encode() + b"\n"
        with self._lock:
            while data:
                data = data[os.write(self._descriptor, data) :]


def run_worker(task: Task, pipe: int, to_close: Iterable[int], parent: int) -> NoReturn:
    """The life of a worker, from the fork on. `to_close`: the server's descriptors; `parent`: its process id."""
    status = OWN_FAILURE
    try:
        _become_worker(task.request.log, to_close, parent)
        _work(task, EventPipe(pipe))
        status = 0
    except BaseException:  # the end of a process: what comes here is a bug, and its only trace is the log
        traceback.print_exc()
    finally:
        _flush()
        os._exit(status)


def _become_worker(log: Path, to_close: Iterable[int], parent: int) -> None:
    os.setpgid(0, 0)  # so that whatever user code starts can be ended with it
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)  # the server died before we asked to die with it
    for descriptor in to_close:
        os.close(descriptor)
    _redirect_to(log)


def _redirect_to(log: Path) -> None:
    """Send standard output and error to the end of the log; where that fails they stay, as no result depends on it."""
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o664)
    except OSError as error:
        print(f"The run's log cannot be written: {error}", file=sys.stderr)
        return
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        # user code may have closed or replaced it, and there is nobody left to tell
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    ctypes.CDLL(None).fflush(None)


def _work(task: Task, pipe: EventPipe) -> None:
    """Compute the plan, and report how it ended."""
    try:
        _compute(task, pipe)
    except CannotOpen as error:
        pipe.send({"event": "done", "outcome": "cannot_open", "message": str(error)})
    except (FragmentFailed, OSError) as error:
        logging.getLogger("damnit_ctx").error("Results cannot be written", exc_info=True)
        pipe.send({"event": "done", "outcome": "cannot_write", "message": str(error)})
    else:
        pipe.send({"event": "done", "outcome": "ok", "message": ""})


def _compute(task: Task, pipe: EventPipe) -> None:
    request = task.request
    print(
        f"\n===== Run {request.run} of proposal {request.proposal}, {request.data} data: "
        f"{len(task.plan.order)} Variables, {time.strftime('%Y-%m-%d %H:%M:%S %z')}, "
        f"process {os.getpid()} on {socket.gethostname()}, {sys.executable} ====="
    )
    enter(task.context.path, task.context.folder)
    files = RunFiles(request.proposal, request.run, request.proposal_path, request.data)
    run = files.open() if task.plan.order or task.first else None
    if run is not None:
        variables = [n for n in task.plan.order if n not in task.plan.quiet]
        pipe.send({"event": "running", "pid": os.getpid(), "variables": variables})
    writer = FragmentWriter(request.fragments, task.stem, task.token, _publisher(pipe), at_once=task.cautious)
    if task.first and run is not None:
        _write_start_time(files.start_time(run), writer)
    _record_verdicts(task, writer, pipe)
    Executor(task.context, task.plan, run, _inputs(task, files), writer, pipe.send).execute()
    writer.close()


def _inputs(task: Task, files: RunFiles) -> Inputs:
    request = task.request
    params = {**task.context.params, **request.params}
    return Inputs(files.meta(), params, Catalogue(request.proposal, request.run))


def _publisher(pipe: EventPipe) -> Any:
    def published(path: Path, variables: list[str]) -> None:
        pipe.send({"event": "fragment", "path": str(path), "variables": variables})

    return published


def _record_verdicts(task: Task, writer: FragmentWriter, pipe: EventPipe) -> None:
    for name, (outcome, usage) in task.verdicts.items():
        print(f"{name} failed: {outcome.error_cls}: {outcome.message}")
        if not task.context.nodes[name].variable.transient:
            writer.add(error_entry(name, outcome), record(outcome, usage))
        pipe.send({"event": "finished", "variable": name, "seconds": usage["seconds"], **outcome.as_json()})
    if task.verdicts:
        writer.close()  # at once: what comes next may end this process too


def _write_start_time(seconds: float | None, writer: FragmentWriter) -> None:
    if seconds is not None:
        writer.add(start_time_entry(seconds), None)
