"""The actor table: one sentence, one test."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from timeline.actors import find_mentions
from timeline.parse import parse


def table(name):
    lines = (Path(__file__).parent / "cases" / name).read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader((x for x in lines if not x.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
    return list(rows)


CASES = table("actors.tsv")


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['kind']}-{c['sentence'][:40]}")
def test_actors_of_a_sentence(case):
    mentions = find_mentions(parse(case["sentence"]), date.fromisoformat(case["on"]))
    found = {actor.name for mention in mentions for actor in mention.actors}
    assert found == set(filter(None, case["actors"].split(";")))


def test_the_table_is_broad_enough():
    kinds = Counter(case["kind"] for case in CASES)
    assert len(CASES) >= 300
    assert kinds["negative"] >= len(CASES) / 3 - 1
    assert {"name", "title", "state", "organisation", "metonym", "pronoun", "group"} <= set(kinds)
    assert {case["on"][:4] for case in CASES} >= {str(year) for year in range(2001, 2027)}
