"""What the sample articles tell, row by row: a rule that helps elsewhere must not spoil what newcomers see.

Rows that are read wrongly today stand here too, so that a change shows: Trump received Selenskyj on
17 October 2025 ("einen Tag nach dem Telefonat"), and Rubio and Lawrow only telephoned.
"""

import json
from pathlib import Path

import pytest

from timeline.articles import article_from_text
from timeline.pipeline import read

SAMPLES = Path(__file__).parent.parent / "assets" / "samples"
TOLD = json.loads((Path(__file__).parent / "cases" / "samples.json").read_text(encoding="utf-8"))


def test_every_sample_is_here() -> None:
    assert sorted(TOLD) == sorted(path.name for path in SAMPLES.glob("*.txt"))


@pytest.mark.parametrize("name", sorted(TOLD))
def test_sample(name: str) -> None:
    meetings = read(article_from_text((SAMPLES / name).read_text(encoding="utf-8")), None).meetings
    rows = [
        [m.kind, m.status, m.date, m.place, sorted(actor.name for actor in m.participants)] for m in meetings
    ]
    assert rows == TOLD[name]
