"""The raw files of a run, as the DAQ's aggregators write them: slow data with the XGM, camera, digitizer, detector."""

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from damnit_backend.simulator import sources
from damnit_backend.simulator.beam import Beam, simulate_beam
from damnit_backend.simulator.datafile import METADATA_BYTES, DataFile, FileInfo, Slow, new_data_file, train_times
from damnit_backend.simulator.options import TRAINS_PER_SECOND, BeamtimeOptions
from damnit_backend.simulator.plan import RunKind, RunPlan
from damnit_backend.simulator.randomness import generator
from damnit_backend.simulator.signals import camera_frames, detector_frames, digitizer_traces

PHOTON_ENERGY = 9.3
KEV_NANOMETRES = 1.239842
DETECTOR_AGGREGATOR = "EPIX01"


def write_raw_files(directory: Path, options: BeamtimeOptions, plan: RunPlan, start_time: float) -> None:
    """Write the raw files of a run that began at `start_time` (seconds since 1970) into an existing directory."""
    beam = simulate_beam(options, plan)
    info = _file_info(options, plan, start_time)
    with new_data_file(directory / file_name("RAW", plan.run, "DA01"), info) as file:
        _add_slow_sources(file, options, plan, beam)
        energies = (np.float32, (options.pulses,), partial(_energies, beam))
        file.add_instrument(sources.XGM_FAST, {sources.XGM_INTENSITY: energies}, unit=("u", "J"))
    for fast in _fast_sources(options):
        if fast.source not in plan.missing:
            block = partial(fast.signal, options, plan, beam)
            with new_data_file(directory / file_name("RAW", plan.run, fast.aggregator), info) as file:
                file.add_instrument(fast.source, {fast.key: (fast.dtype, fast.shape, block)})


def raw_size(options: BeamtimeOptions, plan: RunPlan) -> int:
    """About how many bytes the raw data of a run take."""
    recorded = [fast for fast in _fast_sources(options) if fast.source not in plan.missing]
    train = sum(np.dtype(fast.dtype).itemsize * math.prod(fast.shape) for fast in recorded)
    return METADATA_BYTES + plan.trains * (train + options.pulses * np.dtype(np.float32).itemsize)


def file_name(category: str, run: int, aggregator: str) -> str:
    """The facility's name of a file, such as `RAW-R0001-DA01-S00000.h5`."""
    return f"{category}-R{run:04d}-{aggregator}-S00000.h5"


class _Fast(NamedTuple):
    """A source with a file of its own: `shape` is that of one train's data."""

    source: str
    key: str
    aggregator: str
    dtype: DTypeLike
    shape: tuple[int, ...]
    signal: Callable[[BeamtimeOptions, RunPlan, Beam, int, int], NDArray[np.generic]]


def _fast_sources(options: BeamtimeOptions) -> tuple[_Fast, ...]:
    trace_shape = (options.trace_samples,)
    return (
        _Fast(sources.CAMERA, sources.CAMERA_PIXELS, "DA02", np.uint16, options.camera_shape, camera_frames),
        _Fast(sources.DIGITIZER, sources.DIGITIZER_TRACE, "DA03", np.int16, trace_shape, digitizer_traces),
        _Fast(
            sources.DETECTOR,
            sources.DETECTOR_PIXELS,
            DETECTOR_AGGREGATOR,
            np.uint16,
            options.detector_shape,
            detector_frames,
        ),
    )


def _energies(beam: Beam, first: int, stop: int) -> NDArray[np.generic]:
    return beam.energies[first:stop]


def _file_info(options: BeamtimeOptions, plan: RunPlan, start_time: float) -> FileInfo:
    return FileInfo(
        proposal=options.proposal,
        run=plan.run,
        run_type=str(plan.kind),
        sample=plan.sample.name,
        train_ids=np.arange(plan.first_train, plan.first_train + plan.trains, dtype=np.uint64),
        timestamps=train_times(start_time, plan.trains),
    )


def _add_slow_sources(file: DataFile, options: BeamtimeOptions, plan: RunPlan, beam: Beam) -> None:
    dark = plan.kind is RunKind.DARK
    random = generator(options.seed, "slow", plan.run)
    warming = 0.4 * np.sin(plan.run / 5 + np.linspace(0, 0.2, plan.trains))
    photon_energy = PHOTON_ENERGY + random.normal(0, 0.0002, plan.trains)
    target = np.round(beam.positions, 2)
    file.add_control(
        sources.XGM,
        {
            sources.XGM_PHOTON_FLUX: Slow(beam.energies.mean(axis=1), ("u", "J")),
            sources.XGM_WAVELENGTH: Slow(KEV_NANOMETRES / photon_energy, ("n", "m")),
            sources.XGM_BUNCHES: Slow(np.int32(0 if dark else options.pulses)),
        },
    )
    file.add_control(sources.UNDULATOR, {sources.UNDULATOR_ENERGY: Slow(photon_energy, ("k", "eV"))})
    file.add_control(sources.SHUTTER, {sources.SHUTTER_OPEN: Slow(np.uint8(not dark))})
    file.add_control(
        sources.MOTOR,
        {
            sources.MOTOR_POSITION: Slow(beam.positions, ("m", "m")),
            sources.MOTOR_TARGET: Slow(target, ("m", "m")),
        },
    )
    temperature = 293.5 + warming + random.normal(0, 0.01, plan.trains)
    file.add_control(sources.TEMPERATURE, {sources.TEMPERATURE_VALUE: Slow(temperature, ("", "K"))})
    file.add_control(
        sources.RUN_INFO,
        {
            sources.RUN_TYPE: Slow(str(plan.kind)),
            sources.SAMPLE_NAME: Slow(plan.sample.name),
            sources.TRAIN_RATE: Slow(np.float32(TRAINS_PER_SECOND), ("", "Hz")),
        },
    )
