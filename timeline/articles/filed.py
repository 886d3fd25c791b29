"""What the date of a file is worth: by itself nothing, together with the text something."""

import re
from datetime import date, timedelta
from typing import Final

from timeline.articles.plain import clean
from timeline.model import ReferenceDate
from timeline.reference import told_date
from timeline.reference.complete import complete_date

_EDGE: Final = 600
"""So many characters at the start and at the end are where a newspaper prints its own date."""
_WRITTEN: Final = re.compile(
    r"(?<![\d.])\d{1,2}\. ?(?:\d{1,2}\. ?|(?:Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)\w{0,7}\.? )"
    r"\d{4}(?!\d)"
    r"|(?<!\d)\d{4}-\d\d-\d\d(?!\d)"
)


def publication(text: str, *, created: str, field: str) -> ReferenceDate | None:
    """The publication date of an article in a file that says when the file was made.

    A header line or dateline of the text counts alone. The day on which the file was made is often that of
    printing, exporting or saving years later; it counts only where the same day, or the day after (the paper
    of tomorrow is made today), is written near the start or the end of the text and no other day is.
    ``created`` is that day in any complete form, ``field`` its name for the evidence.
    """
    text = clean(text)
    told = told_date(text)
    if told.value is not None:
        return told
    made = complete_date(created[:40])
    if made is None:
        return None
    edges = text if len(text) <= 2 * _EDGE else f"{text[:_EDGE]}\n{text[-_EDGE:]}"
    written: dict[date, str] = {}
    for match in _WRITTEN.finditer(edges):
        day = complete_date(match[0])
        if day is not None:
            written[day] = match[0]
    if len(written) == 1:
        ((day, quote),) = written.items()
        if made <= day <= made + timedelta(days=1):
            return ReferenceDate(day.isoformat(), "metadata", (f"{field}: {created}", f"„{quote}“"))
    return None
