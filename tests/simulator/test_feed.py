"""Runs arrive in order, and stop when told; nothing here waits."""

from collections.abc import Callable
from itertools import count, islice
from pathlib import Path

import pytest
from extra_data import RunDirectory

from damnit_backend.core.errors import UserError
from damnit_backend.simulator import Beamtime, play
from damnit_backend.simulator.feed import Step, schedule


class Waiting:
    """Stands for `threading.Event.wait`: remembers what was waited for, and says stop at the n-th call."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.seconds: list[float] = []
        self._stop_at = stop_at

    def __call__(self, seconds: float) -> bool:
        self.seconds.append(seconds)
        return len(self.seconds) == self._stop_at


@pytest.fixture
def arrivals() -> list[tuple[str, int]]:
    return []


@pytest.fixture
def report(arrivals: list[tuple[str, int]]) -> Callable[[str, int, Path], None]:
    def remember(stage: str, run: int, path: Path) -> None:
        assert any(path.glob("*.h5"))
        assert not any(path.glob("*.tmp"))
        arrivals.append((stage, run))

    return remember


def test_that_calibrated_data_come_one_run_later_and_darks_get_none(beamtime, report, arrivals) -> None:
    wait = Waiting()
    play(beamtime, range(1, 5), 3.0, wait=wait, report=report)
    expected = [("raw", 1), ("raw", 2), ("raw", 3), ("proc", 2), ("raw", 4), ("proc", 3), ("proc", 4)]
    assert arrivals == expected
    assert wait.seconds == [3.0] * 4


def test_that_stop_is_obeyed_at_once(beamtime, report, arrivals) -> None:
    play(beamtime, count(1), 3.0, wait=Waiting(stop_at=2), report=report)
    assert arrivals == [("raw", 1), ("raw", 2)]
    assert not beamtime.raw_path(3).exists()


def test_that_runs_begin_when_they_are_written(beamtime, report) -> None:
    clock = iter([1_700_000_000.0, 1_700_000_005.0])
    play(beamtime, [1, 2], 0, wait=Waiting(), report=report, clock=lambda: next(clock))
    begins = [RunDirectory(str(beamtime.raw_path(run))).train_timestamps()[0] for run in (1, 2)]
    assert (begins[1] - begins[0]).astype(int) == 5 * 10**9


def test_that_a_run_that_is_there_already_ends_the_feed_with_a_message(beamtime: Beamtime, report, arrivals) -> None:
    beamtime.write_raw(2)
    with pytest.raises(UserError, match="already"):
        play(beamtime, [1, 2, 3], 0, wait=Waiting(), report=report)
    assert arrivals == [("raw", 1)]


@pytest.mark.parametrize(("interval", "delay"), [(-1.0, 1), (float("nan"), 1), (1.0, -1)])
def test_that_an_interval_or_delay_without_sense_is_refused(beamtime, report, interval, delay) -> None:
    with pytest.raises(UserError):
        play(beamtime, [1], interval, proc_delay=delay, wait=Waiting(), report=report)
    assert not beamtime.proposal_path.exists()


def test_that_no_delay_calibrates_at_once() -> None:
    assert list(schedule([1, 2], 0, lambda _: True)) == [
        (Step(1, "raw"), Step(1, "proc")),
        (Step(2, "raw"), Step(2, "proc")),
    ]


def test_that_a_delay_longer_than_the_feed_calibrates_at_the_end() -> None:
    steps = list(schedule([1, 2], 5, lambda run: run != 1))
    assert steps == [(Step(1, "raw"),), (Step(2, "raw"),), (Step(2, "proc"),)]


def test_that_an_endless_feed_is_planned_as_it_goes() -> None:
    assert len(list(islice(schedule(count(1), 1, lambda _: True), 100))) == 100
