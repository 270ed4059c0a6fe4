"""The texts of values: short ones for the table, full ones for copying and tooltips."""

import datetime
import unicodedata
from functools import lru_cache

from damnit_backend.core.texts import array_text, complex_text, first_line, number_text
from damnit_backend.core.values import Failure, Picture, SmallArray, Trend, Value

YES, NO = "✓", "✗"
SKIPPED = "–"


@lru_cache(maxsize=1000)
def same_units(one: str, other: str) -> bool:
    """Whether two units are written alike, for the eye: there are two characters for micro, for one."""
    return unicodedata.normalize("NFKC", one).split() == unicodedata.normalize("NFKC", other).split()


def local_time(seconds: float | None, zone: datetime.tzinfo | None = None) -> datetime.datetime | None:
    """A time of the database in this computer's time zone, or ``zone``; None for what is no time."""
    if seconds is None:
        return None
    try:
        utc = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
        return utc.astimezone(zone)
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def time_text(seconds: float | None, zone: datetime.tzinfo | None = None) -> str:
    """A time for the table: 2026-03-14 15:09:26."""
    time = local_time(seconds, zone)
    return "" if time is None else time.strftime("%Y-%m-%d %H:%M:%S")


def long_time_text(seconds: float | None, zone: datetime.tzinfo | None = None) -> str:
    """A time for a tooltip, with the day of the week and the zone."""
    time = local_time(seconds, zone)
    return "" if time is None else time.strftime("%a %Y-%m-%d %H:%M:%S %Z").strip()


def time_ago(then: float, now: float) -> str:
    """How long ago: ``just now``, ``12 s ago``, ``5 min ago``, ``3 h ago``, ``2 days ago``; after ten days the day.

    What is in the future, by the clock of another computer, is now.
    """
    seconds = now - then
    if seconds < 10:
        return "just now"
    for limit, size, unit in ((100, 1, "s"), (100 * 60, 60, "min"), (36 * 3600, 3600, "h"), (864_000, 86_400, "days")):
        if seconds < limit:
            return f"{seconds / size:.0f} {unit} ago"
    return time_text(then).partition(" ")[0]


def failure_text(failure: Failure) -> str:
    """What the cell says: a dash if there is nothing on purpose, else the first words of the error."""
    return SKIPPED if failure.is_skip else first_line(failure.message) or failure.error_cls


def short_text(value: Value, units: str = "") -> str:
    """One line for the table; empty for what is drawn. ``units`` only where the column's header does not name them."""
    match value:
        case None | Trend() | Picture():
            return ""
        case bool():
            return YES if value else NO
        case int() | float():
            text = number_text(value)
        case complex():
            text = complex_text(value)
        case str():
            text = first_line(value)
        case SmallArray(data):
            text = array_text(data)
        case Failure():
            return failure_text(value)
    return f"{text} {units}" if units and text else text
