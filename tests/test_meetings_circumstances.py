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
