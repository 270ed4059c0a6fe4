"""Texts of values."""

import datetime
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from damnit_backend.core.texts import full_text
from damnit_backend.core.values import Failure, Picture, SmallArray, Trend
from damnit_gui.state.formatting import long_time_text, same_units, short_text, time_ago, time_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (-12345678901, "-12345678901"),
        (0.25, "0.25"),
        (1 / 3, "0.333333"),
        (5.0, "5"),
        (123456789.0, "1.23457e8"),
        (2e-7, "2e-7"),
        (-1.5e-30, "-1.5e-30"),
        (math.nan, "NaN"),
        (math.inf, "inf"),
        (True, "✓"),
        (False, "✗"),
        (1 + 2j, "1+2j"),
        (-1 - 0.5j, "-1-0.5j"),
        ("one line", "one line"),
        ("\n first \nsecond", "first …"),
        ("", ""),
        (None, ""),
        (Failure("Skip", "dark run"), "–"),
        (Failure("ValueError", "no peak\nmore"), "no peak …"),
        (Failure("ValueError", ""), "ValueError"),
        (Picture(b""), ""),
        (Trend(np.arange(2.0), np.arange(2.0)), ""),
        (SmallArray(np.array([1, 2, 3])), "[1, 2, 3] (3)"),
        (SmallArray(np.arange(20.0).reshape(4, 5)), "[0, 1, 2, 3, 4, 5, …] (4×5)"),
        (SmallArray(np.array([True, False])), "[true, false] (2)"),
        (SmallArray(np.array(["a", "b"])), "[a, b] (2)"),
        (SmallArray(np.array([])), "[] (0)"),
    ],
)
def test_the_short_text_fits_into_a_line(value, text) -> None:
    assert short_text(value) == text


def test_units_follow_what_has_some() -> None:
    assert short_text(1.5, "mm") == "1.5 mm"
    assert short_text(SmallArray(np.array([1])), "mm") == "[1] (1) mm"
    for value in (None, True, Failure("Skip", ""), ""):
        assert "mm" not in short_text(value, "mm")


@given(st.floats(allow_nan=False))
def test_a_number_keeps_six_digits_in_short_and_all_in_full(value) -> None:
    assert float(full_text(value)) == value
    if math.isfinite(value) and abs(value) > 1e-300:
        assert float(short_text(value)) == pytest.approx(value, rel=1e-5)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "yes"),
        (2, "2"),
        (1j, "1j"),
        ("a\nb", "a\nb"),
        (Failure("ValueError", "no"), "ValueError: no"),
        (Failure("ValueError", ""), "ValueError"),
        (SmallArray(np.array([1, 2])), "[1, 2]"),
        (Picture(b""), "image"),
        (Trend(np.arange(2.0), np.arange(2.0)), "curve of 2 points"),
    ],
)
def test_the_full_text_loses_nothing(value, text) -> None:
    assert full_text(value) == text


def test_times_are_shown_in_the_time_zone() -> None:
    zone = datetime.timezone(datetime.timedelta(hours=2), "CEST")
    assert time_text(0.0, zone) == "1970-01-01 02:00:00"
    assert long_time_text(0.0, zone) == "Thu 1970-01-01 02:00:00 CEST"


@pytest.mark.parametrize("seconds", [None, math.nan, math.inf, 1e300, -1e20, "yesterday"])
def test_what_is_no_time_is_empty(seconds) -> None:
    assert time_text(seconds) == ""
    assert long_time_text(seconds) == ""


def test_units_are_the_same_if_they_look_alike() -> None:
    assert same_units("\u00b5J", "\u03bcJ")
    assert same_units(" mm", "mm ")
    assert not same_units("mJ", "MJ")
    assert not same_units("", "m")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "just now"),
        (0.2, "just now"),
        (12, "12 s ago"),
        (99, "99 s ago"),
        (300, "5 min ago"),
        (7300, "2 h ago"),
        (2e5, "2 days ago"),
    ],
)
def test_times_are_relative_while_they_are_near(seconds, text) -> None:
    assert time_ago(1.7e9 - seconds, 1.7e9) == text


def test_a_time_long_ago_is_a_day() -> None:
    assert time_ago(1.7e9, 1.7e9 + 2e6) == time_text(1.7e9)[:10]
