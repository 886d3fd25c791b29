"""Expressions to dates: the reference date, the tense of the clause and the dates told before decide.

The reference may be a day, a month or a year. A value is counted from its first and from its last day,
and answered only if both agree; else it stays as open as the words leave it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from timeline.dates import days
from timeline.dates.expression import Bound, Expression
from timeline.dates.occurrence import Span, distance, nearest, nearest_day, shifted, year_span
from timeline.dates.ranges import join
from timeline.dates.reach import reach
from timeline.dates.span import edtf_of
from timeline.dates.tense import Tense, attribute_tense, clause_tense, is_narrated, is_said, tense_at
from timeline.edtf import EdtfError, bounds
from timeline.model import Basis, ReferenceDate, Timex

_timex = partial(tuple.__new__, Timex)
"""Makes a result of all its fields in half the time of a call with them."""

_CHAIN = 1000
"""Characters over which a year told with a month or a day carries on; a year alone does so only within its
sentence."""
_RECENT = 45
"""Days. A date without a year so near to the reference is of these days, whatever year was told before."""
_BEFORE_BOUND = ("seit", "ab", "bis", "spätestens", "zum", "zur", "dem", "einschließlich", "inklusive")
"""Words that end what may stand in front of an open end: "bis zum 3. Mai"."""
_BOUND_LENGTH = 16
"""Characters in front of an expression that can open an end."""
_NEWS_LENGTH = 2000
"""Characters. News tells a day near its own at least once in so many; where none is told, "heute" means
nowadays."""
_SHORT = 400
"""Characters. A text so short is a notice; there "heute" is the day."""
_DAY_REACH = 1000
"""Characters over which "am Abend" belongs to the day told before, in the same paragraph or the next."""
_CLOCK_REACH = 200
"""Characters over which a clock time belongs to the day told before, if no entry of a list ("Bozen: ...")
and no paragraph begins between."""
_NEW_SENTENCE = re.compile(r"(?<!\d)[.!?]\s|\n\s*\n")
_EVENING = "18"
"""Hour from which a clock time is of the day before the one that its night leads to ("in der Nacht auf
Montag gegen 23.30 Uhr")."""
_COMPARED = ("zum ", "gegenüber dem ", "als im ", "mit dem ", "gegenüber ")
"""In front of "Vorjahr" and the like: what was told is compared with the one before it."""
_FIRM = ("seit ", "Seit ")
"""In front of a date: then the tense alone tells its direction."""
_IN_MONTH = re.compile(r"(?:\b[a-zäöüß]+ im|\bIm) \Z")
"""In front of a month of which the verb in the past tells: "wurden im April befragt", but "hat dem Treffen
mit X im Oktober zugestimmt" and "wurde auf April verschoben"."""
_IN_PART = re.compile(r"(?:\A|[.!?:–\n] |\b(?!für |auf |bis |ab |seit |zu )[a-zäöüß]+ )\Z")
"""In front of a part of a month of which the verb tells: "Anfang April entging er"."""
_IN_WEEK = 40
"""Characters in which the days of a week just told may stand ("vergangene Woche von Montag bis Freitag")."""
_IN_BRACKETS = re.compile(r" \([^()]{0,30}")
"""Between a year and a day of it: "in Frankreich 2016 (10. Juni bis 10. Juli)"."""
_NEW_ENTRY = re.compile(r"(?!\A):\s|\n\s*\n")
"""A colon right behind the day is its own: "SAMSTAG, 19. JUNI: 20.30 Uhr"."""
_NAMED_BESIDE = re.compile(
    r",? (?:den |dem )?(?:\d{1,2}\.|(?:Mon|Diens|Donners|Frei|Sams|Sonn)tag|Mittwoch|Sonnabend)"
)
_ANNOUNCED = re.compile(
    r"[,:]? (?:um |ab |von )?\d{1,2}(?:[.:]\d\d)?(?: ?(?:[-–]|bis|und) ?\d{1,2}(?:[.:]\d\d)?)? Uhr\b"
)
"""Behind a day without a verb: "Sonntag, 10.30 Uhr: Messe" is to come."""
_AHEAD = ("für ", "für den ", "auf den ")
"""In front of a day: it lies ahead, whatever the verb says ("für Montag einberufen")."""
_JOINED = re.compile(r" (?:und|oder|bis) ")
"""Between days of which the first lies ahead, so that the second does: "für Montag und Dienstag geplant"."""
_SINCE = re.compile(r"\bseit (?:dem|der|den) [^.,;:]*\b(?:am|vom|im) \Z")
"""In front of a date: it lies back, whatever the verb says ("seit dem Treffen am 24. April ist es still")."""
_LEAD = 40
"""Characters in front of a date that tell its direction."""
_AS_BEFORE = re.compile(
    r"\bwie (?:schon|bereits|zuletzt|zuvor)(?: (?:im|am|in|zu))?(?: de[mnr])? \Z", re.IGNORECASE
)
"""In front of a date: it lies back, whatever the verb says ("ist, wie schon im Dezember, gesperrt")."""


@dataclass(slots=True)
class _Told:
    """What the article has told so far, and where it did.

    ``first`` is the first day of the last date told; ``week`` is the Monday of a week told;
    ``night`` is True where the day was told by the night that leads to it.
    """

    day: date | None = None
    day_at: int = -1
    month: tuple[int, int] | None = None
    year: int | None = None
    first: date | None = None
    first_at: int = -1
    week: date | None = None
    week_at: int = -1
    night: bool = False
    chain: int | None = None
    chain_at: int = -1
    chain_day: date | None = None
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
        self._expressions, self._range_ends = join(text, expressions)
        self._latest: date | None = None
        self._ahead = -1
        self._ends = ends
        self._told = _Told()
        near = sum("near" in e.traits for e in expressions)
        self._newsy = near * _NEWS_LENGTH >= len(text) or len(text) < _SHORT

    def timex(self, index: int) -> Timex:
        """The expression at ``index``; to be asked in order."""
        expression = self._expressions[index]
        if expression.value[0] in "PF" and expression.shift is None and "by-tense" not in expression.traits:
            self._latest = None  # a length, a set, "derzeit": nothing to work out
            return _undated(expression)
        value, basis = self._value(expression)
        if index in self._range_ends:
            value = self._after_start(expression, value)
        edtf = self._edtf(index, value)
        first = last = None
        if edtf is not None:
            try:
                span = bounds(edtf)
                first, last = span.first, span.last
            except EdtfError:  # 29 February of a common year
                edtf, value = None, "XXXX" + value[4:]
        e = expression
        timex = _timex((e.start, e.end, e.text, e.type, value, edtf, e.rule, basis, first, last))
        self._latest = first
        self._remember(expression, timex)
        return timex

    def _after_start(self, e: Expression, value: str) -> str:
        """The end of a range, put behind its start: "von Montag bis Freitag"."""
        edtf = edtf_of(value)
        if edtf is None or self._latest is None or e.shift is not None:
            return value
        span = bounds(edtf)
        if span.last is None or span.last >= self._latest:
            return value
        if e.value[5:8] == "WXX" and span.first is not None:
            later = _within_calendar(lambda day: (day + timedelta(days=7)).isoformat(), span.first)
            return later + value[10:] if later is not None else value
        year = int(value[:4]) + 1
        in_year = e.value[:5] == "XXXX-" and e.value[5] != "X" and year <= 9999
        return f"{year:04d}{value[4:]}" if in_year else value

    def _value(self, e: Expression) -> tuple[str, Basis]:
        value = e.value
        if e.type in ("DURATION", "SET"):
            return value, "explicit" if e.shift is None else e.anchor
        if "by-tense" in e.traits and clause_tense(self._text, e.start, e.end) == "past":
            return "PAST_REF", "tense"
        if value[0] == "P" or value[0] == "F":
            return value, "reference"
        body, mark, time = value.partition("T")
        if "X" not in body or "open" in e.traits:
            return value, "explicit"
        if e.feast is not None and body[0] != "X":
            return days.feast(e.feast, int(body[:4])).isoformat(), "explicit"
        if "nowadays" in e.traits and e.shift == 0 and not self._newsy and not self._is_day(e):
            return "PRESENT_REF", "reference"
        if "bygone" in e.traits and not self._newsy and self._text.endswith("von ", 0, e.start):
            return "PAST_REF" if (e.shift or 0) < 0 else "FUTURE_REF", "reference"  # "die Welt von gestern"
        if e.anchor == "previous":
            found, basis = self._from_previous(e, body)
        elif "compared" in e.traits and (told := self._compared(e, body)) is not None:
            found, basis = told, "previous"
        elif "carried" in e.traits and body == "XXXX-XX-XX":  # "im Laufe des Tages"
            found, basis = self._day_of_time(e, "X")
        elif mark and e.shift is None and body == "XXXX-XX-XX":
            found, basis = self._day_of_time(e, time)
        else:
            found, basis = self._from_reference(e, body)
        return (found or body) + (mark + time if mark else ""), basis

    def _is_day(self, e: Expression) -> bool:
        """Whether "heute" is the day even in an essay.

        As an end ("bis heute"), named beside ("heute, 16. Juni"), or of what has happened.
        """
        before = self._text[max(0, e.start - 4) : e.start].lower()
        return (
            before == "bis "
            or _NAMED_BESIDE.match(self._text, e.end) is not None
            or clause_tense(self._text, e.start, e.end) == "past"
        )

    def _from_previous(self, e: Expression, body: str) -> tuple[str | None, Basis]:
        told = self._told
        if body in ("XXXX-XX-XX", "XXXX-WXX") or body[5:8] == "WXX":
            anchor = told.day
        elif body == "XXXX-XX":
            anchor = date(*told.month, 1) if told.month else None
        else:
            anchor = date(told.year, 1, 1) if told.year else None
        if anchor is not None and not self._lies_ahead(anchor, e):
            return _within_calendar(lambda ref: shifted(e, body, ref), anchor), "previous"
        if "standalone" in e.traits or (body != "XXXX-XX-XX" and body[5:9] != "WXX-"):
            return self._agreed(lambda ref: shifted(e, body, ref)), "reference"
        return None, "previous"

    def _compared(self, e: Expression, body: str) -> str | None:
        """What a month or year of the sentence is compared with: "im Oktober um 3 Prozent zum Vorjahr"."""
        told = self._told
        if not self._text.endswith(_COMPARED, 0, e.start):
            return None
        between = self._between(told.first_at, e, _CHAIN)
        if between is None or _NEW_SENTENCE.search(between):
            return None
        anchor = told.first
        return None if anchor is None else _within_calendar(lambda ref: shifted(e, body, ref), anchor)

    def _lies_ahead(self, anchor: date, e: Expression) -> bool:
        """Whether a day ahead was told last and the clause is past: "bis Freitag. Am Vortag hatte er ..."."""
        late = self._ends is not None and anchor > self._ends[1] and e.shift is not None and e.shift < 0
        return late and clause_tense(self._text, e.start, e.end) == "past"

    def _day_of_time(self, e: Expression, time: str) -> tuple[str | None, Basis]:
        told = self._told
        if told.day is not None:
            if time[0].isdigit():
                gap = self._between(told.day_at, e, _CLOCK_REACH)
                carries = gap is not None and not _NEW_ENTRY.search(gap)
                if carries and told.night and time[:2] >= _EVENING:
                    return (told.day - timedelta(days=1)).isoformat(), "previous"
            else:
                gap = self._between(told.day_at, e, _DAY_REACH)
                carries = gap is not None and gap.count("\n\n") <= 1
            late = self._ends is not None and told.day > self._ends[1]
            if carries and not (late and is_narrated(self._text, e.start, e.end)):
                return told.day.isoformat(), "previous"
        return self._agreed(lambda ref: ref.isoformat(), keep=True), "reference"

    def _from_reference(self, e: Expression, body: str) -> tuple[str | None, Basis]:
        told = self._told
        if "carried" in e.traits and body == "XXXX" and told.chain is not None:
            gap = self._between(told.chain_at, e, _CHAIN)
            if gap is not None and not _NEW_SENTENCE.search(gap):
                return f"{told.chain:04d}", "previous"
        if e.shift is not None and not (e.shift == 0 and body[5:8] == "WXX" and e.unit is None):
            found = self._agreed(lambda ref: shifted(e, body, ref), keep=body == "XXXX-XX-XX")
            if (
                found is None
                and e.shift == -1
                and self._ends is not None
                and len(body) == 7
                and body[5:].isdigit()
            ):
                # "letzten September": of the year before, else one would say "im September"
                found = _within_calendar(lambda ref: shifted(e, body, ref), self._ends[0])
            return found, "reference"
        in_told = self._in_told(e, body)
        if in_told is not None:
            return in_told, "previous"
        tense = self._tense(e)
        if body[:8] == "XXXX-XX-" and body[8:].isdigit():
            return self._day_of_month(int(body[8:]), e, tense)
        if tense != "future" and e.feast is None and body[5:6] != "W":
            chained = self._chained(e, body, tense)
            if chained is not None:
                return chained, "previous"
        firm = self._text.endswith(_FIRM, 0, e.start)
        if tense == "past" and len(body) == 7:
            told_in = _IN_MONTH if e.part is None else _IN_PART
            firm = firm or told_in.search(self._text, max(0, e.start - _LEAD), e.start) is not None
        found = self._agreed(lambda ref: nearest(e, body, ref, tense, firm=firm)) or self._of_year(e, body)
        return found, "reference" if tense == "unknown" or found is None else "tense"

    def _in_told(self, e: Expression, body: str) -> str | None:
        """The day in the week or year that stands right in front and holds it."""
        told = self._told
        if told.week is not None and body[:9] == "XXXX-WXX-" and body[9:].isdigit() and e.shift is None:
            between = self._between(told.week_at, e, _IN_WEEK)
            if between is not None and not _NEW_SENTENCE.search(between):
                return (told.week + timedelta(days=int(body[9:]) - 1)).isoformat()
        if told.chain is not None and body[5:6].isdigit() and "X" not in body[5:]:
            between = self._between(told.chain_at, e, _IN_WEEK)
            if between is not None and between.startswith(" (") and _IN_BRACKETS.fullmatch(between):
                return f"{told.chain:04d}{body[4:]}"
        return None

    def _day_of_month(self, number: int, e: Expression, tense: Tense) -> tuple[str | None, Basis]:
        """A day told without its month ("am 5."): of the month told before, if the tense allows it.

        Else it is of the nearest month in the direction of the tense.
        """
        told = self._told
        if told.month is not None and self._between(max(told.day_at, told.chain_at), e, _CHAIN) is not None:
            day = days.valid_day(*told.month, number)
            late = self._ends is not None and day is not None and tense == "past" and day > self._ends[1]
            early = self._ends is not None and day is not None and tense == "future" and day < self._ends[0]
            if day is not None and not late and not early:
                return day.isoformat(), "previous"
        found = self._agreed(lambda ref: nearest_day(number, ref, tense))
        return found, "reference" if tense == "unknown" or found is None else "tense"

    def _between(self, start: int, e: Expression, most: int) -> str | None:
        """The text from ``start`` to the expression; None if it is longer than ``most`` characters."""
        return self._text[start : e.start] if e.start - start <= most else None

    def _of_year(self, e: Expression, body: str) -> str | None:
        """A day or month in the year of a reference that is no finer than a month.

        News names the days of its own year without the year; of nine in ten this holds (counted on dated
        Wikinews by the inference of reference dates). Weekdays and weeks stay open.
        """
        if self._ends is None or self._ends[0].year != self._ends[1].year or body[5:6] in ("W", "X", ""):
            return None
        span = None if e.feast else year_span(None, body[4:], self._ends[0].year)
        return None if span is None else f"{self._ends[0].year:04d}{body[4:]}"

    def _tense(self, e: Expression) -> Tense:
        """The tense of the clause; "seit Samstag" looks back whatever the verb says."""
        before = self._text[max(0, e.start - _LEAD) : e.start].lower()
        if before.endswith("seit ") or (before.endswith((" vom ", " von ")) and self._is_attribute(e)):
            return "past"
        if "seit de" in before and _SINCE.search(before):
            return "past"
        of_participle = attribute_tense(self._text, e.start, e.end)
        if of_participle == "planned":
            tense = tense_at(self._text, e.start, e.end)
            return tense if tense in ("present", "future") else self._nearer(e)
        if of_participle is not None:
            return of_participle
        if "wie " in before and _AS_BEFORE.search(before):
            return "past"
        day = len(e.value.partition("T")[0]) == 10
        joined = self._ahead >= 0 and _JOINED.fullmatch(self._text, self._ahead, e.start)
        season = len(e.value) == 7 and before.endswith("auf den ") and not e.value[5].isdigit()
        part = e.part is not None and len(e.value) == 7 and before.endswith("für ")
        if (day and (before.endswith(_AHEAD) or joined)) or season or part:
            self._ahead = e.end
            return "future"
        tense = tense_at(self._text, e.start, e.end)
        if tense == "present" and e.value[5:8] == "WXX" and is_said(self._text, e.start, e.end):
            return "past"
        if tense == "unknown" and e.type == "DATE" and _ANNOUNCED.match(self._text, e.end):
            return "future"
        return tense

    def _is_attribute(self, e: Expression) -> bool:
        """Whether a weekday behind "vom" tells of which day a thing is: "die Erklärung vom Montag"."""
        behind = self._text[e.end : e.end + 5]
        return (
            e.value[5:8] == "WXX"
            and e.shift is None
            and not behind.startswith((" an", " bis", " ab", " –", "-"))
        )

    def _nearer(self, e: Expression) -> Tense:
        """The direction in which the nearest weekday of that name lies; unknown for other days."""
        weekday = e.value[9:10] if e.value.startswith("XXXX-WXX-") else ""
        if self._ends is None or not weekday.isdigit():
            return "unknown"
        gap = (int(weekday) - self._ends[1].isoweekday() + 3) % 7 - 3
        return "future" if gap > 0 else "past"

    def _chained(self, e: Expression, body: str, tense: Tense) -> str | None:
        """The value in the year told before, if that still carries on here."""
        told = self._told
        if told.chain is None:
            return None
        between = self._between(told.chain_at, e, _CHAIN)
        if between is None:
            return None
        span = year_span(None, body[4:], told.chain)
        if span is None:
            return None
        if self._ends is not None and tense == "past" and span[0] > self._ends[1]:
            return None
        if e.weekday is not None and span[0].isoweekday() != e.weekday:
            return None
        if _NEW_SENTENCE.search(between):
            if not told.chain_long or (told.chain_day is not None and span[1] < told.chain_day):
                return None  # a story goes forward
            if self._ends is not None:
                last = self._ends[1]
                if "\n\n" in between and told.chain > last.year - 2:
                    return None
                recent = year_span(None, body[4:], last.year)
                if recent is not None and distance(recent, last) < _RECENT and e.weekday is None:
                    return None
        elif told.chain_long and told.chain_day is not None and len(body) == 7 and tense == "past":
            later = year_span(None, body[4:], told.chain + 1)
            over = self._ends is None or later is None or later[0] > self._ends[1]
            if span[1] < told.chain_day and not over:  # "hatte sich im Juli 2011 losgesagt und im Januar ..."
                return f"{told.chain + 1:04d}{body[4:]}"
        return f"{told.chain:04d}{body[4:]}"

    def _agreed(self, at: Callable[[date], str | None], *, keep: bool = False) -> str | None:
        """What both ends of the reference give; with ``keep`` also the year or month of a day they share."""
        if self._ends is None:
            return None
        first, last = self._ends
        low = _within_calendar(at, first)
        if first == last:
            return low
        high = _within_calendar(at, last)
        if low == high or low is None or high is None:
            return low
        if keep and len(low) == len(high) == 10 and low[4] == low[7] == "-":
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
        if "two-years" in e.traits and value.isdigit():
            return f"{value}/{int(value) + 1:04d}"
        return edtf_of(value, part=e.part, bound=e.bound or self._bound(index))

    def _bound(self, index: int) -> Bound | None:
        e = self._expressions[index]
        head_text = self._text[max(0, e.start - _BOUND_LENGTH) : e.start].lower().rstrip()
        if not head_text.endswith(_BEFORE_BOUND):
            return None
        head = head_text.split()
        word = head[-1]
        if word in _BEFORE_BOUND[4:] and len(head) > 1:
            word = head[-2]
        if word in ("seit", "ab"):
            return "since"
        if word in ("bis", "spätestens"):
            previous = self._expressions[index - 1] if index else None
            if previous is not None and e.start - previous.end < _BOUND_LENGTH:
                between = self._text[previous.end : e.start].lower().split()
                if all(item in _BEFORE_BOUND for item in between):
                    return None
            return "until"
        return None

    def _remember(self, e: Expression, timex: Timex) -> None:
        if timex.edtf is None or e.type in ("DURATION", "SET") or e.bound is not None:
            return
        if e.anchor == "previous" and (e.shift or 0) < 0:
            return  # "am Vortag hatte er ...": a look back, from which the story returns
        told = self._told
        body = timex.value.partition("T")[0]
        told.night = e.rule.startswith("night-to")
        if e.unit == "week" and len(body) == 8 and body[5] == "W":
            told.week, told.week_at = timex.first, e.end
        if timex.first is None or timex.last is None:
            # "seit Montagabend" is no day that "zu Mittag" belongs to, but "ab Montag um 20 Uhr" is
            if (
                timex.first is not None
                and len(body) == 10
                and self._text.endswith(("ab ", "Ab "), 0, e.start)
            ):
                told.day, told.day_at = timex.first, e.end
        elif len(body) == 10 and body[5] != "W" and "X" not in body:
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
        told.first, told.first_at = timex.first, e.end
        if timex.basis in ("explicit", "previous") and len(body) >= 4 and body[:4].isdigit():
            told.chain, told.chain_at, told.chain_day = int(body[:4]), e.end, timex.first
            told.chain_long = len(body) > 4
        if timex.basis in ("reference", "tense") or "two-years" in e.traits:
            told.chain = None


def _undated(e: Expression) -> Timex:
    """An expression that means no days: "drei Tage", "jährlich", "damals"."""
    basis: Basis = "explicit" if e.type in ("DURATION", "SET") else "reference"
    return _timex((e.start, e.end, e.text, e.type, e.value, None, e.rule, basis, None, None))


def _within_calendar(at: Callable[[date], str | None], ref: date) -> str | None:
    """What ``at`` gives for a day, None outside the years 1 to 9999."""
    try:
        value = at(ref)
    except (OverflowError, ValueError):
        return None
    if value is None or not 0 < len(value.partition("-")[0]) <= 4 or value.startswith("0000"):
        return None
    return value
