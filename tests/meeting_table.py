"""Reads the table of sentences and runs the whole path over them; shared by the tests of meetings."""

import csv
from datetime import date
from pathlib import Path

from timeline.dates import find_expressions, resolve
from timeline.meetings import find_meetings
from timeline.model import Meeting, ReferenceDate
from timeline.parse import parse


def read_meetings(text: str, published: str) -> list[Meeting]:
    """The meetings of a text that appeared on a day."""
    reference = ReferenceDate(published, "given")
    timexes = resolve(text, find_expressions(text), reference)
    return find_meetings(parse(text), timexes, reference, date.fromisoformat(published))


def table(name: str = "meetings.tsv") -> list[dict[str, str]]:
    """The rows of a table in ``cases``."""
    lines = (Path(__file__).parent / "cases" / name).read_text(encoding="utf-8").splitlines()
    rows = csv.reader(
        (x for x in lines if x and not x.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE
    )
    heading = next(rows)
    return [dict(zip(heading, row, strict=True)) for row in rows]


def written(meeting: Meeting) -> list[str]:
    """The fields of a row as the table writes them."""
    return [
        meeting.kind,
        meeting.status,
        ", ".join(sorted(a.name for a in meeting.participants)),
        meeting.place or ".",
        meeting.date or ".",
    ]


def agree(expected: str, meetings: list[Meeting]) -> bool:
    """Whether the meetings are those of the table's cell; ``*`` stands for anything."""
    if expected == "*":
        return True
    wanted = (
        [] if expected == "-" else [[f.strip() for f in row.split(" | ")] for row in expected.split(" // ")]
    )
    for row in wanted:
        row[2] = ", ".join(sorted(n.strip() for n in row[2].split(",")))
    got = [written(m) for m in meetings]
    return len(wanted) == len(got) and all(
        any(all(w in ("*", g) for w, g in zip(row, other, strict=True)) for other in got) for row in wanted
    )
