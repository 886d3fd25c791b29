"""TIMEX3 values to EDTF: the days that a value, a part of it or an open end may cover."""

from datetime import date, timedelta
from functools import lru_cache

from timeline.dates import days
from timeline.dates.expression import Bound, Part
from timeline.edtf import bounds

_PARTS: tuple[Part, ...] = ("START", "MID", "END")
_QUARTERS_AND_HALVES = {"Q1": 33, "Q2": 34, "Q3": 35, "Q4": 36, "H1": 40, "H2": 41}


@lru_cache(maxsize=1 << 14)
def edtf_of(value: str, *, part: Part | None = None, bound: Bound | None = None) -> str | None:
    """The EDTF of a TIMEX3 date or time; None where it is open or not of the calendar.

    ``part`` narrows to a third of the span, marked as approximate; ``bound`` opens one end.

    >>> edtf_of("2015-07", part="MID"), edtf_of("2022-W08"), edtf_of("2019", bound="since")
    ('2015-07-11~/2015-07-20~', '2022-02-21/2022-02-27', '2019/..')
    """
    try:
        base = _plain(value)
        if base is None:
            return None
        if part is not None:
            base = _third(value, base, _PARTS.index(part))
    except (OverflowError, ValueError):  # a week that reaches out of the years 1 to 9999
        return None
    if bound is None:
        return base
    base = _for_interval(base)
    first, _, last = base.partition("/")
    return f"{first}/.." if bound == "since" else f"../{last or first}"


def _for_interval(base: str) -> str:
    """A value as an end of an interval: there EDTF has no clock times, decades or seasons."""
    base = base.partition("T")[0]
    if base.endswith("X"):
        return f"{base.replace('X', '0')}/{base.replace('X', '9')}"
    if len(base) == 7 and base[5:] > "12":
        span = bounds(base)
        return (
            f"{span.first.isoformat()[:7]}/{span.last.isoformat()[:7]}" if span.first and span.last else base
        )
    return base


def _plain(value: str) -> str | None:
    day, time_mark, time = value.partition("T")
    if "X" in day or not day or not day[0].isdigit():
        return _coarser(day)
    if time_mark and time[:2].isdigit() and time[:2] != "24":
        return f"{day}T{time}:00"
    if len(day) == 3:
        return day + "X"
    if len(day) == 2:
        return day + "XX"
    if len(day) == 1:
        return None
    year, _, rest = day.partition("-")
    if rest in days.SEASONS:
        return f"{year}-{days.SEASONS[rest][1]}"
    if rest in _QUARTERS_AND_HALVES:
        return f"{year}-{_QUARTERS_AND_HALVES[rest]}"
    if rest[:1] == "W":
        return _week(int(year), rest)
    return day


def _coarser(day: str) -> str | None:
    """What is known of a day whose end is open: the month or the year, else None."""
    known = day
    while known.endswith("-XX"):
        known = known[:-3]
    return known if known and "X" not in known and known[0].isdigit() else None


def _week(year: int, rest: str) -> str:
    first = date.fromisocalendar(year, int(rest[1:3]), 1)
    if rest.endswith("-WE"):
        return f"{first + timedelta(days=5)}/{first + timedelta(days=6)}"
    if len(rest) == 5:
        return (first + timedelta(days=int(rest[4]) - 1)).isoformat()
    return f"{first}/{first + timedelta(days=6)}"


def _third(value: str, base: str, third: int) -> str:
    """Beginning, middle or end of a span: ten days of a month, four months of a year, and so on."""
    year, _, rest = value.partition("-")
    if len(value) == 4:
        return f"{year}-{4 * third + 1:02d}~/{year}-{4 * third + 4:02d}~"
    if len(value) == 3:
        first, last = ((0, 3), (4, 6), (7, 9))[third]
        return f"{value}{first}~/{value}{last}~"
    if len(value) == 2:
        first, last = ((0, 33), (34, 66), (67, 99))[third]
        return f"{value}{first:02d}~/{value}{last:02d}~"
    if len(value) == 7 and rest.isdigit():
        end = days.month_end(int(year), int(rest)).day
        first, last = ((1, 10), (11, 20), (21, end))[third]
        return f"{value}-{first:02d}~/{value}-{last:02d}~"
    if rest[:1] == "W" and len(rest) == 3:
        monday = date.fromisocalendar(int(year), int(rest[1:]), 1)
        first, last = ((0, 1), (2, 2), (3, 6))[third]
        low, high = monday + timedelta(days=first), monday + timedelta(days=last)
        return f"{low}~" if low == high else f"{low}~/{high}~"
    if rest in days.SEASONS:
        month = days.SEASONS[rest][0] + third
        return f"{int(year) + month // 13}-{(month - 1) % 12 + 1:02d}~"
    return base
