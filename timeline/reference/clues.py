"""Clues from the dates that a text names: explicit years, weekdays that fit, distances of years, ages.

Weights are natural logarithms of ratios of likelihood. They follow counts on articles with known dates:
news names its own year mostly in whole dates of what has just happened, and a year alone mostly when it is
a past one.
"""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice, pairwise
from math import log
from typing import Final

from timeline.dates import Expression
from timeline.language import read_toml
from timeline.reference.clue import FIRST_YEAR, LAST_YEAR, MONTHS, Clue, month_index

_LEAD: Final = 250
"""What stands in the first so many characters is the news itself rather than its background."""
_DAY = re.compile(r"(\d{4}|XXXX)-(\d\d)-(\d\d)(?:T.*)?")
"""A day, or a time or part of it ("in der Nacht zum 11. Februar 2006")."""
_MONTH = re.compile(r"(\d{4})-(\d\d)")
_YEAR = re.compile(r"\d{4}")
_DIVISION = re.compile(r"(\d{4})-(Q[1-4]|H[12]|SP|SU|FA|WI)")
_LAST_MONTHS: Final = {
    "Q1": 3,
    "Q2": 6,
    "Q3": 9,
    "Q4": 12,
    "H1": 6,
    "H2": 12,
    "SP": 5,
    "SU": 8,
    "FA": 11,
    "WI": 2,
}
"""The month in which a quarter, half-year or season ends; a winter in the next year."""
_WEEKDAY = re.compile(r"XXXX-WXX-(\d)")
_YEARS = re.compile(r"P(\d{1,3})Y")
_AGE = re.compile(r"\b(\d{1,3})-[Jj]ährige|\bAlter von (?:erst |nur |inzwischen )?(\d{1,3}) Jahren\b")
_JUBILEE = re.compile(r"\b(\d{1,3})\. (?:Jahrestag|Todestag|Geburtstag|Gedenktag|Jubiläum)")
_JUBILEES, _JUBILEE_DATES = 10, 200
"""So many anniversaries and dates are looked at, which bounds the time for any text."""
_JUBILEE_MONTH: Final = ((-1, 1, 7.0), (-6, -2, 4.0), (2, 4, 4.0))
_JUBILEE_YEAR: Final = ((0, 11, 5.5), (-4, -1, 4.0))
_SENTENCE: Final = 140
"""Characters between an anniversary and its date."""
_BORDER = re.compile(r"\n|[!?;](?=\s)|(?<!\d)\.(?=\s+[„\"»]?[A-ZÄÖÜ])")
_WORD = re.compile(r"\w+")

# How long after (or before) a day that a text names in full it was written: the share of articles within so
# many days. Counted on articles with known dates, rounded; what is missing to one lies anywhere.
_NEWS = ((1, 0.35), (3, 0.65), (7, 0.86), (14, 0.93), (31, 0.965), (90, 0.98), (365, 0.99))
_TOLD = ((1, 0.20), (7, 0.45), (31, 0.62), (90, 0.72), (180, 0.80), (365, 0.88), (730, 0.93))
_BACKGROUND = ((7, 0.08), (31, 0.15), (365, 0.45), (730, 0.60))
_AHEAD = ((7, 0.40), (31, 0.62), (90, 0.80), (180, 0.88), (365, 0.94), (1095, 0.98))
_NEAR_AHEAD = ((7, 0.80), (31, 0.93), (90, 0.97), (365, 0.99))
_SIDE_BY_SIDE: Final = 30
"""Characters between a distance of years and the year that it reaches."""
_LEAST_ANYWHERE = 0.03
"""Share of articles whose day of writing has nothing to do with a day that they name, at the least."""

# Shapes: (from, to, weight) in months after the date, both inclusive.
_MONTH_TOLD = ((0, 3, 4.0), (4, 15, 3.3), (16, 26, 2.3))
_YEAR_TOLD = ((0, 11, 2.1), (12, 17, 3.4), (18, 23, 3.0), (24, 35, 2.4), (36, 71, 0.8))
_SEASON_TOLD = ((0, 1, 3.0), (2, 3, 1.8), (-1, -1, 1.8))
_SEASON_AHEAD = ((-1, 0, 3.0), (-2, -2, 1.8), (-4, -3, 1.0), (1, 1, 1.5))
"""Around a day that has no year: of 32 told as past 23 lay in the month of writing or the one before."""
_SEASON = ((-3, -1, 1.5), (0, 10, 3.6), (11, 18, 1.2))
"""From August to June, as in "Saison 2010/11" or "Schuljahr 2006/2007"."""
_DIVISION_TOLD = ((-2, 3, 4.6), (4, 12, 3.4), (13, 24, 2.0))
_YEAR_NAMED = ((-24, -13, 2.2), (-12, 11, 3.2), (12, 23, 1.8))
_YEAR_AHEAD = ((-11, 0, 3.0), (-35, -12, 2.6), (-71, -36, 1.4))
_AFTER = 4.5
"""That what is told as past does not lie in the future."""


@dataclass(frozen=True, slots=True)
class Told:
    """A date as the text names it; ``year`` None where it has none, ``day`` None for a month."""

    year: int | None
    month: int
    day: int | None
    weekday: int | None
    ahead: bool
    term: bool
    background: bool
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class _Words:
    future: frozenset[str]
    background: tuple[str, ...]
    born: frozenset[str]
    term: frozenset[str]
    court: tuple[str, ...]
    over: tuple[str, ...]
    weekdays: dict[str, int]


@lru_cache(maxsize=1)
def _words() -> _Words:
    table = read_toml("languages/de/reference/clues.toml")["words"]
    forms = read_toml("languages/de/reference/headers.toml")["weekdays"]
    weekdays = {form: number for number, row in enumerate(forms, 1) for form in row}
    return _Words(
        frozenset(table["future"]), tuple(table["background"]), frozenset(table["born"]),
        frozenset(table["term"]), tuple(table["court"]), tuple(table["over"]), weekdays,
    )  # fmt: skip


def _clause(text: str, start: int, end: int) -> tuple[str, str]:
    """What stands before and behind the span in its sentence, at most 120 characters each."""
    before = text[max(0, start - 120) : start]
    borders = [match.end() for match in _BORDER.finditer(before)]
    behind = text[end : end + 120]
    border = _BORDER.search(behind)
    return before[borders[-1] if borders else 0 :], behind[: border.start() if border else None]


def told_days(text: str, expressions: Sequence[Expression]) -> list[Told]:
    """The days of the calendar that a text names, with or without a year, with the weekday named beside."""
    found = []
    table = _words()
    court = any(word.startswith(table.court) for word in _WORD.findall(text[:500].lower()))
    for k, expression in enumerate(expressions):
        match = _DAY.fullmatch(expression.value)
        if match is None or expression.unit is not None or expression.type not in ("DATE", "TIME"):
            continue
        year = None if match[1] == "XXXX" else int(match[1])
        start, weekday = expression.start, expression.weekday
        if weekday is None:
            weekday = next(
                (
                    table.weekdays[w]
                    for w in expression.text.lower().split(",")[0].split()
                    if w in table.weekdays
                ),
                None,
            )
        if weekday is None and k and expression.start - expressions[k - 1].end <= 8:
            beside = _WEEKDAY.fullmatch(expressions[k - 1].value)
            if beside and "\n" not in text[expressions[k - 1].end : expression.start]:
                weekday, start = int(beside[1]), expressions[k - 1].start
        before, behind = _clause(text, start, expression.end)
        words = _WORD.findall((before[-60:] + " " + behind[:60]).lower())
        near = _WORD.findall((before[-70:] + " " + behind[:25]).lower())
        background = any(word.startswith(table.background) for word in near)
        if any(phrase in before[-60:].lower() for phrase in table.over):
            background = True
        if court and not any(word.startswith(table.court) for word in near):
            background = True
        found.append(
            Told(
                year,
                int(match[2]),
                int(match[3]),
                weekday,
                ahead=expression.bound in ("until", "before")
                or (expression.bound != "since" and any(word in table.future for word in words)),
                term=expression.bound in ("until", "since") or any(word in table.term for word in words),
                background=background or expression.bound == "since",
                start=start,
                end=expression.end,
                quote=" ".join(text[start : expression.end].split()),
            )
        )
    return found


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _around(month: int, shape: tuple[tuple[int, int, float], ...]) -> list[tuple[int, int, float]]:
    pieces = []
    for first, last, weight in shape:
        low, high = max(month + first, 0), min(month + last, MONTHS - 1)
        if low <= high:
            pieces.append((low, high, weight))
    return pieces


def _spread(day: date, shares: tuple[tuple[int, float], ...], sign: int) -> list[tuple[int, int, float]]:
    """The weights of the months in which an article naming ``day`` was written; ``sign`` -1: before it."""
    pieces = []
    month = month_index(day)
    done = 0.0
    anywhere = max(1 - shares[-1][1], _LEAST_ANYWHERE) / MONTHS
    for k in range(shares[-1][0] // 30 + 2):
        year, zero = divmod(day.year * 12 + day.month - 1 + sign * k, 12)
        edge = date(year, zero + 1, 1 if sign < 0 else monthrange(year, zero + 1)[1])
        upto = _share(abs((edge - day).days), shares)
        if 0 <= month + sign * k < MONTHS and upto - done > anywhere:
            pieces.append((month + sign * k, month + sign * k, log((upto - done) / anywhere)))
        done = upto
    return pieces


def _share(days: int, shares: tuple[tuple[int, float], ...]) -> float:
    """The share of articles written within ``days``, interpolated between the counts."""
    before_days, before = -1, 0.0
    for limit, share in shares:
        if days <= limit:
            return before + (share - before) * (days - before_days) / (limit - before_days)
        before_days, before = limit, share
    return before


def dated_clues(text: str, expressions: Sequence[Expression], days: Sequence[Told]) -> list[Clue]:
    """The clues of the dates that the text names."""
    jubilee = _jubilee(text, expressions)
    if jubilee is not None:  # its year is long ago, wherever the text names it
        year = jubilee[1].value[:4]
        expressions = [expression for expression in expressions if expression.value[:4] != year]
        days = [told for told in days if told.year != int(year)]
    clues = _weekday_clues(days)
    clues += _explicit_clues(text, expressions, days)
    clues += _span_clues(text, expressions, days)
    clues += _age_clues(text, expressions)
    clues += _beside_clues(text, expressions)
    return clues if jubilee is None else [*clues, jubilee[0]]


def _weekday_clues(days: Sequence[Told]) -> list[Clue]:
    """The 22nd of February is a Wednesday in some years only ("Mittwoch, 22. Februar": 2017, 2023)."""
    clues = []
    seasons: set[tuple[int, bool]] = set()
    for told in days:
        if told.day is None:
            continue
        if told.weekday is None:
            if told.year is None and not told.background and len(seasons) < 2:
                seasons.add((told.month, told.ahead))
            continue
        if told.year is not None:
            day = _real(told.year, told.month, told.day)
            if day is not None and day.isoweekday() == told.weekday:
                continue  # the year itself is the clue
        pieces: list[tuple[int, int, float]] = []
        years = []
        for year in range(FIRST_YEAR, LAST_YEAR + 1):
            day = _real(year, told.month, told.day)
            if day is not None and day.isoweekday() == told.weekday:
                month = month_index(day)
                shape = (
                    ((-2, 1, 6.0), (-5, -3, 3.0)) if told.ahead else ((0, 1, 6.0), (2, 4, 3.0), (-1, -1, 2.0))
                )
                pieces += _around(month, shape)
                years.append(year)
        if years:
            clues.append(Clue("weekday", told.quote, tuple(pieces)))
    # A day without its year lies in the months around the day of writing.
    for number, ahead in seasons:
        clues.append(_season_clue(number, ahead=ahead))
    return clues


@lru_cache(maxsize=24)
def _season_clue(number: int, *, ahead: bool) -> Clue:
    shape = _SEASON_AHEAD if ahead else _SEASON_TOLD
    pieces = [piece for first in range(number - 1, MONTHS, 12) for piece in _around(first, shape)]
    return Clue("season", "", tuple(pieces))


def _explicit_clues(text: str, expressions: Sequence[Expression], days: Sequence[Told]) -> list[Clue]:
    """The latest explicit day, month or year that is told as past, and the earliest day and year ahead."""
    past: list[tuple[int, Clue]] = []
    ahead: dict[str, tuple[int, Clue]] = {}
    for told in days:
        day = None if told.year is None or told.day is None else _real(told.year, told.month, told.day)
        if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
            continue
        if told.weekday not in (None, day.isoweekday()):
            continue
        month = month_index(day)
        if told.ahead:
            if "day" not in ahead or month < ahead["day"][0]:
                shares = _NEAR_AHEAD if told.weekday else _AHEAD
                shape = _around(month, _YEAR_AHEAD) if told.term else _spread(day, shares, -1)
                ahead["day"] = month, Clue("future", told.quote, tuple(shape))
            continue
        pieces = [(month, MONTHS - 1, _AFTER)]
        news = told.weekday is not None or (told.start < _LEAD and not told.background)
        pieces += _spread(day, _NEWS if news else _BACKGROUND if told.background else _TOLD, 1)
        # A coming day told in the present tense: one in eight, in the opening one in fifty.
        ahead_by_chance = ((-1, -1, 3.7),) if news else ((-1, -1, 5.7), (-3, -2, 4.5))
        if not told.background:
            pieces += [(low, high, _AFTER + weight) for low, high, weight in _around(month, ahead_by_chance)]
        past.append((month, Clue("day", told.quote, tuple(pieces), "weekday" if told.weekday else "")))
    for expression in expressions:
        if expression.type != "DATE" or expression.unit is not None:
            continue
        division = _DIVISION.fullmatch(expression.value)
        if division and FIRST_YEAR <= int(division[1]) < LAST_YEAR:
            end = date(int(division[1]) + (division[2] == "WI"), _LAST_MONTHS[division[2]], 1)
            if not _lies_ahead(text, expression):
                low = max(month_index(end) - 2, 0)
                pieces = [(low, MONTHS - 1, 3.0), *_around(month_index(end), _DIVISION_TOLD)]
                past.append((low, Clue("month", " ".join(expression.text.split()), tuple(pieces))))
            continue
        whole = _YEAR.fullmatch(expression.value) is not None
        if not (whole or _MONTH.fullmatch(expression.value)):
            continue
        year = int(expression.value[:4])
        if not FIRST_YEAR <= year <= LAST_YEAR:
            continue
        month = month_index(date(year, 1 if whole else int(expression.value[5:7]), 1))
        quote = " ".join(expression.text.split())
        if _lies_ahead(text, expression):
            if "year" not in ahead or month < ahead["year"][0]:
                shape = _around(month + 11 if whole else month, _YEAR_AHEAD)
                ahead["year"] = month, Clue("future", quote, tuple(shape))
        else:
            if whole and _is_name(text, expression.start):
                past.append((month, Clue("year", quote, tuple(_around(month, _YEAR_NAMED)))))
                continue
            if "two-years" in expression.traits:
                past.append((month, Clue("year", quote, tuple(_around(month + 7, _SEASON)))))
                continue
            if whole and expression.part == "END":
                month += 8  # "Ende 2008" begins in September
            told_shape = _MONTH_TOLD if not whole or expression.part else _YEAR_TOLD
            shape = _around(month, told_shape)
            clue = Clue("year" if whole else "month", quote, ((month, MONTHS - 1, 3.0), *shape))
            past.append((month, clue))
    # Each older one is background of the latest; it adds nothing.
    newest = max(past, key=lambda pair: pair[0]) if past else None
    clues = [] if newest is None else [newest[1]]
    # What lies before a date told as past does not lie ahead, whatever the words around it.
    return clues + [clue for month, clue in ahead.values() if newest is None or month >= newest[0]]


def _is_name(text: str, start: int) -> bool:
    """Whether the year at ``start`` belongs to a name: "Bundestagswahl 2009", "Haushalt 2007"."""
    before = _WORD.findall(text[max(0, start - 40) : start])
    return (
        bool(before) and before[-1][0].isupper() and len(before[-1]) > 2 and not before[-1].startswith("Jahr")
    )


def _lies_ahead(text: str, expression: Expression) -> bool:
    before, behind = _clause(text, expression.start, expression.end)
    words = _WORD.findall((before[-45:] + " " + behind[:45]).lower())
    last = _WORD.findall(before[-30:].lower())[-2:]
    if expression.bound == "since" or "seit" in last:
        return False
    return expression.bound in ("until", "before") or any(word in _words().future for word in words)


def _beside_clues(text: str, expressions: Sequence[Expression]) -> list[Clue]:
    """A year counted and named at once tells the year of writing: "im vergangenen Jahr (2011)"."""
    clues = []
    for one, other in pairwise(expressions):
        counted, named = (one, other) if one.unit == "year" else (other, one)
        between = text[one.end : other.start]
        if (
            counted.unit != "year"
            or counted.anchor != "reference"
            or counted.shift is None
            or not counted.value.startswith("XXXX")
            or not _YEAR.fullmatch(named.value[:4])
            or not re.fullmatch(r",?\s\(?|\s?\(", between)
        ):
            continue
        year = int(named.value[:4]) - counted.shift
        if FIRST_YEAR <= year <= LAST_YEAR:
            month = month_index(date(year, 1, 1))
            quote = " ".join(text[one.start : other.end].split())
            clues.append(Clue("span", quote, ((month, month + 11, 6.0),), str(year)))
    return clues


def _span_clues(text: str, expressions: Sequence[Expression], days: Sequence[Told]) -> list[Clue]:
    """What lies so many years back tells the year of writing ("vor zwei Jahren, 2021")."""
    clues = []
    spans = []
    for expression in expressions:
        match = _YEARS.fullmatch(expression.value)
        if match is None or not 1 <= int(match[1]) <= 100:
            continue
        behind = text[expression.end : expression.end + 6].split()
        back = expression.shift is not None and expression.shift < 0 and expression.anchor == "reference"
        since = behind[:1] == ["nach"] and expression.start < _LEAD
        if (back and not expression.span and int(match[1]) > 1) or since:
            spans.append((int(match[1]), expression))
    if not spans:
        return []
    current = {told.year for told in days if told.year is not None and not told.background and not told.ahead}
    for expression in expressions:
        if expression.type != "DATE" or expression.unit is not None or not expression.value[:4].isdecimal():
            continue
        year = int(expression.value[:4])
        if year in current:
            continue  # what happens now is not what lies back
        for years, span in spans:
            distance = max(expression.start - span.end, span.start - expression.end)
            if not FIRST_YEAR <= year + years <= LAST_YEAR or distance > 300:
                continue
            match = _MONTH.match(expression.value)
            month = month_index(date(year + years, int(match[2]) if match and match[2].isdecimal() else 6, 1))
            exact = match is not None
            low, high = sorted((expression, span), key=lambda item: item.start)
            apart = distance >= 120 or span.bound == "since" or _BORDER.search(text, low.end, high.start)
            # "vor zwei Jahren, 2021": side by side it is the same time; further apart often another.
            weight = 1.5 if apart else 5.0 if distance <= _SIDE_BY_SIDE else 2.5
            shape = (
                ((-6, 6, weight), (7, 11, weight / 3)) if exact else ((-5, 6, weight), (-11, 12, weight / 4))
            )
            quote = f"{' '.join(low.text.split())} … {' '.join(high.text.split())}"
            clues.append(Clue("span", quote, tuple(_around(month, shape)), f"{year} + {years}"))
    # Of several sums the surest count.
    return sorted(clues, key=lambda clue: -max(piece[2] for piece in clue.pieces))[:3]


def _jubilee(text: str, expressions: Sequence[Expression]) -> tuple[Clue, Expression] | None:
    """An anniversary and the date of what it recalls: "zum 16. Jahrestag ... vom 4. Juni 1989"."""
    dated = [e for e in expressions if e.type == "DATE" and e.value[:4].isdecimal() and e.unit is None]
    for match in islice(_JUBILEE.finditer(text), _JUBILEES) if dated else ():
        for expression in dated[:_JUBILEE_DATES]:
            low, high = sorted((match.span(), (expression.start, expression.end)))
            year = int(expression.value[:4]) + int(match[1])
            if (
                not 0 <= high[0] - low[1] <= _SENTENCE
                or not FIRST_YEAR <= year <= LAST_YEAR
                or _BORDER.search(text, low[1], high[0])
            ):
                continue
            found = _MONTH.match(expression.value)
            if found is not None:
                around = _around(month_index(date(year, int(found[2]), 1)), _JUBILEE_MONTH)
            else:
                around = _around(month_index(date(year, 1, 1)), _JUBILEE_YEAR)
            quote = " ".join(text[low[0] : high[1]].split())
            quote = quote if len(quote) <= 80 else f"{quote[:38]} … {quote[-38:]}"
            return Clue("span", quote, tuple(around), f"{expression.value[:4]} + {match[1]}"), expression
    return None


def _age_clues(text: str, expressions: Sequence[Expression]) -> list[Clue]:
    """A birthday and an age tell the year, where the text is about one person only."""
    ages = {int(match[1] or match[2]) for match in _AGE.finditer(text)}
    if not ages or len(ages) > 2:
        return []
    born = _words().born
    clues = []
    for expression in expressions:
        value = expression.value
        if expression.type != "DATE" or not value[:4].isdecimal() or expression.unit is not None:
            continue
        before, behind = _clause(text, expression.start, expression.end)
        if not born.intersection(_WORD.findall((before[-25:] + " " + behind[:40]).lower())):
            continue
        for age in ages:
            year = int(value[:4]) + age
            if not FIRST_YEAR <= year < LAST_YEAR:
                continue
            match = _MONTH.match(value)
            if match and match[2].isdecimal():
                month = month_index(date(year, int(match[2]), 1))
                pieces = tuple(_around(month, ((0, 12, 4.0),)))
            else:
                pieces = tuple(_around(month_index(date(year, 1, 1)), ((0, 11, 3.4), (12, 23, 3.4))))
            clues.append(Clue("age", " ".join(expression.text.split()), pieces, f"{value[:4]} + {age}"))
    return clues[:2]
