"""The physics that links what the instruments see."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from damnit_backend.simulator import BeamtimeOptions, plan_run
from damnit_backend.simulator.beam import Beam, simulate_beam
from damnit_backend.simulator.datafile import blocks, rows_of
from damnit_backend.simulator.pixels import detector_pixels
from damnit_backend.simulator.signals import camera_frames, detector_frames, digitizer_traces

DARK, SCAN, DATA = 1, 2, 5


def beam_of(options: BeamtimeOptions, run: int) -> Beam:
    return simulate_beam(options, plan_run(options, run))


@pytest.mark.parametrize("signal", [camera_frames, digitizer_traces, detector_frames])
def test_that_blocks_of_any_size_give_the_same_data(options: BeamtimeOptions, signal: Callable[..., Any]) -> None:
    plan, beam = plan_run(options, SCAN), beam_of(options, SCAN)
    whole = signal(options, plan, beam, 0, plan.trains)
    parts = [signal(options, plan, beam, first, min(first + 7, plan.trains)) for first in range(0, plan.trains, 7)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_that_the_spot_follows_the_motor(options: BeamtimeOptions) -> None:
    plan, beam = plan_run(options, SCAN), beam_of(options, SCAN)
    profiles = camera_frames(options, plan, beam, 0, plan.trains).mean(axis=1)
    spots = profiles.argmax(axis=1)
    slope, _ = np.polyfit(beam.positions, spots, 1)
    assert slope == pytest.approx(0.3 * options.camera_shape[1], rel=0.05)
    assert np.corrcoef(beam.positions, spots)[0, 1] > 0.99


def test_that_the_camera_is_as_bright_as_the_beam(options: BeamtimeOptions) -> None:
    plan, beam = plan_run(options, DATA), beam_of(options, DATA)
    brightness = camera_frames(options, plan, beam, 0, plan.trains).astype(float).sum(axis=(1, 2))
    assert np.corrcoef(brightness, beam.train_energies)[0, 1] > 0.95


def test_that_the_diode_over_the_xgm_dips_where_the_jet_is(options: BeamtimeOptions) -> None:
    plan, beam = plan_run(options, SCAN), beam_of(options, SCAN)
    peaks = digitizer_traces(options, plan, beam, 0, plan.trains).max(axis=1)
    ratio = peaks / beam.energies.max(axis=1)
    beside = np.abs(beam.positions - plan.jet_position) > 0.6
    within = np.abs(beam.positions - plan.jet_position) < 0.12
    assert beside.any()
    assert within.any()
    assert ratio[within].mean() < 0.85 * ratio[beside].mean()
    assert abs(beam.positions[ratio.argmin()] - plan.jet_position) < 0.25


def test_that_a_trace_has_one_peak_a_pulse(options: BeamtimeOptions) -> None:
    plan, beam = plan_run(options, DATA), beam_of(options, DATA)
    (trace,) = digitizer_traces(options, plan, beam, 3, 4)
    spacing = options.trace_samples // options.pulses
    peaks = trace.reshape(options.pulses, spacing).argmax(axis=1)
    assert (peaks == 0).all()


def test_that_the_ring_is_where_the_sample_puts_it_and_only_hits_show_it(options: BeamtimeOptions) -> None:
    plan, beam = plan_run(options, DATA), beam_of(options, DATA)
    pixels = detector_pixels(options)
    photons = (detector_frames(options, plan, beam, 0, plan.trains) - pixels.offset) / pixels.gain
    photons[:, pixels.bad] = 0
    assert 0 < beam.hits.sum() < plan.trains
    assert photons[beam.hits].mean() > 5 * photons[~beam.hits].mean()
    half = options.detector_shape[0] / 2
    y, x = np.indices(options.detector_shape) - (half - 0.5)
    radius = np.hypot(y, x).astype(int)
    profile = np.bincount(radius.ravel(), weights=photons.mean(axis=0).ravel()) / np.bincount(radius.ravel())
    assert abs(profile.argmax() + 0.5 - plan.sample.ring * half) < 1.5


def test_that_a_dark_run_has_no_beam(options: BeamtimeOptions) -> None:
    plan, beam = plan_run(options, DARK), beam_of(options, DARK)
    assert np.abs(beam.energies).max() < 3
    assert not beam.hits.any()
    assert camera_frames(options, plan, beam, 0, plan.trains).max() < 140
    assert np.abs(digitizer_traces(options, plan, beam, 0, plan.trains)).max() < 60


@pytest.mark.parametrize(("trains", "row_bytes"), [(1, 1), (10, 2**30), (1000, 2**20), (17, 2**23)])
def test_that_blocks_cover_every_train_once_and_stay_small(trains: int, row_bytes: int) -> None:
    covered = [train for first, stop in blocks(trains, row_bytes) for train in range(first, stop)]
    assert covered == list(range(trains))
    assert rows_of(2**24, row_bytes, trains) * row_bytes <= max(2**24, row_bytes)
