"""What people read about the listener: one line made from what is known. No Qt, no waiting."""

from dataclasses import dataclass
from pathlib import Path

from damnit_backend.control.supervisor import ListenerState
from damnit_backend.core.keys import RunKey
from damnit_backend.core.messages import Activity, Status
from damnit_gui.state.formatting import time_ago

UNKNOWN = ListenerState(False)
"""Nobody looks after a listener here."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look into the folder tells about its listener.

    ``owner`` is empty for a listener of this user on this host, else ``user@host``. ``problem`` says why a later look
    did not succeed: all else is as it was before.
    """

    running: bool = False
    owner: str = ""
    supervised: ListenerState = UNKNOWN
    queued: int = 0
    in_work: tuple[RunKey, ...] = ()
    last_run: RunKey | None = None
    last_run_at: float | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ListenerView:
    """The listener as the window shows it. ``token`` is the colour token of its state."""

    running: bool
    text: str
    token: str
    activity: Activity | None = None
    queued: int = 0
    runs: tuple[RunKey, ...] = ()
    last_run: RunKey | None = None
    problem: str = ""
    log: Path | None = None

    @property
    def busy(self) -> bool:
        """Whether there is work left to do."""
        return bool(self.queued or self.runs)


def view_listener(seen: Seen, status: Status | None, *, read_only: bool, now: float, log: Path) -> ListenerView:
    """One view of the listener from the folder (``seen``) and its own words (``status``, None if it is not heard)."""
    if not seen.running:
        text, token = _absent(seen.supervised, read_only)
        stopped = "" if read_only else seen.supervised.stopped
        problem = seen.supervised.problem if token == "error" else f"stopped by {stopped}" if stopped else ""
        if seen.problem:
            text, token, problem = _with_problem(text, seen.problem), "warning", seen.problem
        return ListenerView(False, text, token, None, seen.queued, (), seen.last_run, problem, log)
    activity = status.activity if status else (Activity.WORKING if seen.in_work else Activity.IDLE)
    queued = status.queued if status else seen.queued
    runs = tuple(RunKey(*run) for run in status.running) if status else seen.in_work
    last_run, last_at = seen.last_run, seen.last_run_at
    if status and status.last_run is not None:
        last_run, last_at = RunKey(*status.last_run), status.last_run_at
    problem = seen.problem or (status.problem if status else "")
    text = _doing(activity, runs, queued, last_run, last_at, now)
    if seen.owner:
        text += f" (of {seen.owner})"
    if problem:
        text = _with_problem(text, problem)
    token = "warning" if problem else "busy" if activity is not Activity.IDLE else "ok"
    return ListenerView(True, text, token, activity, queued, runs, last_run, problem, log)


def _with_problem(text: str, problem: str) -> str:
    return f"{text} – {' '.join(problem.split())}"


def _absent(state: ListenerState, read_only: bool) -> tuple[str, str]:
    if read_only:
        return "read-only folder: no listener", "muted"
    if state.stopped:
        return f"stopped by {state.stopped}", "warning"
    if state.gave_up:
        return f"stopped: {state.problem}", "error"
    if state.restarts:
        return f"restarting ({ordinal(state.restarts)} time)", "warning"
    return ("starting", "busy") if state.problem else ("none in this window", "muted")


def _doing(
    activity: Activity,
    runs: tuple[RunKey, ...],
    queued: int,
    last_run: RunKey | None,
    last_at: float | None,
    now: float,
) -> str:
    if activity in (Activity.STARTING, Activity.STOPPING):
        return str(activity)
    if runs or queued:
        text = "working on " + ", ".join(f"r{key.run:04d}" for key in runs[:3]) if runs else "working"
        if len(runs) > 3:
            text += f" and {len(runs) - 3} more"
        return f"{text}, {queued} queued" if queued else text
    if last_run is None:
        return "idle, waiting for new runs"
    ago = "" if last_at is None else f" {time_ago(last_at, now)}"
    return f"idle, last run r{last_run.run:04d}{ago}"


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, …, 11th."""
    if 10 <= number % 100 <= 20:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
