"""Names as the language of the interface writes them."""

import pytest

from tests.test_figures import XI, event
from timeline.figures.marks import lanes_of
from timeline.figures.naming import country_name, country_names, say_name
from timeline.figures.table import event_columns
from timeline.figures.wording import say_event
from timeline.language import read_tsv
from timeline.model import Actor

GERMANY = Actor("state:DE", "Deutschland", "state", "DE")
NAMES = [
    ("Deutschland", "Germany"),
    ("USA", "United States"),
    ("Russland", "Russia"),
    ("Moskau", "Moscow"),
    ("Vereinte Nationen", "United Nations"),
    ("Wladimir Putin", "Vladimir Putin"),
    ("Olaf Scholz", "Olaf Scholz"),
    ("Berlin", "Berlin"),
    ("Hintertupfing", "Hintertupfing"),
    ("", ""),
]


@pytest.mark.parametrize(("german", "english"), NAMES)
def test_a_name_is_said_in_the_language(german, english):
    assert say_name(german, "en") == english
    assert say_name(german, "de") == german


def test_countries_by_code():
    assert (country_name("FR", "de"), country_name("FR", "en")) == ("Frankreich", "France")
    assert country_name("ZZ", "en") == "ZZ"
    assert country_names("en").keys() == country_names("de").keys()


def test_every_state_has_an_english_name():
    assert [row["name"] for row in read_tsv("knowledge/states.tsv") if not row["english"]] == []


def test_the_table_of_names_says_only_what_differs():
    rows = read_tsv("figures/words/names_en.tsv")
    assert len({row["german"] for row in rows}) == len(rows)
    states = {row["name"] for row in read_tsv("knowledge/states.tsv")}
    assert [row["german"] for row in rows if row["german"] == row["english"] or row["german"] in states] == []


def test_an_english_page_has_no_german_names():
    made = event(who=(XI, GERMANY), place="Moskau")
    assert event_columns([made], "en")["place"] == ["Moscow"]
    assert event_columns([made], "en")["participants"] == ["Xi Jinping and Germany"]
    assert ("state:DE", "Germany") in lanes_of(made, "actor", "en")
    assert lanes_of(made, "place", "en") == [("Moskau", "Moscow")]
    assert "in Moscow" in say_event(made, "en")
    assert "in the Netherlands" in say_event(event(place="Niederlande"), "en")
