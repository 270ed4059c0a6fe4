"""What the table of jobs says about each: pure functions from a job and the time to texts."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from damnit_backend.store.jobs import Job

ACTIVE = frozenset({"queued", "running"})

STATES: dict[str, tuple[str, str, str]] = {
    "queued": ("Waiting", "mdi6.clock-outline", "icon"),
    "running": ("Running", "mdi6.play-circle-outline", "busy"),
    "done": ("Done", "mdi6.check-circle-outline", "ok"),
    "failed": ("Failed", "mdi6.alert-circle-outline", "error"),
    "cancelled": ("Cancelled", "mdi6.cancel", "skipped"),
}
"""For each state: the word for it, the icon and the colour token."""

WITH_FAILURES = ("mdi6.check-circle-outline", "warning")
"""For a job that is done although some of its Variables failed."""

UNKNOWN_STATE = ("mdi6.help-circle-outline", "icon")

_STAGES = {"raw": "raw data", "proc": "calibrated data"}


def arrange(jobs: Iterable[Job], *, active_only: bool) -> list[Job]:
    """What runs first, then the rest, newest first."""
    kept = [job for job in jobs if not active_only or job.state in ACTIVE]
    return sorted(kept, key=lambda job: (job.state != "running", -job.id))


def symbol(job: Job) -> tuple[str, str]:
    """The icon and the colour token of a job's state; a job that is done has a message only if something failed."""
    if job.state == "done" and job.message.strip():
        return WITH_FAILURES
    return STATES.get(job.state, ("", *UNKNOWN_STATE))[1:]


def what(job: Job) -> str:
    """What is computed: ``all Variables``, ``raw data``, ``energy, motor``, ``12 Variables``."""
    names = job.request.variables
    stage = _STAGES.get(job.request.stage or "", "")
    if names is None:
        return stage or "all Variables"
    text = ", ".join(names) if len(names) <= 3 else f"{len(names)} Variables"
    return f"{text} ({stage})" if stage else text


def who(job: Job) -> str:
    """Who asked; runs that came by themselves were asked for by nobody."""
    return job.request.asked_by or ("new data" if job.request.live else "")


def since(job: Job) -> float:
    """The time of the latest thing that happened to the job."""
    if job.finished is not None:
        return job.finished
    return job.started if job.state == "running" and job.started is not None else job.asked_at


def duration(job: Job, now: float) -> float | None:
    """Seconds in work, to now if it still is; None for what was never begun."""
    if job.started is None or job.state == "queued":
        return None
    end = now if job.finished is None else job.finished
    return max(end - job.started, 0.0)


def duration_text(seconds: float | None) -> str:
    """``0.4 s``, ``12 s``, ``3:07``, ``1:02:30``."""
    if seconds is None:
        return ""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def times_tip(job: Job) -> str:
    """All times of a job, one a line."""
    parts = [("asked for", job.asked_at), ("begun", job.started), ("ended", job.finished)]
    lines = [f"{name} {_moment(at)}" for name, at in parts if at is not None]
    if job.attempts > 1:
        lines.append(f"attempt {job.attempts}")
    return "\n".join(lines)


def _moment(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at))


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a list: rows ``first`` to ``last`` go away, or come (then ``jobs`` are they)."""

    first: int
    last: int
    jobs: tuple[Job, ...] = ()


def steps(old: Sequence[Job], new: Sequence[Job]) -> list[Step]:
    """How to come from one arranged list to another; what only differs in its contents needs no step."""
    places_new = {job.id: _place(job) for job in new}
    kept = [job.id for job in old if places_new.get(job.id) == _place(job)]
    stays = set(kept)
    found = [Step(row, row) for row in range(len(old) - 1, -1, -1) if old[row].id not in stays]
    row = 0
    while row < len(new):
        end = row
        while end < len(new) and new[end].id not in stays:
            end += 1
        if end > row:
            found.append(Step(row, end - 1, tuple(new[row:end])))
        row = end + 1
    return found


def _place(job: Job) -> bool:
    """What decides, besides the number, where a job stands."""
    return job.state == "running"
