"""Texts beside axes can be told apart and read."""

import math
import os
import time
from collections.abc import Iterator
from datetime import datetime

import pytest

from damnit_gui.plots.ticks import moment_text, number, number_texts, time_ticks


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A time zone whose clocks change."""
    before = os.environ.get("TZ")
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    if before is None:
        monkeypatch.delenv("TZ")
    else:
        monkeypatch.setenv("TZ", before)
    time.tzset()


@pytest.mark.parametrize(
    ("values", "spacing", "texts"),
    [
        ([0, 0.5, 1], 0.5, ["0.0", "0.5", "1.0"]),
        ([100, 200], 100, ["100", "200"]),
        ([1.00001, 1.00002], 1e-5, ["1.00001", "1.00002"]),
        ([10_000_000_000, 10_000_000_020], 20, ["10000000000", "10000000020"]),
        ([0, 2e-7], 2e-7, ["0", "2e-7"]),
        ([-1e9, 0, 1e9], 1e9, ["-1e9", "0", "1e9"]),
        ([], 1, []),
        ([math.inf], 1, ["inf"]),
    ],
)
def test_neighbouring_ticks_have_different_and_short_texts(values, spacing, texts) -> None:
    assert number_texts(values, spacing) == texts


def test_whole_numbers_are_told_in_full() -> None:
    assert number(10_000_000_123.0) == "10000000123"
    assert number(0.1 + 0.2) == "0.3"
    assert number(math.nan) == "NaN"


def at(text: str) -> float:
    return datetime.fromisoformat(text).astimezone().timestamp()


def test_times_are_local_and_the_date_stands_first_and_where_it_changes() -> None:
    texts = [text for _, text in time_ticks(at("2026-05-28T19:30"), at("2026-05-29T03:00"), 4)]
    assert texts == ["28 May 20:00", "22:00", "29 May 00:00", "02:00"]


def test_days_and_months_and_years_are_round() -> None:
    assert [text for _, text in time_ticks(at("2026-05-28T12:00"), at("2026-06-01T12:00"), 5)] == [
        "29 May 2026", "30 May", "31 May", "1 Jun",
    ]  # fmt: skip
    texts = [text for _, text in time_ticks(at("2025-10-15"), at("2026-02-15"), 5)]
    assert texts == ["1 Nov 2025", "1 Dec", "1 Jan 2026", "1 Feb"]


def test_times_stay_round_where_the_clocks_change() -> None:
    ticks = time_ticks(at("2026-03-28T22:00"), at("2026-03-29T10:00"), 6)
    assert [text for _, text in ticks][:3] == ["28 Mar 22:00", "29 Mar 00:00", "04:00"]
    assert all(datetime.fromtimestamp(place).minute == 0 for place, _ in ticks)


@pytest.mark.parametrize(
    ("low", "high"), [(0, 0), (5, 1), (0, 1e15), (-1e300, 1e300), (math.nan, 1), (0, math.inf), (0, 2.5e11), (0, 1e-9)]
)
def test_ranges_without_sensible_dates_have_few_ticks_or_none(low: float, high: float) -> None:
    assert len(time_ticks(low, high, 5)) <= 12


def test_a_moment_outside_of_all_calendars_is_a_number() -> None:
    assert moment_text(1e300) == "1e300"
    assert moment_text(at("2026-05-28T20:00")) == "2026-05-28 20:00:00"
