"""A run's start time as an entry of its file, where it stands like a Variable."""

from __future__ import annotations

import numpy as np

from damnit_ctx.entry import Entry
from damnit_ctx.kinds import Stored
from damnit_ctx.summary import Summary

NAME = "start_time"


def start_time_entry(seconds: float) -> Entry:
    """`seconds` since 1970."""
    value = np.array(seconds, dtype=np.float64)
    return Entry(NAME, stored=Stored(None, value), summary=Summary(value))
