"""The other date of an expression is what the same words mean in the other tense."""

import pytest

from timeline.dates import find_dates
from timeline.figures.alternatives import other_choice
from timeline.model import ReferenceDate

PUBLISHED = ReferenceDate("2023-02-22", "metadata")
PAST, FUTURE = "Der Minister reiste {} nach Paris.", "Der Minister wird {} nach Paris reisen."


def read(sentence):
    (timex,) = find_dates(sentence, PUBLISHED.value)
    return timex


@pytest.mark.parametrize(
    "expression", ["am Dienstag", "am Freitag", "am 12. Juli", "am 3. Dezember", "im September", "im Herbst"]
)
def test_the_other_tense_gives_the_other_date(expression):
    past, future = read(PAST.format(expression)), read(FUTURE.format(expression))
    assert past.edtf < PUBLISHED.value
    assert future.edtf > past.edtf
    assert other_choice(past, PUBLISHED) == future.edtf
    assert other_choice(future, PUBLISHED) == past.edtf


@pytest.mark.parametrize(
    "sentence",
    [
        "Der Minister reiste am 12. März 2022 nach Paris.",
        "Der Minister reiste gestern nach Paris.",
        "Der Minister reiste im letzten September nach Paris.",
        "Der Minister reiste an Ostern nach Paris.",
        "Der Minister reiste am 12. nach Paris.",
        "Der Minister reiste im Februar nach Paris.",
    ],
)
def test_where_nothing_was_to_choose_nothing_is_told(sentence):
    assert other_choice(read(sentence), PUBLISHED) is None


def test_without_a_reference_day_nothing_is_told():
    assert other_choice(read(PAST.format("am Dienstag")), ReferenceDate("2023", "text")) is None
    assert other_choice(read(PAST.format("am Dienstag")), ReferenceDate(None, "unknown")) is None
