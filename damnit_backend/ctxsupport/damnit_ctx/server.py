"""The server's loop: requests, workers' events and workers' ends, all from one `select`."""

from __future__ import annotations

import dataclasses
import os
import selectors
import time
from typing import Any

from damnit_ctx import limits, processes, sources, surroundings
from damnit_ctx.channel import Channel
from damnit_ctx.context import LoadedContext
from damnit_ctx.job import Job
from damnit_ctx.load import Loader
from damnit_ctx.output import RunOutput
from damnit_ctx.requests import BadRequest, CancelRequest, LoadRequest, PingRequest, QuitRequest, RunRequest, parse
from damnit_ctx.tracing import origin_of
from damnit_ctx.warm import warm_writers
from damnit_ctx.watch import LOOK_SECONDS
from damnit_ctx.workers import Worker, fork_worker

_READ = 1 << 16
_LONGEST_LINE = 1 << 26
#: Seconds between answers to workers that have much to say.
_GATHER = 0.003
#: Seconds between looks at a process that has said its last word, so that it is about to end.
_POLL_SOON = 0.005


class Server:
    """Answers requests until told to quit, or until standard input ends."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._selector = selectors.DefaultSelector()
        self._loader = Loader()
        self._context: LoadedContext | None = None
        self._workers: dict[int, Worker] = {}  # by the id of the request
        self._input = b""
        self._quit = False
        self._woken = 0.0
        self._pid = os.getpid()
        self._surroundings = surroundings.Server()
        self._helpers: set[int] = set()  # processes that context files started when they were loaded

    def serve(self) -> None:
        """Raises BrokenPipeError when the client no longer reads."""
        os.set_blocking(self._channel.input, False)
        self._selector.register(self._channel.input, selectors.EVENT_READ, self._read_requests)
        try:
            while not self._quit:
                ready = self._selector.select(self._patience())
                self._gather()
                for key, _ in ready:
                    key.data()
                self._end_late()
                for worker in self._workers.values():
                    worker.look()
                self._reap()
        finally:
            for worker in self._workers.values():
                worker.end()
            processes.end_descendants()

    def _gather(self) -> None:
        """Let more arrive where workers have much to say: who is woken for each word takes the time they compute in."""
        if self._workers and time.monotonic() - self._woken < _GATHER:
            time.sleep(_GATHER)
        self._woken = time.monotonic()

    def _patience(self) -> float | None:
        """How long the loop may sleep. The end of a process wakes nobody, so that it must look for it."""
        if not self._workers:
            return None
        if any(worker.ends_soon for worker in self._workers.values()):
            return _POLL_SOON
        deadlines = [w.job.deadline for w in self._workers.values() if w.job.deadline is not None]
        return max(0.0, min([time.monotonic() + LOOK_SECONDS, *deadlines]) - time.monotonic())

    def _read_requests(self) -> None:
        try:
            data = os.read(self._channel.input, _READ)
        except BlockingIOError:
            return
        if not data:
            self._quit = True
            return
        *lines, self._input = (self._input + data).split(b"\n")
        if len(self._input) > _LONGEST_LINE:
            self._input = b""
            self._refuse(BadRequest("a line is too long"))
        for line in lines:
            if line.strip() and not self._quit:
                self._answer(line)

    def _answer(self, line: bytes) -> None:
        try:
            request = parse(line)
            if isinstance(request, QuitRequest):
                self._quit = True
            elif isinstance(request, LoadRequest):
                self._load(request)
            elif isinstance(request, CancelRequest):
                self._cancel(request)
            elif isinstance(request, PingRequest):
                self._channel.send({"event": "pong", "id": request.id})
            else:
                self._run(request)
        except BadRequest as error:
            self._refuse(error)

    def _refuse(self, error: BadRequest) -> None:
        event: dict[str, Any] = {"event": "bad_request", "message": str(error)}
        self._channel.send(event if error.request_id is None else {**event, "id": error.request_id})

    def _load(self, request: LoadRequest) -> None:
        limits.limit_memory(request.memory, lasting=False)
        with sources.noted(request.path.parent) as files:
            loaded = self._loader.load(request.path, request.folder, request.code)
        if os.getpid() != self._pid:
            os._exit(0)  # the file forked, and this is the child
        limits.limit_memory(None, lasting=False)
        self._surroundings.put_back()
        self._helpers = processes.children(self._pid) - {worker.pid for worker in self._workers.values()}
        found = loaded if isinstance(loaded, list) else loaded.warnings
        warnings = [p.as_json() for p in found if not p.is_error]
        answer: dict[str, Any] = {"id": request.id, "files": files, "warnings": warnings}
        if isinstance(loaded, list):
            problems = [p.as_json() for p in loaded if p.is_error]
            self._channel.send({"event": "not_loaded", **answer, "problems": problems})
            return
        self._context = loaded
        answer["digest"] = loaded.digest
        variables = [node.as_json() for node in loaded.nodes.values()]
        if request.code is None:
            origin = origin_of(loaded)
            self._context = dataclasses.replace(loaded, origin=origin, tree=None)
            answer.update(origin.as_json())
            variables = [{**known, **facts} for known, facts in zip(variables, origin.of_variables().values())]
        self._channel.send({"event": "loaded", **answer, "variables": variables})
        if request.code is None:
            warm_writers()  # a text that is only checked will hardly be run

    def _cancel(self, request: CancelRequest) -> None:
        worker = self._workers.get(request.id)
        if worker is None:
            raise BadRequest("cancel: there is no such run", request.id)
        worker.job.cancelled = True
        worker.kill()

    def _run(self, request: RunRequest) -> None:
        context = self._context
        if context is None:
            raise BadRequest("run: no context file is loaded", request.id)
        if request.id in self._workers:
            raise BadRequest("run: this id is in use", request.id)
        names = request.variables
        if names is None:
            names = tuple(context.select(opened=request.data, trigger=request.trigger))
        unknown = [n for n in names if n not in context.nodes]
        if unknown:
            raise BadRequest(f"run: the context file has no Variable {', '.join(unknown)}", request.id)
        self._start(Job(request, context, context.order(names), frozenset(names)), RunOutput(request.log))

    def _start(self, job: Job, output: RunOutput) -> None:
        server_ends = [self._channel.input, self._channel.output, *output.descriptors]
        for other in self._workers.values():
            server_ends += [other.pipe, other.printed, *other.output.descriptors]
        worker = fork_worker(job, output, server_ends)
        self._workers[job.request.id] = worker
        self._selector.register(worker.pipe, selectors.EVENT_READ, lambda: self._pass_on(worker))
        self._selector.register(worker.printed, selectors.EVENT_READ, lambda: self._take_output(worker))

    def _pass_on(self, worker: Worker) -> None:
        self._channel.send(*worker.read())
        if worker.silent and worker.pipe in self._selector.get_map():
            self._selector.unregister(worker.pipe)

    def _take_output(self, worker: Worker) -> None:
        if not worker.output.take(worker.printed):
            self._selector.unregister(worker.printed)

    def _end_late(self) -> None:
        now = time.monotonic()
        for worker in list(self._workers.values()):
            if worker.job.deadline is not None and worker.job.deadline <= now:
                self._pass_on(worker)  # what it says it computes is what is to blame
                worker.job.on_deadline()
                worker.kill()

    def _reap(self) -> None:
        for key, worker in list(self._workers.items()):
            how = worker.how_it_ended()
            if how is None:
                continue
            # Its orphans are the server's children now; those of other runs are not, while these go on.
            processes.end_descendants({*self._helpers, *(other.pid for other in self._workers.values())})
            self._pass_on(worker)
            for pipe in (worker.pipe, worker.printed):
                if pipe in self._selector.get_map():
                    self._selector.unregister(pipe)
            worker.clean_up()
            del self._workers[key]
            done = worker.job.on_exit(how)
            if done is None:
                self._start(worker.job, worker.output)
            else:
                worker.output.close()
                self._channel.send(done)
