"""What flows through the simulated liquid jet."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """A sample in the jet.

    `transmission` is the part of the beam that passes the middle of the jet, `ring` the radius of the scattering
    ring as a part of the detector's half width, and `hit_rate` the chance that a train hits a particle.
    """

    name: str
    transmission: float
    ring: float
    hit_rate: float


NO_SAMPLE = Sample("No sample", transmission=1.0, ring=0.0, hit_rate=0.0)

SAMPLES = (
    Sample("Lysozyme", transmission=0.62, ring=0.42, hit_rate=0.35),
    Sample("Ferritin", transmission=0.55, ring=0.56, hit_rate=0.20),
    Sample("Gold particles", transmission=0.40, ring=0.70, hit_rate=0.50),
    Sample("Water", transmission=0.70, ring=0.85, hit_rate=0.95),
)
