"""The reference date: what the article tells is kept; else it is worked out from the text, or not known."""

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from timeline import edtf
from timeline.articles import article_from_text
from timeline.model import ReferenceDate
from timeline.reference import reference_date
from timeline.reference.infer import READ

PIECES = (
    "Am 31. Februar 2023", "heute, am 3. Mai 2021,", "am gestrigen Montag, dem 5. November",
    "Bundeskanzler Olaf Scholz", "der 64-jährige Joe Biden",
    "der 99. Jahrestag der Befreiung von Auschwitz", "vor 80 Jahren, 1945,", "2024",
    "auf der 999. Berlinale", "vor zwei Jahren", "im Dezember 2030", "Bundestagswahl", "bis 2035",
    "(dpa) –", "\n", "BERLIN, 22. Februar (dpa) –", "US-Präsident Joe Biden in Warschau",
    "im Februar letzten Jahres", "1980", "nach Russlands Invasion in der Ukraine",
    "Mittwoch, 29. Februar", ".", "Ex-Präsident Barack Obama",
)  # fmt: skip
CASES = Path(__file__).parent / "cases"


def rows(name):
    with (CASES / name).open(encoding="utf-8") as file:
        lines = [line for line in file if not line.startswith("#")]
    return [
        (row["id"], row["text"], row["expected"] or None) for row in csv.DictReader(lines, delimiter="\t")
    ]


@pytest.mark.parametrize(
    ("name", "text", "expected"), rows("reference.tsv"), ids=lambda value: str(value)[:40]
)
def test_cases(name, text, expected):
    assert reference_date(article_from_text(text)).value == expected, name


def test_what_is_told_is_kept():
    text = "Heute, am 3. Mai 2021, traf US-Präsident Joe Biden in Washington ein."
    article = article_from_text(text, published="2023-02-22")
    assert reference_date(article) == ReferenceDate("2023-02-22", "given", ())


def test_evidence_quotes_the_article():
    text = "US-Präsident Joe Biden ist am gestrigen Mittwoch, dem 24. Juni 2021, in Genf eingetroffen."
    found = reference_date(article_from_text(text))
    assert found.value is None  # the 24th of June 2021 was a Thursday
    text = "US-Präsident Joe Biden ist am gestrigen Mittwoch, dem 16. Juni 2021, in Genf eingetroffen."
    found = reference_date(article_from_text(text))
    assert (found.value, found.basis) == ("2021-06-17", "text")
    assert any("16. Juni 2021" in evidence for evidence in found.evidence)
    assert any("Joe Biden" in evidence for evidence in found.evidence)


def test_answers_do_not_depend_on_the_day_of_asking():
    text = "Die Minister wollen sich in den kommenden Monaten wieder treffen, hieß es am Montag."
    assert reference_date(article_from_text(text)) == ReferenceDate(None, "unknown", ())


@given(st.text(max_size=400) | st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_gives_a_date_or_none(text):
    found = reference_date(article_from_text(text))
    if found.value is None:
        assert found == ReferenceDate(None, "unknown", ())
    else:
        assert edtf.precision(found.value) in ("day", "month", "year")
        assert found.evidence
        assert all(isinstance(words, str) and words for words in found.evidence)


@pytest.mark.parametrize("number", ["²", "①", "2²"])
def test_a_sign_that_only_looks_like_a_digit_is_no_number(number):
    for text in (
        f"Vor {number} Jahren nach dem Fall der Berliner Mauer.",
        f"{number} Jahrestag des Mauerfalls, {number} Jahre nach dem Mauerfall.",
        f"der {number} -jährige Joe Biden, Joe Biden ({number}), am {number}. {number}. 2023",
    ):
        assert reference_date(article_from_text(text)).value is None


def test_only_the_beginning_is_read():
    filler = "Es regnet am Fluss. " * (READ // 20 + 1)
    news = "Heute, am 3. Mai 2021, haben die Beratungen begonnen."
    assert reference_date(article_from_text(f"{news} {filler}")).value == "2021-05-03"
    assert reference_date(article_from_text(f"{filler} {news}")).value is None
