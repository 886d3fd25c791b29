"""Arithmetic on calendar days: weeks, months, seasons, holidays. Proleptic Gregorian, no time zone."""

import calendar
from datetime import date, timedelta
from functools import lru_cache

SEASONS = {"SP": (3, 21), "SU": (6, 22), "FA": (9, 23), "WI": (12, 24)}
"""First month of the meteorological season and its EDTF number (ISO 8601-2, 4.8); winter runs into the
next year."""


def add_months(day: date, months: int) -> date:
    """The same day of another month, or the last one that exists there.

    Raises:
        OverflowError: outside the years 1 to 9999.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not 1 <= year <= 9999:
        raise OverflowError(f"year {year}")
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def monday(day: date) -> date:
    """The Monday of the ISO week that the day lies in."""
    return day - timedelta(days=day.weekday())


def iso_week(day: date) -> str:
    """The ISO week of a day, ``2023-W08``."""
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"


@lru_cache(maxsize=1024)
def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar.

    Source: the anonymous algorithm printed in Nature, 20 April 1876 (Meeus, Astronomical Algorithms, ch. 8).
    """
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    q = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * q) // 451
    month, day = divmod(h + q - 7 * m + 114, 31)
    return date(year, month, day + 1)


def feast(rule: str, year: int) -> date:
    """The day of a holiday in a year.

    ``rule`` is ``12-25``, ``E+39`` (days from Easter Sunday), ``A-28`` (days from the fourth Sunday of
    Advent, the last before Christmas Day), ``S05-2`` (the second Sunday of May), ``W10-1-6`` (the first
    Saturday of October) or ``W10-L-6`` (the last).
    """
    if rule[0] == "E":
        return easter(year) + timedelta(days=int(rule[1:]))
    if rule[0] == "A":
        eve = date(year, 12, 24)
        return eve - timedelta(days=(eve.weekday() + 1) % 7) + timedelta(days=int(rule[1:]))
    if rule[0] == "S":
        month, number = rule[1:].split("-")
        first = date(year, int(month), 1)
        return first + timedelta(days=6 - first.weekday() + 7 * (int(number) - 1))
    if rule[0] == "W":
        return _nth_weekday(year, *rule[1:].split("-"))
    month, day = rule.split("-")
    return date(year, int(month), int(day))


def _nth_weekday(year: int, month: str, number: str, weekday: str) -> date:
    if number == "L":
        last = month_end(year, int(month))
        return last - timedelta(days=(last.isoweekday() - int(weekday)) % 7)
    first = date(year, int(month), 1)
    return first + timedelta(days=(int(weekday) - first.isoweekday()) % 7 + 7 * (int(number) - 1))


def valid_day(year: int, month: int, day: int) -> date | None:
    """The day, or None where the calendar has none."""
    if 1 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]:
        return date(year, month, day)
    return None
