"""Nonsense is refused with a message that says what would do."""

import math
from typing import Any

import pytest

from damnit_backend.core.errors import UserError
from damnit_backend.simulator import BeamtimeOptions


@pytest.mark.parametrize(
    "nonsense",
    [
        {"proposal": 0},
        {"proposal": 1_000_000},
        {"seed": -1},
        {"trains": 0},
        {"trains": -5},
        {"pulses": 0},
        {"scan_steps": 0},
        {"pulses": 100, "trace_samples": 399},
        {"camera_shape": (0, 100)},
        {"camera_shape": (100,)},
        {"detector_shape": (64, 1_000_000)},
        {"first_start": 0.0},
        {"first_start": math.nan},
        {"run_spacing": -1.0},
        {"run_spacing": math.inf},
        {"instrument": ""},
        {"instrument": "../SQS"},
        {"instrument": "S/S"},
        {"cycle": "2025"},
        {"cycle": "20250x"},
    ],
)
def test_that_options_without_sense_are_refused_and_named(nonsense: dict[str, Any]) -> None:
    with pytest.raises(UserError) as refused:
        BeamtimeOptions(**nonsense)
    assert list(nonsense)[-1] in refused.value.message
    assert refused.value.hint


def test_that_runs_never_overlap_in_time_however_long_they_are() -> None:
    assert BeamtimeOptions(trains=6000, run_spacing=60.0).run_period == 600.0
    assert BeamtimeOptions(trains=100, run_spacing=60.0).run_period == 60.0
