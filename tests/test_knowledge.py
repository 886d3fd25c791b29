"""The tables of the knowledge base are sound."""

import subprocess
import sys
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from timeline.actors import body_of, knowledge, state_of
from timeline.actors.knowledge import Knowledge, read_terms, split_name
from timeline.actors.lexicon import lexicon
from timeline.actors.words import fold
from timeline.language import LanguageError, read_tsv

ROOT = Path(__file__).parents[1]
SOURCES = ROOT.parent / "shared" / "kb_sources"


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return knowledge()


def test_every_side_is_a_known_state_or_body(known):
    beside = {"HK"}  # a region with a government of its own that has a code of its own
    sides = {term.side for person in known.persons.values() for term in person.terms}
    assert sides - set(known.states) - set(known.bodies) - beside == set()


def test_all_states_of_the_united_nations_and_four_more_are_there(known):
    assert len(known.states) == 193 + 4  # Holy See, Palestine, Kosovo, Taiwan
    assert {"VA", "PS", "XK", "TW"} <= set(known.states)


def test_every_place_and_metonym_lies_in_a_known_country(known):
    regions = {"HK", "FO", "GL", "FK", "GI", "EH"}
    codes = {place.country for places in known.places.values() for place in places}
    assert codes - set(known.states) - regions - {None} == set()
    sides = {code for side, _ in known.metonyms.values() for code in side.split("|") if code}
    assert sides - set(known.states) == set()


def test_no_spelling_of_a_state_means_two_states():
    seen = defaultdict(set)
    for row in read_tsv("knowledge/states.tsv"):
        for cell in ("name", "variants", "adjectives", "capital"):
            for form in filter(None, row[cell].split("|")):
                seen[form].add(row["code"])
    assert {form: codes for form, codes in seen.items() if len(codes) > 1} == {}


def test_no_person_key_means_two_persons(known):
    assert len(known.by_key) == len(known.persons)


def test_a_surname_of_two_persons_in_office_at_one_time_has_a_rule():
    rules = {row["surname"]: row["rule"] for row in read_tsv("knowledge/homonyms.tsv")}
    assert set(rules.values()) <= {"title", "known"}
    missing = {}
    for first, entries in lexicon().entries.items():
        for entry in entries:
            for n, one in enumerate(entry.persons):
                for other in entry.persons[n + 1 :]:
                    together = any(
                        a.first <= (b.last or date.max) and b.first <= (a.last or date.max)
                        for a in one.terms
                        for b in other.terms
                    )
                    surname = " ".join((first, *entry.rest))
                    if together and surname not in rules:
                        missing[surname] = (one.name, other.name)
    assert missing == {}


def test_no_spelling_of_a_full_name_means_two_persons(known):
    seen = defaultdict(set)
    for person in known.persons.values():
        for form in (person.name, *person.forms):
            seen[form].add(person.name)
    assert {form: names for form, names in seen.items() if len(names) > 1} == {}


def test_a_person_holds_no_office_twice_at_once(known):
    for person in known.persons.values():
        for n, one in enumerate(person.terms):
            for other in person.terms[n + 1 :]:
                if (one.side, one.office) == (other.side, other.office):
                    assert (one.last or date.max) <= other.first, person.name


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("RU\tpresident\tX Y\t2004-01-01\t2003-01-01", "ends before it begins"),
        ("RU\tpresident\tX Y\t2004-13-01\t", "is not a day"),
    ],
)
def test_a_wrong_term_is_refused(tmp_path, monkeypatch, row, complaint):
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "knowledge" / "x.tsv").write_text(
        f"side\toffice\tperson\tfrom\tto\n{row}\n", encoding="utf-8"
    )
    monkeypatch.setattr("timeline.language._ROOT", tmp_path)
    with pytest.raises(LanguageError, match=complaint):
        read_terms("x.tsv")


@pytest.mark.parametrize(
    ("side", "office", "on", "name"),
    [
        ("RU", "president", "2009-06-01", "Dmitri Medwedew"),
        ("RU", "president", "2023-02-22", "Wladimir Putin"),
        ("DE", "foreign_minister", "2015-01-01", "Frank-Walter Steinmeier"),
        ("DE", "foreign_minister", "2021-12-08", "Annalena Baerbock"),
        ("US", "president", "2021-01-20", "Joe Biden"),
        ("GB", "head_of_government", "2022-09-20", "Liz Truss"),
        ("VA", "pope", "2025-06-01", "Leo XIV."),
        ("UN", "secretary_general", "2006-12-31", "Kofi Annan"),
        ("TL", "president", "2005-12-29", "Xanana Gusmão"),
        ("EU", "high_representative", "2010-01-01", "Catherine Ashton"),
        ("XK", "head_of_government", "2008-02-15", "Hashim Thaçi"),
        ("FR", "foreign_minister", "2011-01-15", "Michèle Alliot-Marie"),
        ("DDR", "leader", "1987-09-07", "Erich Honecker"),
        ("CN", "leader", "1972-02-21", "Mao Zedong"),
        ("US", "foreign_minister", "1973-12-21", "Henry Kissinger"),
        ("RU", "head_of_government", "1995-06-18", "Wiktor Tschernomyrdin"),
    ],
)
def test_holder_of_a_day(known, side, office, on, name):
    assert known.holders(side, (office,), date.fromisoformat(on))[0].name == name


@pytest.mark.parametrize(
    ("name", "family_first", "expected"),
    [
        ("Jaap de Hoop Scheffer", False, ("Jaap", "de Hoop Scheffer")),
        ("Abdel Fattah al-Sisi", False, ("Abdel Fattah", "al-Sisi")),
        ("Xi Jinping", True, ("Jinping", "Xi")),
        ("Sugiono", False, ("", "Sugiono")),
    ],
)
def test_names_are_split(name, family_first, expected):
    assert split_name(name, family_first=family_first) == expected


def test_a_lasting_surname_is_no_common_one(known):
    common = lexicon().classes["common_surnames"] | lexicon().homonyms
    lasting = {fold(surname) for p in known.persons.values() if p.lasting for surname in p.surnames}
    assert {"Gorbatschow", "Reagan"} <= lasting
    assert lasting & common == set()


def test_a_state_bears_the_name_of_the_day():
    assert state_of("MK", date(2015, 8, 27)).name == "Mazedonien"
    assert state_of("MK", date(2020, 8, 27)).name == "Nordmazedonien"
    assert state_of("ZZ") is None


def test_body_for_which_a_person_speaks(known):
    person = known.persons["Federica Mogherini"]
    assert body_of(known.actor(person, date(2015, 7, 1)), date(2015, 7, 1)) == "org:EU"
    assert body_of(state_of("RU"), None) is None
    assert known.actor(person, date(2014, 5, 1)).country == "IT"


@pytest.mark.skipif(not SOURCES.exists(), reason="the public lists are not here")
def test_generated_tables_are_up_to_date(tmp_path):
    names = ("terms_generated.tsv", "terms_sources.tsv", "wikidata.tsv")
    folder = ROOT / "timeline" / "knowledge"
    before = {name: (folder / name).read_bytes() for name in names}
    try:
        command = [sys.executable, str(ROOT / "tools" / "build_knowledge.py"), str(SOURCES)]
        subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
        after = {name: (folder / name).read_bytes() for name in names}
    finally:
        for name, content in before.items():
            (folder / name).write_bytes(content)
    assert after == before


def test_a_former_capital_is_a_town_of_its_own():
    for form, town in (("Amsterdam", "Amsterdam"), ("Daressalam", "Daressalam"), ("Tbilissi", "Tiflis")):
        (entry,) = [e for e in lexicon().entries[form] if e.capital]
        assert [place.name for place in entry.places] == [town]
