"""Complete dates in metadata, header lines and datelines, read strictly by dateparser.

A date is complete when its day, month and year are written. Nothing relative, nothing partial, nothing
ambiguous is answered: where a weekday contradicts the date, or "02/03/2023" may be February or March,
there is no answer.
"""

import re
from datetime import date
from functools import lru_cache
from typing import Any

from timeline.language import read_toml

_ISO = re.compile(r"\s*(\d{4})-(\d\d)-(\d\d)(?!\d)")
_COMPACT = re.compile(r"\s*(\d{4})(\d\d)(\d\d)(?:T?\d{4,6}Z?)?\s*")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/\d{2,4}")
_FIRST_YEAR, _LAST_YEAR = 1600, 2200
"""The first newspapers appeared in 1605; beyond 2200 a year is a typing error."""


@lru_cache(maxsize=1)
def _parser() -> Any:  # noqa: ANN401  dateparser has no types, and is imported late
    from dateparser.date import DateDataParser

    return DateDataParser(
        languages=["de", "en"],
        settings={
            "STRICT_PARSING": True,
            "REQUIRE_PARTS": ["day", "month", "year"],
            "PARSERS": ["absolute-time"],
            "DATE_ORDER": "DMY",
            "PREFER_LOCALE_DATE_ORDER": False,
        },
    )


@lru_cache(maxsize=1)
def _weekdays() -> dict[str, int]:
    """Weekday by spelling, lower case; Monday is 0."""
    table = read_toml("languages/de/reference/headers.toml")["weekdays"]
    return {form: number for number, forms in enumerate(table) for form in forms}


@lru_cache(maxsize=1024)
def complete_date(text: str) -> date | None:
    """The one complete date that ``text`` is, in a German or English form, perhaps with a time; else None.

    The day is the one written, in whatever time zone: a newspaper dates by its own calendar.

    >>> complete_date("Mittwoch, 22. Februar 2023, 14:05 Uhr")
    datetime.date(2023, 2, 22)
    >>> complete_date("22. Februar") is None
    True
    """
    text = text.strip()
    if len(text) > 80 or not any(char.isdigit() for char in text):
        return None
    iso = _ISO.match(text) or _COMPACT.fullmatch(text)
    if iso:
        try:
            iso_day = date(int(iso[1]), int(iso[2]), int(iso[3]))
        except ValueError:
            return None
        return iso_day if _FIRST_YEAR <= iso_day.year <= _LAST_YEAR else None
    slashed = _SLASHED.search(text)
    if slashed and int(slashed[1]) <= 12 and int(slashed[2]) <= 12 and slashed[1] != slashed[2]:
        return None
    # dateparser knows neither "Sonnabend" nor doubts a wrong weekday, so weekdays are taken off and checked.
    words = re.findall(r"[^\W\d_]+", text.lower())
    weekdays = {_weekdays()[word] for word in words if word in _weekdays()}
    bare = re.sub(r"[^\W\d_]+\.?,?", lambda m: "" if m[0].lower().rstrip(".,") in _weekdays() else m[0], text)
    parsed = _parser().get_date_data(re.sub(r"\b(?:den|dem|am|um|the)\b", " ", bare).strip(" ,"))
    if parsed.date_obj is None or parsed.period not in ("day", "time"):
        return None
    day: date = parsed.date_obj.date()
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR or (weekdays and weekdays != {day.weekday()}):
        return None
    return day
