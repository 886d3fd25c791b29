"""Dates that belong together: "von Mai bis September 2021", "von Montag bis Freitag".

A year told once holds for the whole list or range, and a range ends after it begins.
"""

import re

from timeline.dates.expression import Expression

_JOINED = re.compile(
    r"\s*(,|und|oder|sowie|bzw\.|beziehungsweise|bis|/|-|–)(?:\s+(?:im|am|zum|dem|den|vom|in|bis|Monat))*\s*"
)
_LONGEST = 24
_RANGES = ("bis", "-", "–")


def _joint(text: str, before: Expression, after: Expression) -> str | None:
    """The word that joins two neighbours, None if something else stands between."""
    if not 0 <= after.start - before.end <= _LONGEST:
        return None
    match = _JOINED.fullmatch(text, before.end, after.start)
    return match[1] if match else None


def _lacks_year(e: Expression) -> bool:
    rest = e.value[5:]
    return (
        e.type == "DATE"
        and e.value[:5] == "XXXX-"
        and rest[:1] != "W"
        and "X" not in rest
        and e.shift is None
        and e.unit is None
        and e.feast is None
    )


def _with_year_of(e: Expression, other: Expression) -> Expression:
    """``e`` in the year that ``other`` tells, or in the year before if it comes later in it."""
    rest = other.value[5:]
    if other.type != "DATE" or not rest or rest[0] == "W" or "X" in rest:
        return e
    mine = e.value[5:]
    earlier = mine[:1].isdigit() and rest[:1].isdigit() and mine > rest and mine[:2] != rest[:2]
    if other.value[:4].isdigit():
        return e._replace(value=f"{int(other.value[:4]) - earlier:04d}{e.value[4:]}")
    if other.unit == "year" and other.shift is not None:
        return e._replace(unit="year", shift=other.shift - earlier)
    return e


def _same_day(before: Expression, after: Expression) -> tuple[Expression, Expression]:
    """A weekday and the day of the month in brackets behind it are one: "am Mittwoch (23. März)"."""
    weekday = before.value[9:]
    is_weekday = before.value[:9] == "XXXX-WXX-" and weekday.isdigit() and before.shift is None
    rest = after.value[5:]
    if not is_weekday or after.type != "DATE" or len(rest) != 5 or rest[0] == "W" or "X" in rest:
        return before, after
    return before._replace(value=after.value, weekday=int(weekday)), after._replace(weekday=int(weekday))


def join(text: str, expressions: list[Expression]) -> tuple[list[Expression], frozenset[int]]:
    """The expressions with the years that hold for them, and the indices of those that end a range."""
    result = list(expressions)
    ends: set[int] = set()
    for i in range(len(result) - 2, -1, -1):
        before, after = result[i], result[i + 1]
        if after.start == before.end + 2 and text.startswith(" (", before.end):
            result[i : i + 2] = _same_day(before, after)
            continue
        joint = _joint(text, before, after)
        if joint is None:
            continue
        if _lacks_year(before):
            result[i] = _with_year_of(before, after)
        if joint in _RANGES and before.value[:4] == after.value[:4] == "XXXX":
            ends.add(i + 1)
    return result, frozenset(ends)
