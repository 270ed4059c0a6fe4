"""What the instruments see of the beam. Every function makes the data of a block of trains, `first` to `stop`.

Each train draws its noise from a generator of its own, so that blocks of any size give the same data.
"""

import numpy as np
from numpy.typing import NDArray

from damnit_backend.simulator.beam import Beam
from damnit_backend.simulator.options import BeamtimeOptions
from damnit_backend.simulator.pixels import detector_pixels
from damnit_backend.simulator.plan import MOTOR_RANGE, RunPlan
from damnit_backend.simulator.randomness import generator

CAMERA_BACKGROUND = 100.0
CAMERA_NOISE = 5.0
CAMERA_COUNTS_PER_MICROJOULE = 2.0
SPOT_TRAVEL = 0.3
"""The spot moves over this part of the camera's width for a motor move of `MOTOR_RANGE`."""

DIODE_COUNTS_PER_MICROJOULE = 8.0
DIODE_NOISE = 3.0
DIODE_JITTER = 0.05
"""How much the peaks of equal pulses differ, as a part of their height."""

RING_PHOTONS = 6.0
RING_WIDTH = 0.05
MISS_SCATTERING = 0.05
DETECTOR_NOISE = 4.0
REFERENCE_ENERGY = 800.0


def camera_frames(options: BeamtimeOptions, plan: RunPlan, beam: Beam, first: int, stop: int) -> NDArray[np.uint16]:
    """The beam spot on the screen, (trains, y, x): moves with the motor, as bright as the XGM says."""
    rows, columns = options.camera_shape
    y, x = np.arange(rows), np.arange(columns)
    width = columns / 16
    profile_y = np.exp(-((y - (rows - 1) / 2) ** 2) / (2 * width**2))
    frames = np.empty((stop - first, rows, columns), np.uint16)
    for place, train in enumerate(range(first, stop)):
        noise = generator(options.seed, "camera", plan.run, train)
        centre = (columns - 1) / 2 + SPOT_TRAVEL * columns * beam.positions[train] / MOTOR_RANGE
        profile_x = np.exp(-((x - centre) ** 2) / (2 * width**2))
        height = CAMERA_COUNTS_PER_MICROJOULE * beam.train_energies[train]
        frame = noise.standard_normal((rows, columns), dtype=np.float32)
        frame *= CAMERA_NOISE
        frame += CAMERA_BACKGROUND
        frame += np.outer(height * profile_y, profile_x).astype(np.float32)
        frames[place] = np.clip(frame, 0, 65535)
    return frames


def digitizer_traces(options: BeamtimeOptions, plan: RunPlan, beam: Beam, first: int, stop: int) -> NDArray[np.int16]:
    """The diode behind the jet, (trains, samples): one peak a pulse, as high as its energy times transmission."""
    spacing = options.trace_samples // options.pulses
    decay = np.exp(-np.arange(spacing) / (spacing / 5))
    traces = np.empty((stop - first, options.trace_samples))
    for place, train in enumerate(range(first, stop)):
        noise = generator(options.seed, "diode", plan.run, train)
        traces[place] = noise.normal(0, DIODE_NOISE, options.trace_samples)
        heights = DIODE_COUNTS_PER_MICROJOULE * beam.transmission[train] * beam.energies[train]
        heights = heights * noise.normal(1, DIODE_JITTER, options.pulses)
        traces[place, : spacing * options.pulses] += np.outer(heights, decay).ravel()
    return np.clip(np.rint(traces), -32768, 32767).astype(np.int16)


def detector_frames(options: BeamtimeOptions, plan: RunPlan, beam: Beam, first: int, stop: int) -> NDArray[np.uint16]:
    """The scattering ring in detector counts, (trains, y, x): photons times gain, plus offset and noise."""
    pixels = detector_pixels(options)
    ring = _ring(options.detector_shape, plan.sample.ring)
    frames = np.empty((stop - first, *options.detector_shape), np.uint16)
    for place, train in enumerate(range(first, stop)):
        noise = generator(options.seed, "detector", plan.run, train)
        strength = beam.overlap[train] * beam.train_energies[train] / REFERENCE_ENERGY
        part = 1.0 if beam.hits[train] else MISS_SCATTERING
        counts = noise.poisson(ring * (RING_PHOTONS * strength * part)) * pixels.gain + pixels.offset
        counts += noise.normal(0, DETECTOR_NOISE, counts.shape)
        frames[place] = np.where(pixels.bad, 65535, np.clip(counts, 0, 65535))
    return frames


def _ring(shape: tuple[int, int], radius: float) -> NDArray[np.float64]:
    """A polarised ring around the middle; `radius` is a part of half the detector's width."""
    rows, columns = shape
    y = (np.arange(rows) - (rows - 1) / 2)[:, np.newaxis] / (columns / 2)
    x = (np.arange(columns) - (columns - 1) / 2) / (columns / 2)
    polarisation = 1 + 0.3 * np.cos(2 * np.arctan2(y, x))
    return np.asarray(0.05 + polarisation * np.exp(-((np.hypot(y, x) - radius) ** 2) / (2 * RING_WIDTH**2)))
