"""Works the day, month or year of an article out from its text; rather no answer than a wrong one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from timeline.dates import Expression
from timeline.language import read_toml
from timeline.model import ReferenceDate
from timeline.reference.clue import FIRST_YEAR, LAST_YEAR, MONTHS, Clue, month_index
from timeline.reference.clues import Told, dated_clues, told_days
from timeline.reference.known import known_clues
from timeline.reference.tables import AROUND
from timeline.reference.told import dateline
from timeline.reference.weigh import month_shares, weight_at, year_shares

YEAR_SHARE: Final = 0.82
"""So much of the probability must lie in an answered year; docs/reference-date.md tells the precision."""

READ: Final = 20_000
"""So many characters are read: more than nearly all articles have, and a bound on the time for any text."""

_NEAR: Final = 40
"""Characters before a date in which "gestern", "am gestrigen" or "heute Abend" may stand."""

_BESIDE: Final = 120
"""Characters between "letzten Jahres" and the event that it dates."""

_EVIDENCE: Final = 5
"""So many clues are shown to the user, the strongest first."""

_UNKNOWN: Final = ReferenceDate(None, "unknown", ())


@dataclass(frozen=True, slots=True)
class _Stated:
    """Day and month of writing as the text states them; ``year`` None where it has none."""

    year: int | None
    month: int
    day: int
    shift: int
    weekday: int | None
    quote: str
    rule: str


@dataclass(frozen=True, slots=True)
class Weighed:
    """The likeliest year of an article, its share of the probability (0 to 1), and what speaks for it."""

    year: int
    share: float
    day: date | None
    evidence: tuple[str, ...]


def worked_out(text: str, expressions: Sequence[Expression]) -> ReferenceDate:
    """The reference date by the evidence of the text alone; unknown where the evidence does not suffice."""
    found = weighed(text, expressions)
    if found is None or found.share < YEAR_SHARE:
        return _UNKNOWN
    value = f"{found.year:04}" if found.day is None else found.day.isoformat()
    return ReferenceDate(value, "text", found.evidence)


def weighed(text: str, expressions: Sequence[Expression]) -> Weighed | None:
    """The likeliest year, however likely; ``day`` where the text states the day of writing. None: no clue."""
    text = text[:READ]
    expressions = [expression for expression in expressions if expression.end <= READ]
    days = told_days(text, expressions)
    clues = _once(dated_clues(text, expressions, days), known_clues(text, _named_days(days)))
    clues += _relative_clues(text, expressions, clues)
    stated = _stated(text, days)
    if stated is not None:
        clues.append(_stated_clue(stated))
    if not clues:
        return None
    shares = month_shares(clues)
    years = year_shares(shares)
    best = max(range(len(years)), key=years.__getitem__)
    year = FIRST_YEAR + best
    month = max(range(best * 12, best * 12 + 12), key=shares.__getitem__)
    day = None if stated is None else _day_of(stated, year)
    return Weighed(year, years[best], day, _evidence(clues, month))


def _named_days(days: Sequence[Told]) -> frozenset[tuple[int, int]]:
    return frozenset((told.month, told.day) for told in days if told.day is not None and told.year is None)


def _once(dated: list[Clue], known: list[Clue]) -> list[Clue]:
    """All clues, where the date of a known event is told too: told as its date, it is no news."""
    begins = {clue.pieces[0][0] for clue in known if clue.rule == "event" and clue.pieces[0][1] == MONTHS - 1}
    told = {clue.pieces[0][0] for clue in dated if clue.rule in ("day", "month") and not clue.detail}
    return [clue for clue in known if not _is_round_of(clue, told)] + [
        replace(clue, pieces=clue.pieces[:1])
        if clue.rule in ("day", "month") and clue.pieces[0][0] in begins and not clue.detail
        else clue
        for clue in dated
    ]


def _is_round_of(clue: Clue, months: set[int]) -> bool:
    """Whether it recurs and came round in one of the months: "seit der Wahl im August 2014" looks back."""
    first, _, weight = AROUND
    return clue.rule == "event" and any(low - first in months and of == weight for low, _, of in clue.pieces)


def _relative_clues(text: str, expressions: Sequence[Expression], clues: Sequence[Clue]) -> list[Clue]:
    """A known event told as last year's ("im Februar letzten Jahres, vor Russlands Invasion")."""
    found = []
    for expression in expressions:
        match = re.fullmatch(r"XXXX(?:-(\d\d))?", expression.value)
        if match is None or expression.unit != "year" or expression.anchor != "reference":
            continue
        if expression.shift is None or not -10 <= expression.shift < 0:
            continue  # the tables have an event from its announcement on, so what is "next year" is not known
        for clue in clues:
            if match[1] is None and len(clue.pieces) == 1:
                continue  # a war or a law of last year goes on; only a happening was then
            at = (
                text.find(clue.quote.split(" … ")[0])
                if clue.rule == "event" and clue.pieces[0][1] == MONTHS - 1
                else -1
            )
            if at < 0 or not -_BESIDE <= at - expression.end <= _BESIDE:
                continue
            between = text[min(expression.end, at) : max(expression.start, at)]
            year, month = divmod(clue.pieces[0][0], 12)
            if re.search(r"[a-zäöüß][.!?]\s", between) or (match[1] and abs(int(match[1]) - 1 - month) > 1):
                continue
            first = (year - expression.shift) * 12
            if 0 <= first < MONTHS - 12:
                quote = f"{' '.join(expression.text.split())} … {clue.quote}"
                found.append(Clue("span", quote, ((first, first + 11, 4.5),), clue.detail))
    return found[:2]


def _stated(text: str, days: Sequence[Told]) -> _Stated | None:
    """What the text calls today or yesterday ("am gestrigen Sonntag (6. Oktober)"), or a dateline's day."""
    line = dateline(text)
    if line is not None:
        return _Stated(line.year, line.month, line.day, 0, None, line.quote, "dateline")
    pattern, shifts = _day_words()
    for told in days:
        match = pattern.search(text[max(0, told.start - _NEAR) : told.start])
        if match is not None and told.day is not None:
            quote = " ".join(text[told.start - len(match[0]) : told.end].split())
            return _Stated(told.year, told.month, told.day, shifts[match[1]], told.weekday, quote, "today")
    return None


@lru_cache(maxsize=1)
def _day_words() -> tuple[re.Pattern[str], dict[str, int]]:
    """The words for days around the day of writing, at the end of what stands before a date."""
    shifts = read_toml("languages/de/reference/clues.toml")["days"]
    words = "|".join(sorted(shifts, key=len, reverse=True))
    parts = r"(?:(?:\s|-)?(?:früh|Morgen|Vormittag|Mittag|Nachmittag|Abend|Nacht|abend|morgen))?"
    return re.compile(rf"\b({words})[nmrs]?{parts}(?:,|\s|\(|am\b|dem\b|den\b|der\b|vom\b){{0,6}}\Z"), shifts


def _day_of(stated: _Stated, year: int) -> date | None:
    """The day of writing in ``year``; None where the day does not exist or is another weekday."""
    for of in (year, year - 1, year + 1):
        if stated.year not in (None, of):
            continue
        try:
            named = date(of, stated.month, stated.day)
        except ValueError:
            continue
        written = named - timedelta(days=stated.shift)
        if written.year == year and stated.weekday in (None, named.isoweekday()):
            return written
    return None


def _stated_clue(stated: _Stated) -> Clue:
    months = []
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        day = _day_of(stated, year)
        if day is not None:
            months.append(month_index(day))
    pieces = tuple((month, month, 7.0) for month in months if 0 <= month < MONTHS)
    return Clue(stated.rule, stated.quote, pieces or ((0, MONTHS - 1, 0.0),))


@lru_cache(maxsize=1)
def _phrases() -> dict[str, str]:
    return dict(read_toml("languages/de/reference/clues.toml")["phrases"])


def _evidence(clues: Sequence[Clue], month: int) -> tuple[str, ...]:
    """What speaks for ``month``, in words, the most telling clue first."""
    telling = []
    for clue in clues:
        spread = sum((last - first + 1) * weight for first, last, weight in clue.pieces) / MONTHS
        gain = weight_at(clue, month) - spread
        if gain > 0 and clue.quote:
            telling.append((-gain, clue))
    telling.sort(key=lambda pair: pair[0])
    texts = [_phrases()[clue.rule].format(quote=clue.quote, detail=clue.detail) for _, clue in telling]
    return tuple(dict.fromkeys(texts))[:_EVIDENCE]
