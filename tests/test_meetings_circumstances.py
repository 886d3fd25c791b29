"""When, where and whether: the date, the place and the status of meetings, one test per sentence."""

import re
from pathlib import Path

import pytest

from tests.meeting_table import agree, read_meetings, table, written
from timeline import meetings
from timeline.meetings.explain import _REASONS

ROWS = table("meetings_circumstances.tsv")


@pytest.mark.parametrize("row", ROWS, ids=[r["id"] for r in ROWS])
def test_sentence(row: dict[str, str]) -> None:
    found = read_meetings(row["text"], row["published"])
    assert agree(row["rows"], found), [written(m) for m in found]


def test_a_third_of_the_sentences_tell_nothing() -> None:
    assert sum(r["rows"] == "-" for r in ROWS) >= len(ROWS) // 3


def test_every_reason_is_explained() -> None:
    """Rules are written where they apply; what `explain` says of them stands elsewhere."""
    code = "".join(path.read_text(encoding="utf-8") for path in Path(meetings.__file__).parent.glob("*.py"))
    assert set(re.findall(r'"((?:status|date):[\w-]+)"', code)) <= set(_REASONS)


def test_what_stands_under_a_day_may_last_longer() -> None:
    text = (
        "MONTAG, 13. August\n\nGenf: Unterhändler Georgiens und Russlands verhandeln (bis Dienstag).\n\n"
        "MITTWOCH, 15. August\n\nManila: Die Außenminister der Asean kommen für zwei Tage zusammen.\n\n"
        "FREITAG, 17. August\n\nOslo: Jens Stoltenberg empfängt Matti Vanhanen."
    )
    dates = {m.place: m.date for m in read_meetings(text, "2007-08-11")}
    assert dates == {
        "Genf": "2007-08-13/2007-08-14", "Manila": "2007-08-15/2007-08-16", "Oslo": "2007-08-17",
    }  # fmt: skip
