"""What happens in a run: decided from the seed and the run's number alone, whatever was written before."""

import math
from dataclasses import dataclass
from enum import StrEnum

from damnit_backend.simulator import sources
from damnit_backend.simulator.options import TRAINS_PER_SECOND, BeamtimeOptions, check_run
from damnit_backend.simulator.randomness import generator
from damnit_backend.simulator.samples import NO_SAMPLE, SAMPLES, Sample

JET_POSITION = 0.15
"""Where the motor puts the jet into the beam, in mm; it creeps a little from run to run."""

MOTOR_RANGE = 1.0
"""Scans go from minus to plus this many mm."""

RUNS_PER_ROUND = 5
"""A round: dark, scan, then data runs, in one of which a source is missing."""

FIRST_TRAIN = 2_000_000_000
MEAN_PULSE_ENERGY = 800.0


class RunKind(StrEnum):
    """What a run was taken for; the values are the run types in the files."""

    DARK = "Dark"
    SCAN = "Jet scan"
    DATA = "Data"


@dataclass(frozen=True)
class RunPlan:
    """What one run will hold.

    `pulse_energy` in µJ; `set_points` are the motor's positions in mm, visited one after the other;
    `jet_position` is where the jet really is on that scale; `missing` are sources that the DAQ did not record;
    `start_time` is when the run began if nobody says otherwise, in seconds since 1970.
    """

    run: int
    kind: RunKind
    sample: Sample
    trains: int
    first_train: int
    start_time: float
    pulse_energy: float
    hit_rate: float
    set_points: tuple[float, ...]
    jet_position: float
    missing: frozenset[str]

    @property
    def title(self) -> str:
        """A few words for people, such as `Jet scan, Lysozyme`."""
        return str(self.kind) if self.kind is RunKind.DARK else f"{self.kind}, {self.sample.name}"

    @property
    def calibrated(self) -> bool:
        """Whether the facility will make proc data of this run."""
        return self.kind is not RunKind.DARK and sources.DETECTOR not in self.missing


def plan_run(options: BeamtimeOptions, run: int) -> RunPlan:
    """Plan a run (1 to 9999; otherwise UserError). Depends on nothing but its arguments."""
    check_run(run)
    round_number, place = divmod(run - 1, RUNS_PER_ROUND)
    kind = {0: RunKind.DARK, 1: RunKind.SCAN}.get(place, RunKind.DATA)
    sample = NO_SAMPLE if kind is RunKind.DARK else _sample(options, run)
    random = generator(options.seed, "plan", run)
    jet_position = JET_POSITION + 0.03 * math.sin(run / 6) + float(random.normal(0, 0.005))
    return RunPlan(
        run=run,
        kind=kind,
        sample=sample,
        trains=_trains(options, kind, float(random.uniform(0.8, 1.0))),
        first_train=FIRST_TRAIN + round((run - 1) * math.ceil(options.run_period * TRAINS_PER_SECOND)),
        start_time=options.first_start + (run - 1) * options.run_period,
        pulse_energy=0.0 if kind is RunKind.DARK else _pulse_energy(run, float(random.normal(0, 0.03))),
        hit_rate=sample.hit_rate * (1 + 0.25 * math.sin(run / 4) * (1 - sample.hit_rate)),
        set_points=_set_points(options, kind, jet_position),
        jet_position=jet_position,
        missing=_missing(options, round_number, place),
    )


def _sample(options: BeamtimeOptions, run: int) -> Sample:
    """Samples are changed every third run, in a seeded order."""
    order = generator(options.seed, "samples").permutation(len(SAMPLES))
    return SAMPLES[order[(run // 3) % len(SAMPLES)]]


def _trains(options: BeamtimeOptions, kind: RunKind, part: float) -> int:
    """Scans are complete, darks short, and data runs stopped when the operator thinks it is enough."""
    match kind:
        case RunKind.SCAN:
            return options.trains
        case RunKind.DARK:
            return max(1, options.trains // 2)
        case RunKind.DATA:
            return max(1, round(options.trains * part))


def _pulse_energy(run: int, deviation: float) -> float:
    """The accelerator drifts over the shift and is tuned again."""
    return MEAN_PULSE_ENERGY * (1 + 0.15 * math.sin(run / 7) + deviation)


def _set_points(options: BeamtimeOptions, kind: RunKind, jet_position: float) -> tuple[float, ...]:
    match kind:
        case RunKind.SCAN:
            steps = min(options.scan_steps, options.trains)
            if steps == 1:
                return (0.0,)
            return tuple(MOTOR_RANGE * (2 * step / (steps - 1) - 1) for step in range(steps))
        case RunKind.DARK:
            return (-MOTOR_RANGE,)
        case RunKind.DATA:
            return (round(jet_position, 2),)


def _missing(options: BeamtimeOptions, round_number: int, place: int) -> frozenset[str]:
    """One data run in a round lacks a source: in the first round the camera, later the camera or the digitizer."""
    random = generator(options.seed, "missing", round_number)
    if place != int(random.integers(2, RUNS_PER_ROUND)):
        return frozenset()
    later = (sources.CAMERA, sources.DIGITIZER)[int(random.integers(2))]
    return frozenset({sources.CAMERA if round_number == 0 else later})
