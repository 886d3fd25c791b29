"""Summits, negotiations, calls, mediation and summons, as news tells them: one test per row of the table."""

import pytest

from tests.meeting_table import agree, read_meetings, table, written

ROWS = table("meetings_sessions.tsv")


@pytest.mark.parametrize("row", ROWS, ids=[r["id"] for r in ROWS])
def test_passage(row: dict[str, str]) -> None:
    meetings = read_meetings(row["text"], row["published"])
    assert agree(row["rows"], meetings), [written(m) for m in meetings]


def test_a_fourth_of_the_passages_tell_nothing() -> None:
    assert sum(r["rows"] == "-" for r in ROWS) >= len(ROWS) // 4
