"""A beamtime that goes on while people look: runs arrive one after the other, calibrated data somewhat later."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from damnit_backend.core.errors import UserError
from damnit_backend.simulator.beamtime import Beamtime

Stage = Literal["raw", "proc"]


@dataclass(frozen=True)
class Step:
    """Something to write: the raw or the calibrated data of a run."""

    run: int
    stage: Stage


def schedule(runs: Iterable[int], proc_delay: int, calibrated: Callable[[int], bool]) -> Iterator[tuple[Step, ...]]:
    """What arrives in each interval: a raw run, and the calibrated data of the run `proc_delay` runs before.

    After the last raw run the calibrated data that are due come one interval after the other. Intervals in which
    nothing would arrive are left out there. `runs` may be endless; runs that are not `calibrated` get no proc data.
    """
    waiting: deque[int] = deque()
    for run in runs:
        waiting.append(run)
        due = waiting.popleft() if len(waiting) > proc_delay else None
        raw = Step(run, "raw")
        yield (raw, Step(due, "proc")) if due is not None and calibrated(due) else (raw,)
    yield from ((Step(run, "proc"),) for run in waiting if calibrated(run))


def play(
    beamtime: Beamtime,
    runs: Iterable[int],
    interval: float,
    *,
    proc_delay: int = 1,
    wait: Callable[[float], bool],
    report: Callable[[Stage, int, Path], None],
    clock: Callable[[], float] = time.time,
) -> None:
    """Write runs that begin now, one each `interval` seconds, until they are all there or `wait` says stop.

    `wait(seconds)` returns True to stop, as `threading.Event.wait` does; it is called between intervals, not before
    the first nor after the last. `report(stage, run, directory)` hears of everything that was written.
    Raises UserError as `Beamtime` does.
    """
    if not 0 <= interval <= 1e6:
        raise UserError(f"Runs cannot arrive every {interval} seconds.", "Choose an interval of 0 or more.")
    if proc_delay < 0:
        raise UserError(f"Calibrated data cannot come {proc_delay} runs later.", "Choose 0 or more.")
    for number, steps in enumerate(schedule(runs, proc_delay, lambda run: beamtime.plan(run).calibrated)):
        if number and wait(interval):
            return
        for step in steps:
            if step.stage == "raw":
                path = beamtime.write_raw(step.run, start_time=clock())
            else:
                path = beamtime.write_proc(step.run)
            report(step.stage, step.run, path)
