"""The tables behind the reference date: readable, without contradictions, and refused where wrong."""

from datetime import date

import pytest

from timeline.actors import knowledge
from timeline.language import LanguageError, read_toml, read_tsv
from timeline.reference import tables as module
from timeline.reference.clue import MONTHS
from timeline.reference.known import known_clues
from timeline.reference.tables import spellings, split_surname, tables

TABLES = ("world_events", "office_holders", "series", "recurring", "births", "us_trips", "visits")


@pytest.mark.parametrize("name", TABLES)
def test_no_row_twice(name):
    rows = [tuple(row.values()) for row in read_tsv(f"knowledge/{name}.tsv")]
    assert rows
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize("name", TABLES)
def test_no_field_has_stray_space(name):
    for row in read_tsv(f"knowledge/{name}.tsv"):
        assert all(value == value.strip() for value in row.values()), row


def test_words_of_events_are_lower_case():
    for name in ("world_events", "series", "recurring"):
        for row in read_tsv(f"knowledge/{name}.tsv"):
            assert row["words"] == row["words"].lower(), row
            assert all(part.strip() for part in row["words"].replace("&", "|").split("|")), row


def test_titles_of_holders_are_lower_case_and_names_are_whole():
    for row in read_tsv("knowledge/office_holders.tsv"):
        assert row["titles"] == row["titles"].lower(), row
        assert row["person"][0].isupper(), row


def test_no_holder_stands_in_both_tables():
    """Who held what when is told once: the tables of the actors serve the reference date too."""
    words = read_toml("languages/de/reference/clues.toml")
    known = {}
    for person in knowledge().persons.values():
        for surname, given in spellings(person).items():
            for name in given:
                known.setdefault((name, surname), []).extend(person.terms)
    twice = []
    for row in read_tsv("knowledge/office_holders.tsv"):
        titles = [title for title in row["titles"].split(",") if not title.startswith("vize")]
        first, last = date.fromisoformat(row["from"]), date.fromisoformat(row["to"] or "9999-12-31")
        for term in known.get(split_surname(row["person"]), ()):
            parts = words["titles"].get(term.office, []) + words["bodies"].get(term.side, [])
            overlap = term.first < last and first < (term.last or date.max)
            if overlap and any(part in title for part in parts for title in titles):
                twice.append((row["titles"], row["person"], term))
    assert not twice


def test_born_before_office():
    born = {row["person"]: date.fromisoformat(row["born"]) for row in read_tsv("knowledge/births.tsv")}
    for row in read_tsv("knowledge/office_holders.tsv"):
        if row["person"] in born:
            assert row["from"] > born[row["person"]].isoformat(), row


def test_all_pieces_lie_in_range():
    for event in tables().events:
        for first, last, weight in event.pieces:
            assert 0 <= first <= last < MONTHS
            assert weight > 0
    for terms in tables().holders.values():
        assert all(0 <= term.first <= term.last < MONTHS for term in terms)


def test_every_phrase_of_the_user_has_its_slots():
    for rule, text in read_toml("languages/de/reference/clues.toml")["phrases"].items():
        assert "{quote}" in text, rule


@pytest.mark.parametrize(
    ("table", "row", "message"),
    [
        (
            "world_events",
            {"words": "a", "kind": "often", "from": "2001", "to": "", "source": "x"},
            "unknown kind",
        ),
        (
            "world_events",
            {"words": "a", "kind": "era", "from": "2001", "to": "2000", "source": "x"},
            "ends before",
        ),
        (
            "world_events",
            {"words": "a", "kind": "era", "from": "2001-13", "to": "", "source": "x"},
            "world_events",
        ),
        ("recurring", {"words": "a", "dates": "2001-02-30"}, "recurring"),
    ],
)
def test_wrong_tables_are_refused_with_table_and_row(monkeypatch, table, row, message):
    monkeypatch.setattr(
        module,
        "read_tsv",
        lambda name: [row] if table in name else [],
    )
    module.tables.cache_clear()
    try:
        with pytest.raises(LanguageError, match=message):
            tables()
    finally:
        module.tables.cache_clear()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Bundeskanzlerin Angela Merkel kam.", "holder"),
        ("Angela Merkel, die Kanzlerin, kam.", "holder"),
        ("Der frühere Bundeskanzler Gerhard Schröder kam.", "former"),
        ("Ex-Kanzler Gerhard Schröder kam.", "former"),
        ("Der designierte Bundeskanzler Olaf Scholz kam.", "not_yet"),
        ("Das sagte Angela Merkel am Montag.", "named"),
        ("Die 64-jährige Angela Merkel kam.", "age"),
        ("Im Jahr nach dem Erdbeben in Haiti kam Hilfe.", "event"),
        ("Auf der 55. Berlinale lief der Film.", "event"),
        ("Das war 20 Jahre nach dem Mauerfall.", "span"),
        ("US-Präsident Joe Biden traf in Warschau ein.", "trip"),
        ("FDP-Chef Christian Lindner kam.", "holder"),
        ("Expräsident Barack Obama kam.", "former"),
        ("Um die Präsidentschaft bewirbt sich Donald Trump.", "named"),
        ("IWF-Chefin Kristalina Georgiewa kam.", "holder"),
        ("Der ukrainische Präsident Selenski sprach.", "holder"),
        ("Chinas Präsident Xi empfing ihn.", "holder"),
        ("Papst Benedikt XVI. betete.", "holder"),
        ("Papst Johannes Paul II. betete.", "holder"),
        ("Sein Sohn Benedikt XY kam.", None),
        ("Staatssekretär Xi kam.", None),
        ("Bischof Johannes Paul predigte.", None),
        ("Merkel kam.", None),
        ("FDP-Politiker Lindner kam.", None),
        ("Innenministerin Sabine Schäuble kam.", None),
        ("Der Präsident sagte das. Merkel kam.", None),
        ("Die Kanzlerin kam.", None),
        ("Im Mai blühte der Flieder am Kanzleramt.", None),
        ("Frau Biden kaufte in Warschau ein.", None),
    ],
)
def test_what_is_known(text, rule):
    rules = {clue.rule for clue in known_clues(text)}
    assert (rule in rules) if rule else not rules
