"""From a job in the queue to the work for an executor: pure functions."""

from collections.abc import Mapping
from pathlib import Path

from damnit_backend.contextproc.protocol import Done, VariableSpec
from damnit_backend.core.errors import UserError
from damnit_backend.executors.base import Work
from damnit_backend.store.folder import Folder
from damnit_backend.store.jobs import Job
from damnit_backend.store.parameters import Parameter
from damnit_backend.store.variables import Declaration

MAX_LOSSES = 3
"""A run during which the context process ended so many times is not tried again."""


def run_paths(proposal_path: Path, run: int) -> tuple[Path, Path]:
    """The directories of a run's raw and calibrated data."""
    return proposal_path / "raw" / f"r{run:04d}", proposal_path / "proc" / f"r{run:04d}"


def plan_work(
    job: Job,
    folder: Folder,
    proposal_path: Path,
    has_proc: bool,
    known: tuple[VariableSpec, ...],
    params: Mapping[str, Parameter],
) -> Work:
    """What to execute for a job with the Variables that the context file has now (``known``).

    Raw data alone are opened when nothing else came, all data once there are calibrated ones: a raw Variable sees
    the same either way. UserError if none of the Variables asked for is there any more.
    """
    request = job.request
    variables = request.variables
    if variables is not None:
        names = {variable.name for variable in known}
        variables = tuple(name for name in variables if name in names)
        if not variables:
            raise UserError("None of the Variables asked for is in the context file any more.")
    return Work(
        key=request.key,
        proposal_path=proposal_path,
        data="all" if has_proc else "raw",
        trigger=request.stage,
        variables=variables,
        log=folder.run_log(request.key),
        params=params,
        job=job.id,
        exact=request.exact,
    )


def declarations(variables: tuple[VariableSpec, ...]) -> list[Declaration]:
    """The columns that a context file brings; transient Variables have none."""
    return [
        Declaration(variable.name, variable.title, variable.description or "", variable.units or "", variable.tags)
        for variable in variables
        if not variable.transient
    ]


def writing_pause(former: float) -> float:
    """Seconds until the next job after one whose results could not be written; ``former``: the pause before, or 0."""
    return min(300.0, max(5.0, 2 * former))


def merge_pause(elapsed: float) -> float:
    """Seconds to wait before merging what has come of a run that is in work for ``elapsed`` seconds.

    Short at first, so that cells fill in as they are computed; a tenth of the time later, because each merge
    rewrites the run's file and the number of merges should grow with the logarithm of the duration only.
    """
    return max(0.02, 0.1 * elapsed)


def ending(done: Done, errors: int, losses: int, computing: str) -> tuple[str, str]:
    """The state and the message of a job whose execution has ended, with so many failed Variables.

    A run that lost its context process is queued again: it may not be its own fault. ``computing``: the Variable that
    it had come to. One whose results could not be written is, too: the disk may have room later.
    """
    if done.outcome == "ok":
        return "done", f"{errors} Variable{'s' if errors > 1 else ''} failed" if errors else ""
    message = done.message or done.outcome
    if done.outcome == "cannot_write":
        return "queued", message
    if done.outcome != "lost":
        return "failed", message
    if computing:
        message = f"{message} It was computing {computing}."
    return ("queued" if losses < MAX_LOSSES else "failed"), message
