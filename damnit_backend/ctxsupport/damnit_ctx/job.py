"""One run request as the server sees it: its worker processes, one after the other, until it is done."""

from __future__ import annotations

import errno
import os
import signal
import time
from dataclasses import dataclass, field
from typing import Any

from damnit_ctx import graph
from damnit_ctx.context import LoadedContext
from damnit_ctx.execute import Plan
from damnit_ctx.outcome import Outcome
from damnit_ctx.requests import RunRequest
from damnit_ctx.usage import Usage

#: So many dead workers end a run.
MAX_DEATHS = 10
#: What the last worker may take, which only records how an earlier one ended.
CLOSING_SECONDS = 60.0

#: The exit status of a worker that could not go on, such as without the descriptors that user code closed.
OWN_FAILURE = 70
LOST = "the process lost what it needs to go on, as the log says,"
#: That of one for which no memory was left, not even for saying so.
NO_MEMORY = 71
#: The outcome of a worker that wants another one in its place.
AGAIN = "again"

Event = dict[str, Any]
#: A failure to record, with what it took.
Verdict = tuple[Outcome, Usage]


@dataclass
class Running:
    """The Variable that a worker computes now."""

    name: str
    started: float


@dataclass
class Job:
    """The state of a run request. Decides what its next worker does; starts and reads none itself.

    A worker that dies is followed by another for what is left. So that no result is lost, what it had computed
    but not yet published is computed again. When the run is to end early (`ending`: outcome and message), one
    last worker records what is known by then.
    """

    request: RunRequest
    context: LoadedContext
    order: list[str]
    asked: frozenset[str] = frozenset()  # those of the order that are not only computed for others
    deadline: float | None = None
    running: Running | None = None
    ending: tuple[str, str] | None = None
    closing: bool = False
    cancelled: bool = False
    done: Event | None = None  # the worker's own word
    cautious: bool = False  # publish after each Variable, to see after which one it fails
    _fault: tuple[str, str] | None = None  # what made the server kill a worker: error_cls and message
    _opened: bool = False
    _deaths: int = 0
    _killed: set[str] = field(default_factory=set)  # what was computed when somebody killed a worker
    _computed: str = ""  # the Variable that finished last
    _start_time_saved: bool = False
    _outcomes: dict[str, Outcome] = field(default_factory=dict)
    _settled: set[str] = field(default_factory=set)  # published, or with nothing to publish
    _verdicts: dict[str, Verdict] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.request.exact:
            self._settled = set(self.order) - self.asked
        if self.request.seconds is not None:
            self.deadline = time.monotonic() + self.request.seconds

    @property
    def needs_start_time(self) -> bool:
        return not self._start_time_saved and not self.closing

    def plan(self) -> Plan:
        """What the next worker computes."""
        todo = [n for n in self.order if n not in self._settled and (not self.closing or n in self._outcomes)]
        known = {n: o for n, o in self._outcomes.items() if n in self._settled and o.kind != "ok"}
        needs = {n: () if n in known else needed for n, needed in self.context.graph.items()}
        wanted = graph.with_dependencies(todo, needs) - set(known)
        return Plan(tuple(n for n in self.order if n in wanted), frozenset(wanted - set(todo)), known)

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """The failures that the next worker is to record: those that none has published yet."""
        return dict(self._verdicts)

    def on_event(self, event: Event, quiet: frozenset[str]) -> Event | None:
        """Take note of a worker's event; gives the one to pass on to the client, if any. LookupError if it is none."""
        kind, name = event["event"], event.get("variable", "")
        if kind in ("started", "finished"):
            self.context.nodes[name], event["at" if kind == "started" else "outcome"]
        if kind == "running":
            self._opened = True
        elif kind == "started":
            self.running = Running(name, event["at"])
        elif kind == "finished":
            self.running = None
            self._computed = name
            if name not in quiet:
                self._outcomes[name] = Outcome.from_json(event)
                if self.context.nodes[name].variable.transient:  # nothing of it will be published
                    self._settled.add(name)
                    self._verdicts.pop(name, None)
        elif kind == "fragment":
            self._start_time_saved = True
            self._settled.update(event["variables"])
            for published in event["variables"]:
                self._verdicts.pop(published, None)
        elif kind == "done":
            self.done = event
            return None  # sent when the process has ended
        return None if name in quiet else {**event, "id": self.request.id}

    def on_exit(self, how: str) -> Event | None:
        """The worker has ended. Gives the "done" event, or None if one more worker is needed.

        `how` says how it ended, for people.
        """
        if self.cancelled:
            return self._finished("cancelled", "")
        if self.done is not None and self.done["outcome"] == "cannot_write":
            problem = self.done["message"]
            full = any(os.strerror(number) in problem for number in (errno.ENOSPC, errno.EDQUOT))
            if not full and self._may_go_on("CannotWrite", problem):
                self.done = None
                return None
        if self.done is not None and self.done["outcome"] == AGAIN:
            self.done = None
            return None
        if self.done is not None and (self.ending is None or self.done["outcome"] != "ok"):
            return self._finished(self.done["outcome"], self.done["message"])
        if self.ending is None and how == LOST and self._may_go_on("ProcessDied", f"{how} while computing"):
            return None
        if self.ending is None:
            self._on_death(how)
        elif self.closing:
            return self._finished(*self.ending)
        if self.ending is not None:
            self.closing = True
            self.deadline = time.monotonic() + CLOSING_SECONDS
            if not self._verdicts and not self.plan().order:
                return self._finished(*self.ending)
        return None

    def _may_go_on(self, error_cls: str, problem: str) -> bool:
        """Whether another worker is worth trying after one that could write no more, or not go on at all.

        A Variable may have used up what its process may have, such as open files, or have spoilt it. The next worker
        publishes after each, which tells the one to blame; if writing fails before any was computed, it is the disk.
        """
        name, self._computed = self.running.name if self.running else self._computed, ""
        self._deaths += 1
        if not name or self.closing or self._deaths > MAX_DEATHS:
            return False
        if self.cautious and name not in self._settled:
            self.running = self.running or Running(name, time.time())
            self._blame(error_cls, problem)
        self.running = None
        self.cautious = True
        return True

    def on_deadline(self) -> None:
        """Time is up, and the worker is to be killed: what it computes has failed."""
        self.deadline = None
        if self.ending is None:
            limit = f"{self.request.seconds:g} s, the limit of one run here (its setting is run_seconds)"
            self.ending = ("timeout", f"The run took longer than {limit}")
            self._blame("TimeLimit", f"Ended, because the run took longer than {limit}")

    def on_fault(self, error_cls: str, message: str) -> None:
        """The worker is to be killed for what it does: what it computes has failed."""
        self._fault = self._fault or (error_cls, message)

    def _on_death(self, how: str) -> None:
        self._deaths += 1
        fault, self._fault = self._fault, None
        if fault is not None:
            how = fault[1]
        elif how == KILLED and self._is_tried_again():
            return
        if not self._opened:
            self.ending = ("died", f"{how} while opening the run")
        elif self._deaths > MAX_DEATHS:
            self.ending = ("died", f"{how}; {self._deaths} processes of this run died: the rest is not tried")
        self._blame(*(fault or ("ProcessDied", f"{how} while computing")))

    def _is_tried_again(self) -> bool:
        """Whether what was computed gets a second chance: people, and Linux for want of memory, kill processes that
        are not to blame."""
        if self.running is None or self.running.name in self._killed or self._deaths > MAX_DEATHS:
            return False
        self._killed.add(self.running.name)
        self.running = None
        return True

    def _blame(self, error_cls: str, message: str) -> None:
        if self.running is None:
            return
        name, started = self.running.name, self.running.started
        outcome = Outcome("error", error_cls, message)
        usage: Usage = {"started": started, "seconds": max(0.0, time.time() - started), "memory": None}
        self._verdicts[name] = (outcome, usage)
        self._outcomes[name] = outcome
        self._settled.add(name)
        self.running = None

    def _finished(self, outcome: str, message: str) -> Event:
        return {"event": "done", "id": self.request.id, "outcome": outcome, "message": message}


def describe_exit(code: int, status: int) -> str:
    """How a process ended, from `si_code` and `si_status` of `os.waitid`."""
    if code == os.CLD_EXITED and status == OWN_FAILURE:
        return LOST
    if code == os.CLD_EXITED and status == NO_MEMORY:
        return "the process had no memory left"
    if code == os.CLD_EXITED:
        return f"the interpreter was ended by os._exit({status})"
    try:
        name = f" ({signal.Signals(status).name})"
    except ValueError:
        name = ""
    return f"killed by signal {status}{name}"


#: How a process ends that somebody else kills.
KILLED = describe_exit(os.CLD_KILLED, signal.SIGKILL)
