"""Random numbers that depend on what they are for, not on what was drawn before."""

from zlib import crc32

import numpy as np


def generator(seed: int, purpose: str, *index: int) -> np.random.Generator:
    """A fresh generator for one purpose and index (a run, or a run and a train): the same for the same arguments."""
    return np.random.default_rng([seed, crc32(purpose.encode()), *index])
