"""Time and memory of each Variable, in its record and in the log."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any

import pytest
from damnit_ctx.usage import Meter

Execute = Callable[..., Any]
MB = 1_000_000
# The C library gives arrays of more than 32 MB back at once; smaller ones it may keep for the next Variable.

HUNGRY = """
    import time
    @Variable
    def first(run): return np.ones(10_000_000)[:1].copy()
    @Variable
    def second(run): return np.ones(5_000_000)[:1].copy()
    @Variable
    def slow(run): time.sleep(0.02)
    @Variable
    def failing(run): np.ones(6_000_000); raise ValueError("too hot")
    """


def test_that_each_record_has_its_own_time_and_memory(execute: Execute) -> None:
    records = execute(HUNGRY).records()

    assert records["slow"]["seconds"] >= 0.02
    assert 75 * MB < records["first"]["memory"] < 95 * MB
    if sys.platform.startswith("linux"):  # elsewhere the peak of the first hides that of the second
        assert 35 * MB < records["second"]["memory"] < 55 * MB
        assert 43 * MB < records["failing"]["memory"] < 63 * MB
    assert records["slow"]["memory"] < 5 * MB


def test_that_the_log_says_it_of_each(execute: Execute, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="damnit_ctx")

    execute(HUNGRY)

    lines = [r.getMessage() for r in caplog.records if "MB more memory" in r.getMessage()]
    assert [line.partition(" in ")[0] for line in lines] == [
        "first computed", "second computed", "slow computed", "failing ended",
    ]  # fmt: skip


def test_that_an_inner_measurement_does_not_hide_the_peak_of_the_outer() -> None:
    outer = Meter()
    block = bytearray(40 * MB)
    block[::4096] = b"x" * len(block[::4096])
    del block
    inner = Meter()
    assert inner.read()["memory"] < 5 * MB  # type: ignore[operator]

    assert outer.read()["memory"] > 35 * MB  # type: ignore[operator]
