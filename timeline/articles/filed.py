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


_HEAD: Final = re.compile(
    r"\b(?:(?:Mon|Diens|Donners|Frei|Sams|Sonn)tag|Mittwoch|Sonnabend),? (?:den )?"
    r"\d{1,2}\. ?(?:\d{1,2}\. ?|[A-ZÄÖÜ]\w{2,8}\.? )\d{4}(?!\d)"
)
_PRINTING: Final = re.compile(
    r"(?i)druck|abgerufen|abruf|export|heruntergeladen|erstellt|gespeichert|printed"
)


def head_date(line: str) -> ReferenceDate | None:
    """The day that the running head of a newspaper's page tells: weekday and complete date among other words.

    >>> head_date("Politik · Beispielbote · Mittwoch, 22. Februar 2023 · Seite 4").value
    '2023-02-22'
    >>> head_date("Gedruckt am Mittwoch, 22. Februar 2023") is None
    True
    """
    match = _HEAD.search(line)
    if match is None or len(line) > 160 or _PRINTING.search(line):
        return None
    day = complete_date(match[0])
    return None if day is None else ReferenceDate(day.isoformat(), "header", (f"„{line}“",))


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
