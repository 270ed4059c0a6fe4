"""What the table of jobs says, and how it goes from one state to another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from damnit_backend.core.keys import RunKey
from damnit_backend.store.jobs import Job, Request
from damnit_gui.panels.jobs.job_row import (
    STATES,
    arrange,
    duration,
    duration_text,
    since,
    steps,
    times_tip,
    what,
    who,
)

NOW = 1_700_000_000.0


def job(number: int, state: str = "done", **request) -> Job:
    started = None if state in ("queued", "cancelled") else NOW - 60
    finished = NOW - 20 if state in ("done", "failed", "cancelled") else None
    return Job(number, Request(RunKey(1234, number), **request), NOW - 100, state, 1, started, finished, "")


def test_active_jobs_are_those_that_wait_or_run_and_running_ones_come_first() -> None:
    jobs = [job(4, "queued"), job(3, "done"), job(2, "running"), job(1, "failed")]
    assert [each.id for each in arrange(jobs, active_only=False)] == [2, 4, 3, 1]
    assert [each.id for each in arrange(jobs, active_only=True)] == [2, 4]


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        ({}, "all Variables"),
        ({"stage": "raw"}, "raw data"),
        ({"stage": "proc"}, "calibrated data"),
        ({"variables": ("a", "b")}, "a, b"),
        ({"variables": tuple("abcd"), "stage": "proc"}, "4 Variables (calibrated data)"),
    ],
)
def test_what_is_computed_is_said_in_words(request_, text: str) -> None:
    assert what(job(1, **request_)) == text


def test_who_asked() -> None:
    assert who(job(1, asked_by="ada")) == "ada"
    assert who(job(1, live=True)) == "new data"
    assert who(job(1)) == ""


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (0.04, "0.0 s"), (9.94, "9.9 s"), (9.96, "10 s"), (59.7, "1:00"), (187, "3:07"), (3750, "1:02:30")],
)
def test_durations_are_short(seconds: float | None, text: str) -> None:
    assert duration_text(seconds) == text


def test_a_running_job_takes_until_now_and_a_waiting_one_nothing() -> None:
    assert duration(job(1, "running"), NOW) == 60
    assert duration(job(1, "done"), NOW) == 40
    assert duration(job(1, "queued"), NOW) is None
    assert duration(job(1, "running"), NOW - 1000) == 0  # a clock that went back
    assert [since(job(1, state)) for state in ("queued", "running", "done")] == [NOW - 100, NOW - 60, NOW - 20]
    assert times_tip(job(1)).count("\n") == 2


_LISTS = st.dictionaries(st.integers(1, 12), st.sampled_from(sorted(STATES)), max_size=10)


@given(_LISTS, _LISTS)
def test_the_steps_lead_from_one_list_to_the_other(before, after) -> None:
    old, new = (arrange([job(*item) for item in each.items()], active_only=False) for each in (before, after))
    shown = list(old)
    for step in steps(old, new):
        if step.jobs:
            shown[step.first : step.first] = step.jobs
        else:
            del shown[step.first : step.last + 1]
    assert [each.id for each in shown] == [each.id for each in new]


def test_what_stays_needs_no_step() -> None:
    old = [job(3, "queued"), job(2), job(1)]
    assert steps(old, [job(3, "cancelled"), job(2), job(1)]) == []
