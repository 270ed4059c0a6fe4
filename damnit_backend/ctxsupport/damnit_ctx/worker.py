"""The process that computes a run's Variables: a fork of the server, which no other run shares."""

from __future__ import annotations

import contextlib
import ctypes
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
from json import JSONEncoder
from pathlib import Path
from typing import Any, NoReturn

from damnit_ctx import limits, processes, surroundings
from damnit_ctx.context import LoadedContext
from damnit_ctx.execute import Executor, Plan, error_entry, record
from damnit_ctx.inputs import Inputs
from damnit_ctx.job import AGAIN, NO_MEMORY, OWN_FAILURE
from damnit_ctx.metadata import Catalogue
from damnit_ctx.outcome import Outcome
from damnit_ctx.requests import RunRequest
from damnit_ctx.runs import CannotOpen, RunFiles
from damnit_ctx.start_time import start_time_entry
from damnit_ctx.usage import Usage
from damnit_ctx.whereabouts import enter
from damnit_ctx.write import FragmentFailed, FragmentWriter

#: Looked up before user code, which may change what `json` has.
_encode = JSONEncoder().encode
#: Where the machine has no more memory, Linux ends workers before the listener and the window.
_FIRST_TO_GO = "500"


@dataclass(frozen=True)
class Task:
    """What one worker process does.

    `verdicts` are failures of Variables that ended an earlier process of the same run: they are recorded first,
    each with what it took. `first`: the run's start time is not in a file yet. `cautious`: publish the
    results of each Variable at once. `asked`: the Variables that are not only computed for others.
    """

    context: LoadedContext
    request: RunRequest
    plan: Plan
    token: str
    first: bool
    verdicts: Mapping[str, tuple[Outcome, Usage]] = field(default_factory=dict)
    cautious: bool = False
    asked: frozenset[str] = frozenset()

    @property
    def stem(self) -> str:
        return f"p{self.request.proposal}_r{self.request.run}"


class Exhausted(Exception):
    """A Variable took so much memory, and left it in use, that the next one needs a process of its own."""


class EventPipe:
    """Writes events, a line each, for the server to read; from any thread.

    That a Variable has finished is said together with what comes next, at once in most cases: who is woken half as
    often leaves more time to compute.
    """

    def __init__(self, descriptor: int, kept: frozenset[str] = frozenset()) -> None:
        """`kept`: Variables whose results another process need not compute again."""
        self._descriptor = descriptor
        self._kept = kept
        self._lock = threading.Lock()
        self._held = b""
        self._short_of_memory = False
        self._last = ""

    def send(self, event: dict[str, Any]) -> None:
        data = _encode(event).encode() + b"\n"
        with self._lock:
            self._held += data
            while self._held and event["event"] != "finished":
                self._held = self._held[os.write(self._descriptor, self._held) :]

    def report(self, event: dict[str, Any]) -> None:
        """Send an event of a Variable. Raises Exhausted in place of beginning one for which there is no memory."""
        if event["event"] == "started":
            if not limits.put_back() and self._last in self._kept:
                raise Exhausted
            if self._short_of_memory and not limits.may_go_on():
                raise Exhausted
            self._short_of_memory = False
        self._last = event["variable"]
        self._short_of_memory |= event.get("error_cls") == "MemoryError"
        self.send(event)


def run_worker(task: Task, pipe: int, output: int, to_close: Iterable[int], parent: int) -> NoReturn:
    """The life of a worker, from the fork on. `output`: where standard output and error go to; `to_close`: the
    server's descriptors; `parent`: its process id.
    """
    status = OWN_FAILURE
    try:
        _become_worker(task.request, output, to_close, parent)
        _work(task, EventPipe(pipe, _kept(task)))
        status = 0
    except MemoryError:
        limits.relieve()
        status = NO_MEMORY
        traceback.print_exc()
    except BaseException:  # the end of a process: what comes here is a bug, and its only trace is the log
        traceback.print_exc()
    finally:
        _flush()
        os._exit(status)


def _kept(task: Task) -> frozenset[str]:
    nodes = task.context.nodes
    return frozenset(n for n in task.plan.order if n not in task.plan.quiet and not nodes[n].variable.transient)


def _become_worker(request: RunRequest, output: int, to_close: Iterable[int], parent: int) -> None:
    os.setpgid(0, 0)  # so that whatever user code starts can be ended with it
    signal.signal(signal.SIGINT, signal.default_int_handler)
    processes.die_with_parent(parent)
    processes.adopt_orphans()  # they are this run's while it lasts; then the server sees them, and ends them
    for descriptor in to_close:
        os.close(descriptor)
    os.dup2(output, 1)
    os.dup2(output, 2)
    surroundings.spare_output(output)
    os.close(output)
    with contextlib.suppress(OSError):  # not Linux, or not allowed
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO)
    if request.cores is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, _some_cores(sorted(os.sched_getaffinity(0)), request.cores))
    limits.limit_memory(request.memory, lasting=True)
    limits.note_memory_limits()


def _some_cores(available: list[int], count: int) -> list[int]:
    """So many of the cores; others for the next process, as its id is another."""
    begin = os.getpid() * count % len(available)
    return (available + available)[begin : begin + min(count, len(available))]


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
    except Exhausted:
        pipe.send({"event": "done", "outcome": AGAIN, "message": ""})
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
    origin = None if task.context.origin is None else task.context.origin.of_run(request, task.asked)
    writer = FragmentWriter(
        request.fragments, task.stem, task.token, _publisher(pipe), at_once=task.cautious, origin=origin
    )
    if task.first and run is not None:
        _write_start_time(files.start_time(run), writer)
    _record_verdicts(task, writer, pipe)
    executor = Executor(task.context, task.plan, run, _inputs(task, files), writer, pipe.report)
    try:
        executor.execute()
    except Exhausted:
        writer.close()
        raise
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
        print(f"{name} failed after {usage['seconds']:.3g} s: {outcome.error_cls}: {outcome.message}")
        if not task.context.nodes[name].variable.transient:
            writer.add(error_entry(name, outcome), record(outcome, usage))
        pipe.send({"event": "finished", "variable": name, "seconds": usage["seconds"], **outcome.as_json()})
    if task.verdicts:
        writer.publish()  # at once: what comes next may end this process too


def _write_start_time(seconds: float | None, writer: FragmentWriter) -> None:
    if seconds is not None:
        writer.add(start_time_entry(seconds), None)
