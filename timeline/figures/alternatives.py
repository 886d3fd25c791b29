"""The other date that an expression could have meant, where only the tense of its clause chose.

"am Dienstag" is the last or the next Tuesday, "am 12. März" or "im Herbst" that of the year before or
after. The verb decides (:mod:`timeline.dates`); whoever doubts its reading sees what else it would be.
"""

import re
from datetime import date, timedelta

from timeline.edtf import bounds, precision
from timeline.figures.wording import words
from timeline.model import ReferenceDate, Timex

_DAY_AND_MONTH = re.compile(r"\d\.\s*(?:[^\W\d]{3,}|\d)")
"""A day with its month, in words or figures: "12. März", "12.3."."""


def other_choice(timex: Timex, reference: ReferenceDate) -> str | None:
    """The same expression in the other direction from the reference day, as EDTF.

    None where nothing was to choose, or where the other date cannot be told from the value alone (a feast
    that moves, a day without its month, a reference date that is no day).
    """
    value, known = timex.edtf, reference.value
    if timex.basis != "tense" or not value or not known or precision(known) != "day":
        return None
    day = bounds(known).first
    kind = precision(value)
    if day is None or kind not in ("day", "month", "season") or "~" in value or "?" in value:
        return None
    other = _next_week(value, timex.text, day) if kind == "day" else None
    if other is None and (kind != "day" or _names_its_month(timex.text)):
        other = _next_year(value, day)
    return other


def _next_week(value: str, text: str, reference: date) -> str | None:
    """For a bare weekday: the same one on the other side of the reference day."""
    told = date.fromisoformat(value)
    # The table of the plot begins with Sunday.
    name = str(words("de")["plotly"]["days"][(told.weekday() + 1) % 7])
    if name.lower() not in text.lower() or re.search(r"\d", text):
        return None
    other = told + timedelta(days=7 if told <= reference else -7)
    return other.isoformat() if (other > reference) != (told > reference) else None


def _names_its_month(text: str) -> bool:
    return bool(_DAY_AND_MONTH.search(text))


def _next_year(value: str, reference: date) -> str | None:
    """The same part of the year on the other side of the reference day."""
    told = bounds(value)
    if told.first is None or told.last is None or told.first <= reference <= told.last:
        return None
    other = f"{int(value[:4]) + (1 if told.last < reference else -1):04}{value[4:]}"
    try:
        span = bounds(other)
    except ValueError:  # 29 February
        return None
    if span.first is None or span.last is None:
        return None
    return other if (span.first > reference) != (told.first > reference) else None
