"""The detector's pixels: what each one adds to the photons, the same over the whole beamtime."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from damnit_backend.simulator.options import BeamtimeOptions
from damnit_backend.simulator.randomness import generator

BAD_PART = 0.002


@dataclass(frozen=True)
class DetectorPixels:
    """Per pixel (y, x): `offset` in counts, `gain` in counts a photon, and whether it is `bad`."""

    offset: NDArray[np.float64]
    gain: NDArray[np.float64]
    bad: NDArray[np.bool_]


def detector_pixels(options: BeamtimeOptions) -> DetectorPixels:
    """The pixels of the detector that this beamtime has."""
    random = generator(options.seed, "pixels")
    shape = options.detector_shape
    return DetectorPixels(
        offset=random.normal(1000, 30, shape),
        gain=random.normal(40, 2, shape),
        bad=random.random(shape) < BAD_PART,
    )
