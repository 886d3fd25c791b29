"""The part of EDTF (ISO 8601-2:2019, levels 0 to 2) that news dates need: bounds, precision, overlap.

A value such as ``2026`` or ``2026-06`` is a span of days, never its first day. All bounds here are
calendar days in the proleptic Gregorian calendar, without a time zone, and *inclusive* on both sides.

Understood: day ``2023-02-22``, month ``2022-09``, year ``2022``, season and other divisions of a year
``2023-21`` to ``2023-41`` (section 4.8 of ISO 8601-2), decade ``196X`` (also ``196``), century ``18XX``,
the qualifiers ``~ ? %`` behind a value, intervals ``A/B`` with ``..`` or nothing for an open or unknown
end, and sets in doubt ``[A..B]``, ``[A,B]`` ("one of these"). A clock time behind a day is ignored.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

Precision = Literal[
    "day",
    "week",
    "month",
    "season",
    "quarter",
    "half",
    "year",
    "decade",
    "century",
    "interval",
    "set",
]
"""How finely a value is known; a week is an interval from a Monday to the Sunday after it."""

# ISO 8601-2:2019, 4.8: divisions of a year and the months they cover here (northern meteorological
# seasons; 24, winter, runs into the next year). 25-32 name hemispheres and are not used in news.
_DIVISIONS: dict[int, tuple[int, int]] = {
    21: (3, 5), 22: (6, 8), 23: (9, 11), 24: (12, 14),
    33: (1, 3), 34: (4, 6), 35: (7, 9), 36: (10, 12),
    37: (1, 4), 38: (5, 8), 39: (9, 12),
    40: (1, 6), 41: (7, 12),
}  # fmt: skip

_ATOM = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)(?:T[0-9:.Z+-]*)?)?)?"
    r"|(?P<decade>\d{3})X?|(?P<century>\d\d)XX",
    re.ASCII,
)


class EdtfError(ValueError):
    """A value that is not EDTF, or not of the part of it that is understood here."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The days that a value may cover, both inclusive; ``None`` is an open (unbounded) end."""

    first: date | None
    last: date | None

    def overlaps(self, other: "Bounds") -> bool:
        """Whether the two spans share at least one day."""
        return (self.first or date.min) <= (other.last or date.max) and (other.first or date.min) <= (
            self.last or date.max
        )

    def contains(self, other: "Bounds") -> bool:
        """Whether every day of ``other`` lies inside this span."""
        return (self.first or date.min) <= (other.first or date.min) and (other.last or date.max) <= (
            self.last or date.max
        )

    @property
    def days(self) -> int | None:
        """Length in days, at least 1; ``None`` where an end is open."""
        if self.first is None or self.last is None:
            return None
        return (self.last - self.first).days + 1


def _atom(value: str) -> tuple[date, date, Precision]:
    match = _ATOM.fullmatch(value.rstrip("~?%"))
    if match is None:
        raise EdtfError(f"not an EDTF value understood here: {value!r}")
    if match["century"]:
        year = int(match["century"]) * 100
        return date(max(year, 1), 1, 1), date(year + 99, 12, 31), "century"
    if match["decade"]:
        year = int(match["decade"]) * 10
        return date(max(year, 1), 1, 1), date(year + 9, 12, 31), "decade"
    year = int(match["year"])
    try:
        if match["day"]:
            day = date(year, int(match["month"]), int(match["day"]))
            return day, day, "day"
        if match["month"] is None:
            return date(year, 1, 1), date(year, 12, 31), "year"
        month = int(match["month"])
        if 1 <= month <= 12:
            last = date(year, month, calendar.monthrange(year, month)[1])
            return date(year, month, 1), last, "month"
        low, high = _DIVISIONS[month]
        end_year, end_month = (year, high) if high <= 12 else (year + 1, high - 12)
        last = date(end_year, end_month, calendar.monthrange(end_year, end_month)[1])
    except (ValueError, KeyError) as error:
        raise EdtfError(f"no such day, month or season: {value!r}") from error
    kind: Precision = "season" if month < 33 else "quarter" if month < 37 else "half"
    return date(year, low, 1), last, kind


def _end(value: str) -> tuple[date | None, date | None]:
    if value in ("", ".."):
        return None, None
    first, last, _ = _atom(value)
    return first, last


def _members(value: str) -> list[str] | None:
    """The parts of a set ``[..]`` or ``{..}``, or None for anything else."""
    if len(value) > 2 and (value[0], value[-1]) in (("[", "]"), ("{", "}")):
        return re.split(r"\.\.|,", value[1:-1])
    return None


@lru_cache(maxsize=65536)
def bounds(value: str) -> Bounds:
    """First and last day that ``value`` may cover, both inclusive.

    Raises:
        EdtfError: ``value`` is not understood, names a day that does not exist, or ends before it begins.
    """
    members = _members(value)
    if members is not None:
        first, last = _end(members[0].strip())[0], _end(members[-1].strip())[1]
    elif "/" in value:
        start, _, end = value.partition("/")
        first, last = _end(start)[0], _end(end)[1]
        if first is None and last is None:
            raise EdtfError(f"an interval needs at least one end: {value!r}")
    else:
        first, last, _ = _atom(value)
    if first is not None and last is not None and last < first:
        raise EdtfError(f"ends before it begins: {value!r}")
    return Bounds(first, last)


@lru_cache(maxsize=65536)
def precision(value: str) -> Precision:
    """How finely ``value`` is known.

    Raises:
        EdtfError: as :func:`bounds`.
    """
    span = bounds(value)
    if _members(value) is not None:
        return "set"
    if "/" in value:
        whole_week = span.days == 7 and span.first is not None and span.first.weekday() == 0
        return "week" if whole_week else "interval"
    return _atom(value)[2]


def is_approximate(value: str) -> bool:
    """Whether the value, or an end of it, carries a qualifier (``~`` about, ``?`` uncertain, ``%`` both)."""
    return any(mark in value for mark in "~?%")


def is_valid(value: str) -> bool:
    """Whether :func:`bounds` accepts the value."""
    try:
        bounds(value)
    except EdtfError:
        return False
    return True
