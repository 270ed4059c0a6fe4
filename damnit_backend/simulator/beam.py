"""The beam of one run, train by train: pulse energy, jet and transmission. All that is seen follows from it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from damnit_backend.simulator.options import BeamtimeOptions
from damnit_backend.simulator.plan import RunKind, RunPlan
from damnit_backend.simulator.randomness import generator

JET_WIDTH = 0.15
"""Standard deviation of the jet's profile as the beam sees it, in mm."""

ENCODER_NOISE = 0.0005
XGM_NOISE = 0.4
SASE_MODES = 40
"""The more modes, the less the pulse energy fluctuates: by 1/sqrt(modes)."""


@dataclass(frozen=True)
class Beam:
    """The numbers of one run.

    `energies` (trains, pulses) in µJ as the XGM reads them; per train: `positions` of the motor in mm,
    `overlap` of beam and jet (0 to 1), `transmission` through the jet (0 to 1), `hits` (bool).
    """

    energies: NDArray[np.float32]
    positions: NDArray[np.float64]
    overlap: NDArray[np.float64]
    transmission: NDArray[np.float64]
    hits: NDArray[np.bool_]

    @property
    def train_energies(self) -> NDArray[np.float64]:
        """Mean pulse energy of each train in µJ, never negative: what lights the camera and the detector."""
        return np.maximum(np.mean(self.energies, axis=1, dtype=np.float64), 0.0)


def simulate_beam(options: BeamtimeOptions, plan: RunPlan) -> Beam:
    """Draw the beam of a run. Depends on nothing but its arguments."""
    positions = _positions(options, plan)
    lit = plan.kind is not RunKind.DARK
    overlap = np.exp(-((positions - plan.jet_position) ** 2) / (2 * JET_WIDTH**2)) * lit
    random = generator(options.seed, "hits", plan.run)
    return Beam(
        energies=_energies(options, plan),
        positions=positions,
        overlap=overlap,
        transmission=1 - (1 - plan.sample.transmission) * overlap,
        hits=random.random(plan.trains) < plan.hit_rate * overlap,
    )


def _positions(options: BeamtimeOptions, plan: RunPlan) -> NDArray[np.float64]:
    step = np.arange(plan.trains) * len(plan.set_points) // plan.trains
    noise = generator(options.seed, "encoder", plan.run).normal(0, ENCODER_NOISE, plan.trains)
    return np.asarray(plan.set_points)[step] + noise


def _energies(options: BeamtimeOptions, plan: RunPlan) -> NDArray[np.float32]:
    """SASE pulses are gamma-distributed; their mean drifts in a run; the XGM adds its noise."""
    random = generator(options.seed, "xgm", plan.run)
    shape = (plan.trains, options.pulses)
    drift = 1 + 0.05 * np.sin(random.uniform(0, 2 * np.pi) + np.linspace(0, 4, plan.trains))
    energies = random.gamma(SASE_MODES, 1 / SASE_MODES, shape) * drift[:, np.newaxis] * plan.pulse_energy
    return (energies + random.normal(0, XGM_NOISE, shape)).astype(np.float32)
