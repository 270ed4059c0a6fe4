"""Where the ticks of an axis are and what stands at them; and numbers and times as people read them."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from damnit_backend.core.texts import number_text
from damnit_gui.state.formatting import local_time, time_text

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_STEPS = (1, 2, 5, 10, 15, 30, *(n * _MINUTE for n in (1, 2, 5, 10, 15, 30)), *(n * _HOUR for n in (1, 2, 3, 6, 12)))
_DAY_STEPS = (1, 2, 5, 7, 14, 31, 62, 92, 183, 366, 732, 1830, 3660, 36600, 366000)


def number_texts(values: Sequence[float], spacing: float) -> list[str]:
    """Texts for ticks ``spacing`` apart: the digits that tell neighbours apart, powers of ten where that is long."""
    largest = max((abs(value) for value in values), default=0.0)
    if not largest or not spacing or not math.isfinite(largest):
        return [f"{value:g}" for value in values]
    step = math.floor(math.log10(spacing) + 1e-9)
    top = math.floor(math.log10(largest) + 1e-9)
    # In full, too, where neighbours differ only in the last of many digits, as train numbers do.
    if -5 < top < 6 or (step >= 0 and top - step > 3 and top < 15):
        return [f"{value + 0.0:.{max(0, -step)}f}" for value in values]
    digits = max(0, top - step)
    return ["0" if abs(value) < spacing / 2 else _power(value, digits, top) for value in values]


def _power(value: float, digits: int, exponent: int) -> str:
    return f"{value / 10.0**exponent:.{digits}f}e{exponent}"


def number(value: float) -> str:
    """A number in a sentence: whole ones in full, others with some digits."""
    if math.isfinite(value) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return number_text(value)


def moment_text(seconds: float) -> str:
    """A moment in local time; the bare number where no calendar reaches."""
    return time_text(seconds) or number(seconds)


def time_ticks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    """At most about ``most`` ticks at round local times between two moments, each with its text.

    The date stands at the first tick and wherever it changes; in between, the time is enough.
    """
    first = local_time(low)
    if first is None or local_time(high) is None or not high > low:
        return []
    wanted = (high - low) / max(most, 1)
    step = next((step for step in _STEPS if step >= wanted), None)
    days = 0 if step else next((days for days in _DAY_STEPS if days * _DAY >= wanted), _DAY_STEPS[-1])
    moments = _moments(first, high, step) if step else _days(first, high, days)
    ticks: list[tuple[float, str]] = []
    before: datetime | None = None
    for moment in moments:
        if low <= moment.timestamp() <= high:
            ticks.append((moment.timestamp(), _tick_text(moment, before, step)))
            before = moment
    return ticks


def _moments(first: datetime, high: float, step: int) -> list[datetime]:
    """Local times that are multiples of the step since midnight; right also where the clocks change."""
    moments: list[datetime] = []
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    skipped = int((first.replace(tzinfo=None) - midnight).total_seconds() // step)
    count = skipped
    while True:
        wanted = midnight + timedelta(seconds=count * step)
        moment = wanted.astimezone()
        if moment.timestamp() > high:
            return moments
        # An hour that the clocks skip does not exist.
        if moment.replace(tzinfo=None) == wanted:
            moments.append(moment)
        count += 1


def _days(first: datetime, high: float, days: int) -> list[datetime]:
    """Midnights, or firsts of months where the step is a month or more."""
    moments = []
    moment = first.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    months = round(days / 30.5)
    if months >= 1:
        moment = moment.replace(month=1 if months >= 12 else moment.month, day=1)
    while moment.astimezone().timestamp() <= high:
        moments.append(moment.astimezone())
        if months >= 1:
            total = moment.month - 1 + months
            if moment.year + total // 12 > 9999:
                break
            moment = moment.replace(year=moment.year + total // 12, month=total % 12 + 1)
        else:
            moment += timedelta(days=days)
    return moments


def _tick_text(moment: datetime, before: datetime | None, step: int | None) -> str:
    date = f"{moment.day} {moment:%b}"
    new_year = before is not None and before.year != moment.year
    if step is None:
        return f"{date} {moment.year}" if before is None or new_year else date
    time = f"{moment:%H:%M:%S}" if step < _MINUTE else f"{moment:%H:%M}"
    new_day = before is None or before.date() != moment.date()
    return f"{date} {time}" if new_day else time
