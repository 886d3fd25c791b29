"""Expressions to dates: the reference date, the tense of the clause and the dates told before decide.

The reference may be a day, a month or a year. A value is counted from its first and from its last day,
and answered only if both agree; else it stays as open as the words leave it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from timeline.dates import days
from timeline.dates.expression import Expression
from timeline.dates.reach import reach
from timeline.dates.span import edtf_of
from timeline.dates.tense import Tense, tense_at
from timeline.edtf import EdtfError, bounds
from timeline.model import Basis, ReferenceDate, Timex

_NEAR = 60
_FAR = 300
"""Days. A date without a year that the tense puts further off than _FAR lies on the other side of the
reference if it is nearer than _NEAR there: no newspaper says "am 3. Mai" of eleven months ago."""
_CHAIN = 1000
"""Characters over which a year told with a month or a day carries on; a year alone does so only within its
sentence."""
_RECENT = 45
"""Days. A date without a year so near to the reference is of these days, whatever year was told before."""
_NEWS_LENGTH = 2000
"""Characters. News tells a day near its own at least once in so many; where none is told, "heute" means
nowadays."""
_DAY_REACH = 1000
"""Characters over which "am Abend" belongs to the day told before, within a paragraph."""
_CLOCK_REACH = 200
"""Characters over which a clock time belongs to the day told before, if no entry of a list ("Bozen: ...")
and no paragraph begins between."""
_NEW_SENTENCE = re.compile(r"(?<!\d)[.!?]\s|\n\s*\n")
_NEW_ENTRY = re.compile(r":\s|\n\s*\n")
_OPEN = {"XXXX-XX-XX", "XXXX-XX", "XXXX", "XXX", "XX", "X", "XXXX-WXX", "XXXX-WXX-WE"}

Span = tuple[date, date]


@dataclass(slots=True)
class _Told:
    """What the article has told so far, and where it did."""

    day: date | None = None
    day_at: int = -1
    month: tuple[int, int] | None = None
    year: int | None = None
    chain: int | None = None
    chain_at: int = -1
    chain_long: bool = False


def resolve(text: str, expressions: list[Expression], reference: ReferenceDate) -> list[Timex]:
    """The expressions as dates, in the same order.

    Where the reference is unknown or too coarse, the value keeps its ``X`` and ``edtf`` is None.
    """
    ends: Span | None = None
    if reference.value is not None:
        span = bounds(reference.value)
        if span.first is not None and span.last is not None:
            ends = span.first, span.last
    resolver = _Resolver(text, expressions, ends)
    return [resolver.timex(index) for index in range(len(expressions))]


class _Resolver:
    """One article, read from front to back."""

    def __init__(self, text: str, expressions: list[Expression], ends: Span | None) -> None:
        self._text = text
        self._expressions = expressions
        self._ends = ends
        self._told = _Told()
        near = sum(e.rule in _NEWSY for e in expressions)
        self._newsy = near * _NEWS_LENGTH >= len(text)

    def timex(self, index: int) -> Timex:
        """The expression at ``index``; to be asked in order."""
        expression = self._expressions[index]
        value, basis = self._value(expression)
        edtf = self._edtf(index, value)
        first = last = None
        if edtf is not None:
            try:
                span = bounds(edtf)
                first, last = span.first, span.last
            except EdtfError:
                edtf = None
        e = expression
        timex = Timex(e.start, e.end, e.text, e.type, value, edtf, e.rule, basis, first, last)
        self._remember(expression, timex)
        return timex

    def _value(self, e: Expression) -> tuple[str, Basis]:
        value = e.value
        if e.type in ("DURATION", "SET"):
            return value, "explicit" if e.shift is None else "reference"
        if value[0] == "P" or value[0] == "F":
            return value, "reference"
        body, mark, time = value.partition("T")
        if "X" not in body:
            return value, "explicit"
        if e.feast is not None and body[0] != "X":
            return days.feast(e.feast, int(body[:4])).isoformat(), "explicit"
        if (
            e.rule in ("today", "today-adjective")
            and e.shift == 0
            and not self._newsy
            and not self._is_day(e)
        ):
            return "PRESENT_REF", "reference"
        if e.anchor == "previous":
            found, basis = self._from_previous(e, body)
        elif mark and e.shift is None and body == "XXXX-XX-XX":
            found, basis = self._day_of_time(e, time)
        else:
            found, basis = self._from_reference(e, body)
        return (found or body) + (mark + time if mark else ""), basis

    def _is_day(self, e: Expression) -> bool:
        """Whether "heute" is the day even in an essay: as an end ("bis heute"), or of what has happened."""
        before = self._text[max(0, e.start - 4) : e.start].lower()
        return before == "bis " or tense_at(self._text, e.start, e.end) == "past"

    def _from_previous(self, e: Expression, body: str) -> tuple[str | None, Basis]:
        told = self._told
        if body == "XXXX-XX-XX" or body == "XXXX-WXX":
            anchor = told.day
        elif body == "XXXX-XX":
            anchor = date(*told.month, 1) if told.month else None
        else:
            anchor = date(told.year, 1, 1) if told.year else None
        if anchor is not None:
            return _shifted(e, body, anchor), "previous"
        if e.rule in ("anaphoric", "this-day") or body != "XXXX-XX-XX":
            return self._agreed(lambda ref: _shifted(e, body, ref)), "reference"
        return None, "previous"

    def _day_of_time(self, e: Expression, time: str) -> tuple[str | None, Basis]:
        told = self._told
        if told.day is not None:
            between = self._text[told.day_at : e.start]
            reach_on = len(between) < _CLOCK_REACH and not _NEW_ENTRY.search(between)
            if not time[0].isdigit():
                reach_on = len(between) < _DAY_REACH and "\n\n" not in between
            if reach_on:
                return told.day.isoformat(), "previous"
        return self._agreed(lambda ref: ref.isoformat()), "reference"

    def _from_reference(self, e: Expression, body: str) -> tuple[str | None, Basis]:
        if e.rule == "part-unit" and body == "XXXX" and self._told.chain is not None:
            if not _NEW_SENTENCE.search(self._text[self._told.chain_at : e.start]):
                return f"{self._told.chain:04d}", "previous"
        if e.shift is not None:
            return self._agreed(lambda ref: _shifted(e, body, ref)), "reference"
        tense = tense_at(self._text, e.start, e.end)
        if tense != "future" and e.feast is None and body[5:6] != "W":
            chained = self._chained(e, body)
            if chained is not None:
                return chained, "previous"
        found = self._agreed(lambda ref: _nearest(e, body, ref, tense))
        return found, "tense" if tense in ("past", "future") else "reference"

    def _chained(self, e: Expression, body: str) -> str | None:
        """The value in the year told before, if that still carries on here."""
        told = self._told
        if told.chain is None:
            return None
        between = self._text[told.chain_at : e.start]
        if len(between) > _CHAIN:
            return None
        if _NEW_SENTENCE.search(between):
            if not told.chain_long or "\n\n" in between and len(between) > _CHAIN // 2:
                return None
            if self._ends is not None and e.weekday is None:
                span = _year_span(e, body, self._ends[1].year)
                if span is not None and _distance(span, self._ends[1]) < _RECENT:
                    return None
        return f"{told.chain:04d}{body[4:]}"

    def _agreed(self, at: Callable[[date], str | None]) -> str | None:
        """What both ends of the reference give, or the part of it on which they agree."""
        if self._ends is None:
            return None
        try:
            low, high = at(self._ends[0]), at(self._ends[1])
        except (OverflowError, ValueError):
            return None
        if low == high or low is None or high is None:
            return low
        if len(low) == len(high) == 10 and low[4] == low[7] == "-" and low[5] != "W":
            if low[:7] == high[:7]:
                return low[:7] + "-XX"
            if low[:4] == high[:4]:
                return low[:4] + "-XX-XX"
        return None

    def _edtf(self, index: int, value: str) -> str | None:
        e = self._expressions[index]
        if e.type in ("DURATION", "SET"):
            if e.shift is None or e.unit is None:
                return None
            if e.anchor == "previous":
                day = self._told.day
                ends = None if day is None else (day, day)
            else:
                ends = self._ends
            return reach(e, ends)
        if e.rule == "year-pair":
            return f"{value}/{int(value) + 1:04d}"
        return edtf_of(value, part=e.part, bound=e.bound or self._bound(index))

    def _bound(self, index: int) -> str | None:
        e = self._expressions[index]
        head = self._text[max(0, e.start - 16) : e.start].lower().split()
        if not head:
            return None
        word = head[-1]
        if word in ("zum", "zur", "einschließlich", "inklusive", "dem") and len(head) > 1:
            word = head[-2]
        if word in ("seit", "ab"):
            return "since"
        if word in ("bis", "spätestens"):
            previous = self._expressions[index - 1] if index else None
            if previous is not None and e.start - previous.end < 16:
                return None
            return "until"
        return None

    def _remember(self, e: Expression, timex: Timex) -> None:
        if timex.edtf is None or e.type in ("DURATION", "SET") or e.bound is not None:
            return
        told = self._told
        body = timex.value.partition("T")[0]
        if len(body) == 10 and body[5] != "W" and "X" not in body:
            told.day = date.fromisoformat(body)
            told.day_at = e.end
            told.month = told.day.year, told.day.month
            told.year = told.day.year
        elif len(body) == 10 and timex.first is not None and timex.first == timex.last:
            told.day, told.day_at = timex.first, e.end
            told.month, told.year = (timex.first.year, timex.first.month), timex.first.year
        elif len(body) == 8 and body[5] == "W" and timex.first is not None:
            told.day, told.day_at = timex.first, e.end
        elif len(body) == 7 and body[5:].isdigit():
            told.month, told.year = (int(body[:4]), int(body[5:])), int(body[:4])
        elif len(body) >= 4 and body[:4].isdigit():
            told.year = int(body[:4])
        if timex.basis in ("explicit", "previous") and len(body) >= 4 and body[:4].isdigit():
            told.chain, told.chain_at, told.chain_long = int(body[:4]), e.end, len(body) > 4
        elif timex.basis in ("reference", "tense"):
            told.chain = None


_NEWSY = frozenset({
    "weekday", "weekday-shifted", "weekday-part", "weekday-daypart", "day-shifted", "day-part", "day-adjective",
    "weekday-today", "clock", "clock-hour", "weekday-day-month", "night-to-weekday", "weekday-part-shifted",
})  # fmt: skip
"""Rules that tell a day near the reference: in an article with one, "heute" is the day and not nowadays."""


def _shifted(e: Expression, body: str, ref: date) -> str | None:
    """The value that lies ``shift`` units or occurrences from the day ``ref``."""
    shift = e.shift or 0
    if body == "XXXX-XX-XX" and e.feast is None:
        if e.unit == "week":
            return (ref + timedelta(weeks=shift)).isoformat()
        if e.unit in ("month", "year", "decade"):
            months = {"month": 1, "year": 12, "decade": 120}[e.unit]
            return days.add_months(ref, months * shift).isoformat()
        return (ref + timedelta(days=shift)).isoformat()
    if body == "XXXX-WXX":
        return days.iso_week(ref + timedelta(weeks=shift))
    if body == "XXXX-WXX-WE":
        return days.iso_week(_weekend(ref, shift)) + "-WE"
    if body == "XXXX-XX":
        return days.add_months(ref, shift).isoformat()[:7]
    if body in ("XXXX-QX", "XXXX-HX"):
        size = 3 if body[5] == "Q" else 6
        year, number = divmod((ref.year * 12 + ref.month - 1) // size + shift, 12 // size)
        return f"{year:04d}-{body[5]}{number + 1}"
    if body == "XXXX":
        return f"{ref.year + shift:04d}"
    if body == "XXX":
        return f"{ref.year // 10 + shift:03d}"
    if body == "XX":
        return f"{ref.year // 100 + shift:02d}"
    if body == "X":
        return f"{ref.year // 1000 + shift}"
    if body[5:8] == "WXX":
        return _weekday_shifted(e, int(body[-1]), ref)
    if e.unit == "year":
        return f"{ref.year + shift:04d}{body[4:]}"
    return _occurrence(e, body, ref, shift)


def _weekend(ref: date, shift: int) -> date:
    saturday = days.monday(ref) + timedelta(days=5)
    if shift < 0:
        last = saturday - timedelta(days=7)
        return last + timedelta(days=7 * (shift + 1))
    if shift > 0 and ref.weekday() >= 5:
        return saturday + timedelta(days=7 * shift)
    return saturday + timedelta(days=7 * max(0, shift - 1))


def _weekday_shifted(e: Expression, weekday: int, ref: date) -> str:
    shift = e.shift or 0
    if e.unit == "week":
        return (days.monday(ref) + timedelta(days=7 * shift + weekday - 1)).isoformat()
    if e.unit == "day":
        near = ref + timedelta(days=shift)
        gap = (weekday - near.isoweekday() + 3) % 7 - 3
        return (near + timedelta(days=gap)).isoformat()
    if shift == 0:
        return (days.monday(ref) + timedelta(days=weekday - 1)).isoformat()
    if shift < 0:
        back = (ref.isoweekday() - weekday - 1) % 7 + 1
        return (ref - timedelta(days=back + 7 * (-shift - 1))).isoformat()
    ahead = (weekday - ref.isoweekday() - 1) % 7 + 1
    return (ref + timedelta(days=ahead + 7 * (shift - 1))).isoformat()


def _nearest(e: Expression, body: str, ref: date, tense: Tense) -> str | None:
    """The value without a year or week in the direction of the tense."""
    if body == "XXXX-WXX-WE":
        saturday = days.monday(ref) + timedelta(days=5)
        if tense == "past" and saturday > ref or tense != "future" and ref.weekday() == 0:
            saturday -= timedelta(days=7)
        return days.iso_week(saturday) + "-WE"
    if body[5:8] == "WXX":
        weekday = int(body[-1])
        if tense in ("future", "present"):
            day = ref + timedelta(days=(weekday - ref.isoweekday()) % 7)
        else:
            day = ref - timedelta(days=(ref.isoweekday() - weekday) % 7)
        return day.isoformat()
    shift = {"past": -10, "future": 10}.get(tense)
    return _occurrence(e, body, ref, shift)


def _occurrence(e: Expression, body: str, ref: date, shift: int | None) -> str | None:
    """An occurrence of what comes once a year.

    ``shift`` None: the nearest; 0: of this year; -10 and 10: the last and next, which may be under way;
    else counted from the last or next that is not.
    """
    spans = [
        (year, span) for year in range(ref.year - 8, ref.year + 9) if (span := _year_span(e, body, year))
    ]
    if e.weekday is not None:
        spans = [(y, s) for y, s in spans if s[0].isoweekday() == e.weekday] or spans
    if not spans:
        return None
    if shift == 0:
        chosen = [y for y, _ in spans if y == ref.year]
    elif shift == -10:
        chosen = [y for y, (first, _) in spans if first <= ref][-1:]
    elif shift == 10:
        chosen = [y for y, (_, last) in spans if last >= ref][:1]
    elif shift is not None and shift < 0:
        chosen = [y for y, (_, last) in spans if last < ref][shift:][:1]
    elif shift is not None:
        chosen = [y for y, (first, _) in spans if first > ref][shift - 1 : shift]
    else:
        chosen = []
    nearest = min(spans, key=lambda item: (_distance(item[1], ref), item[0]))
    if not chosen:
        near = e.weekday is not None or e.feast is not None or len(body) == 10
        same = [] if near or _distance(nearest[1], ref) < _NEAR else [y for y, _ in spans if y == ref.year]
        chosen = same or [nearest[0]]
    by_year = dict(spans)
    if (
        shift in (-10, 10)
        and _distance(by_year[chosen[0]], ref) > _FAR
        and _distance(nearest[1], ref) < _NEAR
    ):
        chosen = [nearest[0]]
    if e.feast is not None:
        return by_year[chosen[0]][0].isoformat()
    return f"{chosen[0]:04d}{body[4:]}"


def _year_span(e: Expression, body: str, year: int) -> Span | None:
    if not 1 <= year <= 9998:
        return None
    if e.feast is not None:
        day = days.feast(e.feast, year)
        return day, day
    edtf = edtf_of(f"{year:04d}{body[4:]}")
    if edtf is None:
        return None
    try:
        span = bounds(edtf)
    except EdtfError:
        return None
    return None if span.first is None or span.last is None else (span.first, span.last)


def _distance(span: Span, ref: date) -> int:
    if span[0] <= ref <= span[1]:
        return 0
    return (span[0] - ref).days if span[0] > ref else (ref - span[1]).days
