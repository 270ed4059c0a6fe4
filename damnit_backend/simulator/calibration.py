"""What the facility's calibration does: reads a raw detector file and writes the corrected one, in photons."""

import math
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from damnit_backend.simulator import sources
from damnit_backend.simulator.datafile import METADATA_BYTES, FileInfo, new_data_file
from damnit_backend.simulator.options import BeamtimeOptions
from damnit_backend.simulator.pixels import detector_pixels
from damnit_backend.simulator.plan import RunPlan

BAD_PIXEL = 1 << 3


def calibrate(raw_file: Path, proc_file: Path, options: BeamtimeOptions, plan: RunPlan) -> None:
    """Write `proc_file`: photons as float32, NaN where the mask says that a pixel is bad.

    Trains and their times are those of the raw file. Raises OSError if that cannot be read.
    """
    pixels = detector_pixels(options)
    mask = np.where(pixels.bad, BAD_PIXEL, 0).astype(np.uint32)
    with h5py.File(raw_file) as raw:
        counts = raw[f"INSTRUMENT/{sources.DETECTOR}/{sources.DETECTOR_PIXELS.replace('.', '/')}"]

        def photons(first: int, stop: int) -> NDArray[np.generic]:
            block = np.asarray((counts[first:stop] - pixels.offset) / pixels.gain, np.float32)
            block[:, pixels.bad] = np.nan
            return block

        def masks(first: int, stop: int) -> NDArray[np.generic]:
            return np.broadcast_to(mask, (stop - first, *mask.shape))

        info = FileInfo(
            proposal=options.proposal,
            run=plan.run,
            run_type=str(plan.kind),
            sample=plan.sample.name,
            train_ids=raw["INDEX/trainId"][:],
            timestamps=raw["INDEX/timestamp"][:],
        )
        with new_data_file(proc_file, info) as file:
            file.add_instrument(
                sources.DETECTOR,
                {
                    sources.DETECTOR_PIXELS: (np.float32, mask.shape, photons),
                    sources.DETECTOR_MASK: (np.uint32, mask.shape, masks),
                },
            )


def proc_size(options: BeamtimeOptions, plan: RunPlan) -> int:
    """About how many bytes the calibrated data of a run take."""
    return METADATA_BYTES + plan.trains * math.prod(options.detector_shape) * 2 * 4
