"""How large the simulated beamtime is, where it lies and which numbers it draws."""

import re
from dataclasses import dataclass

from damnit_backend.core.errors import UserError

TRAINS_PER_SECOND = 10
"""The facility's train rate, in Hz."""

MIN_SAMPLES_PER_PULSE = 4
"""A digitizer needs so many samples to show one pulse."""

FIRST_RUN, LAST_RUN = 1, 9999


@dataclass(frozen=True)
class BeamtimeOptions:
    """Sizes and names of a simulated beamtime; values that make no sense raise UserError.

    Shapes are (y, x) in pixels. `first_start` is when run 1 began, in seconds since 1970, and `run_spacing` the
    seconds from one run's begin to the next's: both only matter for runs written without a start time.
    """

    proposal: int = 700000
    instrument: str = "SIM"
    cycle: str = "202501"
    seed: int = 1
    trains: int = 80
    pulses: int = 20
    scan_steps: int = 16
    camera_shape: tuple[int, int] = (96, 128)
    detector_shape: tuple[int, int] = (64, 64)
    trace_samples: int = 1000
    first_start: float = 1_742_065_200.0  # 2025-03-15 19:00 UTC: a night shift
    run_spacing: float = 300.0

    def __post_init__(self) -> None:
        """Refuse what cannot be a beamtime."""
        _check_range("proposal", self.proposal, 1, 999_999)
        _check_range("seed", self.seed, 0, 2**63)
        _check_range("trains", self.trains, 1, 1_000_000)
        _check_range("pulses", self.pulses, 1, 2700)
        _check_range("scan_steps", self.scan_steps, 1, 100_000)
        _check_range("trace_samples", self.trace_samples, MIN_SAMPLES_PER_PULSE * self.pulses, 10_000_000)
        _check_range("first_start", self.first_start, 1.0, 1e10)
        _check_range("run_spacing", self.run_spacing, 0.0, 1e6)
        _check_shape("camera_shape", self.camera_shape)
        _check_shape("detector_shape", self.detector_shape)
        _check_word("instrument", self.instrument, r"[A-Z][A-Z0-9]{0,15}", "capital letters and digits, like SIM")
        _check_word("cycle", self.cycle, r"[0-9]{6}", "six digits, like 202501")

    @property
    def run_period(self) -> float:
        """Seconds between the begins of two runs: never shorter than the longest run."""
        return max(self.run_spacing, self.trains / TRAINS_PER_SECOND)


def check_run(run: int) -> None:
    """Raise UserError if `run` cannot be a run number."""
    _check_range("the run number", run, FIRST_RUN, LAST_RUN)


def _check_range(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:  # also refuses NaN
        raise UserError(f"Simulated beamtime: {name} cannot be {value}.", f"Choose a value from {low:,} to {high:,}.")


def _check_shape(name: str, shape: tuple[int, int]) -> None:
    if len(shape) != 2:
        raise UserError(f"Simulated beamtime: {name} cannot be {shape}.", "Give two numbers: rows and columns.")
    for length in shape:
        _check_range(name, length, 8, 16_384)


def _check_word(name: str, value: str, pattern: str, wanted: str) -> None:
    if not re.fullmatch(pattern, value):
        raise UserError(f"Simulated beamtime: {name} cannot be {value!r}.", f"Use {wanted}.")
