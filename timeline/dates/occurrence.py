"""Which day, week or year is meant, counted from one given day."""

from datetime import date, timedelta
from functools import lru_cache

from timeline.dates import days
from timeline.dates.expression import Expression
from timeline.dates.span import edtf_of
from timeline.dates.tense import Tense
from timeline.edtf import EdtfError, bounds

_NEAR = 60
"""Days. Without a tense, what comes once a year is of the reference's year unless another is so near."""
_FAR, _PLANNED, _WAS_TO = 300, 45, 30
"""Days. Where the tense would lead further than _FAR, the other side is meant: in the present always, as
one names the year of what is so far ahead; in the past, which may tell a plan ("wurde auf den 3. März
verschoben"), and in the future, which may tell what was to be ("wollte am 10. Februar kommen"), if it is so
near."""

_SCHOOL_BEGINS = 8
"""Month from which a school year counts as begun; in Bavaria and Italy it begins in September."""

Span = tuple[date, date]


def shifted(e: Expression, body: str, ref: date) -> str | None:
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
        begun = ref.year - (ref.month < _SCHOOL_BEGINS) if "school" in e.traits else ref.year
        return f"{begun + shift:04d}"
    if body == "XXX":
        return f"{ref.year // 10 + shift:03d}"
    if body == "XX":
        return f"{ref.year // 100 + shift:02d}"
    if body == "X":
        return f"{ref.year // 1000 + shift}"
    if body[5:8] == "WXX":
        return _weekdayshifted(e, int(body[-1]), ref)
    if e.feast is not None and e.unit == "year":
        return days.feast(e.feast, ref.year + shift).isoformat()
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


def _weekdayshifted(e: Expression, weekday: int, ref: date) -> str:
    shift = e.shift or 0
    if e.unit == "week":
        return (days.monday(ref) + timedelta(days=7 * shift + weekday - 1)).isoformat()
    if e.unit == "day":
        near = ref + timedelta(days=shift)
        gap = (weekday - near.isoweekday() + 3) % 7 - 3
        return (near + timedelta(days=gap)).isoformat()
    if shift < 0:
        back = (ref.isoweekday() - weekday - 1) % 7 + 1
        return (ref - timedelta(days=back + 7 * (-shift - 1))).isoformat()
    ahead = (weekday - ref.isoweekday() - 1) % 7 + 1
    return (ref + timedelta(days=ahead + 7 * (shift - 1))).isoformat()


def nearest(e: Expression, body: str, ref: date, tense: Tense, *, firm: bool = False) -> str | None:
    """The value without a year or week in the direction of the tense; ``firm``: never in the other one."""
    if body == "XXXX-WXX-WE":
        saturday = days.monday(ref) + timedelta(days=5)
        if (tense == "past" and saturday > ref) or (tense != "future" and ref.weekday() == 0):
            saturday -= timedelta(days=7)
        return days.iso_week(saturday) + "-WE"
    if body[5:8] == "WXX":
        weekday = int(body[-1])
        if tense == "unknown" and e.shift == 0:
            day = ref + timedelta(days=(weekday - ref.isoweekday() + 3) % 7 - 3)
        elif tense in ("future", "present"):
            day = ref + timedelta(days=(weekday - ref.isoweekday()) % 7)
        else:
            day = ref - timedelta(days=(ref.isoweekday() - weekday) % 7)
        return day.isoformat()
    return _by_tense(e, body, ref, tense, firm=firm)


def nearest_day(number: int, ref: date, tense: Tense) -> str | None:
    """The day of that number in the last, this or the next month, in the direction of the tense."""
    around = (days.add_months(ref.replace(day=1), shift) for shift in (-2, -1, 0, 1, 2))
    found = [day for first in around if (day := days.valid_day(first.year, first.month, number))]
    if tense == "past":
        found = [day for day in found if day <= ref]
    elif tense in ("present", "future"):
        found = [day for day in found if day >= ref]
    return min(found, key=lambda day: abs(day - ref)).isoformat() if found else None


_Years = tuple[tuple[int, Span], ...]


def _years(e: Expression, body: str, ref: date) -> _Years:
    """The years around ``ref`` with what comes once in each; those whose weekday agrees, if any does."""
    return _years_around(ref.year, e.shift or 0, e.feast, body[4:], e.weekday)


@lru_cache(maxsize=1 << 12)
def _years_around(year: int, shift: int, feast: str | None, rest: str, weekday: int | None) -> _Years:
    reach = 8 if weekday is not None else 2 + abs(shift)
    years = range(year - reach, year + reach + 1)
    spans = tuple((each, span) for each in years if (span := year_span(feast, rest, each)))
    if weekday is not None:
        return tuple((y, s) for y, s in spans if s[0].isoweekday() == weekday) or spans
    return spans


def _written(e: Expression, body: str, chosen: tuple[int, Span]) -> str:
    return chosen[1][0].isoformat() if e.feast is not None else f"{chosen[0]:04d}{body[4:]}"


def _occurrence(e: Expression, body: str, ref: date, shift: int) -> str | None:
    """What comes once a year, counted from the last and the next one that are not under way; 0: this year."""
    years = _years(e, body, ref)
    if shift == 0:
        chosen = [item for item in years if item[0] == ref.year]
    elif shift < 0:
        chosen = [item for item in years if item[1][1] < ref][shift:][:1]
    else:
        chosen = [item for item in years if item[1][0] > ref][shift - 1 : shift]
    return _written(e, body, chosen[0]) if chosen else None


def _by_tense(e: Expression, body: str, ref: date, tense: Tense, *, firm: bool) -> str | None:
    """What comes once a year: the last or the next one, which may be under way."""
    years = _years(e, body, ref)
    if not years:
        return None
    nearest_one = min(years, key=lambda item: (distance(item[1], ref), item[0]))
    chosen = nearest_one
    if tense == "past":
        chosen = next((item for item in reversed(years) if item[1][0] <= ref), nearest_one)
    elif tense in ("present", "future"):
        chosen = next((item for item in years if item[1][1] >= ref), nearest_one)
    elif e.weekday is None and e.feast is None and len(body) < 10 and distance(nearest_one[1], ref) >= _NEAR:
        chosen = next((item for item in years if item[0] == ref.year), nearest_one)
    if not firm and tense != "unknown" and distance(chosen[1], ref) > _FAR:
        near = distance(nearest_one[1], ref)
        if tense == "present" or near < (_PLANNED if tense == "past" else _WAS_TO):
            chosen = nearest_one
    return _written(e, body, chosen)


@lru_cache(maxsize=1 << 14)
def year_span(feast: str | None, rest: str, year: int) -> Span | None:
    """The days that a feast, or what is written behind a year (``-02-22``), covers in that year."""
    if not 1 <= year <= 9998:
        return None
    if feast is not None:
        day = days.feast(feast, year)
        return day, day
    edtf = edtf_of(f"{year:04d}{rest}")
    if edtf is None:
        return None
    try:
        span = bounds(edtf)
    except EdtfError:
        return None
    return None if span.first is None or span.last is None else (span.first, span.last)


def distance(span: Span, ref: date) -> int:
    """Days between a span and a day, 0 inside."""
    if span[0] <= ref <= span[1]:
        return 0
    return (span[0] - ref).days if span[0] > ref else (ref - span[1]).days
