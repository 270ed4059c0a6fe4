"""What a run holds follows from the seed and its number."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest

from damnit_backend.core.errors import UserError
from damnit_backend.simulator import BeamtimeOptions, RunKind, plan_run, sources


def test_that_a_plan_does_not_depend_on_what_was_planned_before(options: BeamtimeOptions) -> None:
    alone = plan_run(options, 7)
    for run in (3, 9, 7, 1):
        plan_run(options, run)
    assert plan_run(options, 7) == alone


def test_that_another_seed_plans_another_beamtime(options: BeamtimeOptions) -> None:
    other = replace(options, seed=2)
    assert [plan_run(options, run) for run in range(1, 20)] != [plan_run(other, run) for run in range(1, 20)]


@pytest.mark.parametrize("seed", range(5))
def test_that_five_runs_show_every_kind(seed: int) -> None:
    plans = [plan_run(BeamtimeOptions(seed=seed), run) for run in range(1, 6)]
    assert Counter(plan.kind for plan in plans) == {RunKind.DARK: 1, RunKind.SCAN: 1, RunKind.DATA: 3}
    missing = [plan for plan in plans if plan.missing]
    assert [(plan.kind, plan.missing) for plan in missing] == [(RunKind.DATA, {sources.CAMERA})]


def test_that_a_beamtime_has_several_samples_and_drifts(options: BeamtimeOptions) -> None:
    data = [plan for plan in (plan_run(options, run) for run in range(1, 41)) if plan.kind is RunKind.DATA]
    assert len({plan.sample.name for plan in data}) > 2
    energies = [plan.pulse_energy for plan in data]
    assert 400 < min(energies) < max(energies) < 1200
    assert max(energies) > 1.1 * min(energies)
    assert all(0 < plan.hit_rate <= 1 for plan in data)
    assert len({plan.hit_rate for plan in data}) > 10


def test_that_trains_and_times_increase_and_never_overlap() -> None:
    options = BeamtimeOptions(trains=5000, run_spacing=10.0)
    plans = [plan_run(options, run) for run in range(1, 30)]
    for before, after in pairwise(plans):
        assert before.first_train + before.trains <= after.first_train
        assert before.start_time + before.trains / 10 <= after.start_time


@pytest.mark.parametrize("trains", [1, 2, 7])
def test_that_a_scan_of_few_trains_has_no_more_steps_than_trains(trains: int) -> None:
    plan = plan_run(BeamtimeOptions(trains=trains), 2)
    assert plan.kind is RunKind.SCAN
    assert len(plan.set_points) == trains


@pytest.mark.parametrize("run", [0, -1, 10_000])
def test_that_a_number_that_no_run_has_is_refused(options: BeamtimeOptions, run: int) -> None:
    with pytest.raises(UserError, match="run number"):
        plan_run(options, run)


def test_that_titles_are_for_people(options: BeamtimeOptions) -> None:
    assert plan_run(options, 1).title == "Dark"
    assert plan_run(options, 2).title.startswith("Jet scan, ")
