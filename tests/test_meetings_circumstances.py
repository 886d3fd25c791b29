"""When, where and whether: the date, the place and the status of meetings, one test per sentence."""

import pytest

from tests.meeting_table import agree, read_meetings, table, written

ROWS = table("meetings_circumstances.tsv")


@pytest.mark.parametrize("row", ROWS, ids=[r["id"] for r in ROWS])
def test_sentence(row: dict[str, str]) -> None:
    meetings = read_meetings(row["text"], row["published"])
    assert agree(row["rows"], meetings), [written(m) for m in meetings]


def test_a_third_of_the_sentences_tell_nothing() -> None:
    assert sum(r["rows"] == "-" for r in ROWS) >= len(ROWS) // 3
