"""Cron: how close together the times of a cron expression come.

Five fields (minute, hour, day of month, month, day of week), or six with seconds in front;
names, ranges, lists, steps and the macros of crontab(5).
"""

from __future__ import annotations

import re
from itertools import pairwise

_MACROS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_DAYS = {name: n for n, name in enumerate(["sun", "mon", "tue", "wed", "thu", "fri", "sat"])}
_PART = re.compile(r"(?:(\*|\?)|(\w{1,4})(?:-(\w{1,4}))?)(?:/(\d{1,4}))?")
_LONGEST = 200
DAY = 24 * 60 * 60


def smallest_gap(expression: str) -> int | None:
    """Seconds between the two closest times at which it fires, at most a day; None if it can't be read."""
    text = expression.strip().lower()
    fields = _MACROS.get(text, text).split()
    if len(text) > _LONGEST or len(fields) not in (5, 6):
        return None
    seconds = _values(fields.pop(0), 0, 59) if len(fields) == 6 else [0]
    minutes, hours = _values(fields[0], 0, 59), _values(fields[1], 0, 23)
    if not seconds or not minutes or not hours:
        return None
    inner = _gaps(seconds, 60 if len(minutes) * len(hours) > 1 else 0)
    times = [3600 * hour + 60 * minute for hour in hours for minute in minutes]
    wraps = DAY if _on_days_in_a_row(fields[2], fields[4]) else 0
    outer = _gaps(times, wraps)
    if len(seconds) > 1:
        # the last second of one minute to the first of the next time
        outer = outer - seconds[-1] + seconds[0] if outer < DAY else outer
        return min(inner, outer) if inner else outer
    return outer


def _gaps(times: list[int], whole: int) -> int:
    """The smallest distance between neighbours, and round the end where there is a `whole`."""
    gaps = [b - a for a, b in pairwise(times)]
    if whole:
        gaps.append(times[0] + whole - times[-1])
    return min(gaps, default=DAY)


def _values(field: str, low: int, high: int, names: dict[str, int] | None = None) -> list[int]:
    """The numbers a field stands for, sorted; [] when it can't be read."""
    found: set[int] = set()
    for part in field.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            return []
        first, last = low, high
        if not match[1]:
            bounds = [_value(text, names) for text in (match[2], match[3] or match[2])]
            if None in bounds:
                return []
            first, last = bounds[0] or 0, bounds[1] or 0
            if match[4] and not match[3]:
                last = high  # 5/10: from 5 on
        step = int(match[4] or 1)
        if step == 0 or first < low or last > high:
            return []
        found.update(range(first, last + 1, step))
    return sorted(found)


def _value(text: str, names: dict[str, int] | None) -> int | None:
    if text.isdecimal():
        return int(text)
    return (names or {}).get(text)


def _on_days_in_a_row(day: str, weekday: str) -> bool:
    """Whether it can fire on two days that follow each other."""
    days = _values(day, 1, 31)
    weekdays = {n % 7 for n in _values(weekday, 0, 7, _DAYS)}
    if day not in ("*", "?") and weekday not in ("*", "?"):
        return True  # cron fires when either fits
    if weekday not in ("*", "?"):
        return any((n + 1) % 7 in weekdays for n in weekdays)
    month_ends = 1 in days and any(n in days for n in (28, 29, 30, 31))
    return month_ends or any(n + 1 in days for n in days)
