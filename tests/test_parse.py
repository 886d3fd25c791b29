"""Sentences of German news: what ends one, what does not, and that no character is lost."""

import subprocess
import sys

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

import timeline.parse as parsing
from timeline.parse import parse, tokens

TEXTS = {
    "ordinal day": ["Am 22. Februar traf er ein.", "Danach sprach er."],
    "year ends": ["Das war im Jahr 2019.", "Danach ruhten die Gespräche."],
    "number ends": ["Es kamen 160.000.", "Die Stadt war voll."],
    "round": ["Die 3. Runde der Gespräche begann in Genf.", "Sie endete rasch."],
    "abbreviation": ["Er sprach u. a. mit Dr. Weber über die Lage in St. Pölten.", "Dann fuhr er ab."],
    "initials": ["Präsident George W. Bush reiste nach Prag.", "Er blieb zwei Tage."],
    "regent number": ["Papst Benedikt XVI. empfing den Kanzler.", "Der Termin dauerte lange."],
    "regent at end": ["Er traf Papst Benedikt XVI.", "Danach flog er nach Wien."],
    "quote": ["„Wir sind bereit.“", "Das sagte der Minister."],
    "quote goes on": ["„Wir sind bereit!“, sagte der Minister.", "Mehr sagte er nicht."],
    "question": ["Kommt er?", "Niemand weiß es."],
    "dateline": ["Berlin, 3. Mai (Agentur) – Der Kanzler reist ab.", "Er fliegt nach Paris."],
    "headline": ["Kanzler reist nach Paris", "Der Kanzler reist am Montag nach Paris."],
    "glued": ["Das war die Wahl.", "Unterdessen reiste er ab."],
    "omission": ["Er sprach von Mühen […] Danach schwieg er lange."],
    "clock": ["Das Treffen begann um 17.30 Uhr.", "Es endete um 20 Uhr."],
    "bis zum": ["Die Frist läuft bis zum 30. Juni.", "Bis dahin wird verhandelt."],
}
JOINTS = {"headline": "\n\n", "glued": ""}


@pytest.mark.parametrize("name", TEXTS)
def test_sentences(name: str) -> None:
    sentences = TEXTS[name]
    text = JOINTS.get(name, " ").join(sentences)
    assert [s.text.strip() for s in parse(text).sents] == sentences


def test_lines_broken_to_a_width_do_not_end_sentences() -> None:
    doc = parse("Der Kanzler reist am Montag\nnach Paris und trifft dort\nden Präsidenten. Er kommt\nwieder.")
    assert [s.text.split()[0] for s in doc.sents] == ["Der", "Er"]


def test_each_line_is_a_paragraph_otherwise() -> None:
    doc = parse("Kanzler in Paris\nDer Kanzler reist am Montag nach Paris")
    assert len(list(doc.sents)) == 2


@pytest.mark.parametrize("text", ["", " ", "\n\n", "Ein", "…", "1."])
def test_little_text(text: str) -> None:
    assert parse(text).text == text


def test_lone_surrogate() -> None:
    text = "Er kam.\ud800 Dann ging er."
    assert parse(text).text == text.replace("\ud800", "\ufffd")


@given(st.text(alphabet="abAB .!?\n„“1289,-äß", max_size=80))
def test_text_is_kept_and_every_token_has_a_sentence(text: str) -> None:
    doc = parse(text)
    assert doc.text == text
    assert sum(len(s) for s in doc.sents) == len(doc)


def test_words_of_millions_of_articles_are_not_remembered(monkeypatch):
    monkeypatch.setattr(parsing, "_MOST_WORDS", 2_000)
    docs = [parse(" ".join(f"Wort{n}x{m}" for m in range(300)) + ".") for n in range(20)]
    assert len(docs[-1].vocab) < 2_400
    assert [len(doc) for doc in docs] == [300] * 20
    assert docs[0].text.startswith("Wort0x0 ")


@pytest.mark.parametrize("name", TEXTS)
def test_tokens_are_those_of_the_blank_pipeline(name: str) -> None:
    text = (
        " ".join(TEXTS[name]) + " Infos: https://example.org/a?b=1, info@example.org, 3,5 km/h, z.B. S-Bahn."
    )
    assert tokens(text) == [(t.idx, t.idx + len(t)) for t in spacy.blank("de")(text)]


LEAN = """
import sys
from timeline.parse import load_spacy, parse
assert len(parse("Sie trafen sich.")) == 4
assert load_spacy() is sys.modules["spacy"]
assert not {"spacy.cli", "weasel", "typer"} & set(sys.modules), "the command line of spaCy was loaded"
import spacy
assert not hasattr(spacy, "cli")
assert spacy.info(silent=True)["spacy_version"] == spacy.__version__
from spacy.cli.download import download
import spacy.cli
assert spacy.cli.download is download or spacy.cli.download.download is download
"""


def test_spacy_is_loaded_without_its_command_line_which_can_still_be_had() -> None:
    subprocess.run([sys.executable, "-c", LEAN], check=True, timeout=120)
