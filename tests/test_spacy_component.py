"""The tagger inside a spaCy pipeline."""

import spacy
from spacy.tokens import Doc


def test_component_fills_the_span_group():
    nlp = spacy.blank("de")
    nlp.add_pipe("german_timex", config={"published": "2023-02-22"})
    doc = nlp("Sie trafen sich letzten September und sehen sich am Freitag wieder.")
    assert [(span.text, span.label_, span.id_) for span in doc.spans["timex"]] == [
        ("letzten September", "DATE", "2022-09"),
        ("Freitag", "DATE", "2023-02-24"),
    ]
    first = doc.spans["timex"].attrs["timexes"][0]
    assert (first["edtf"], first["basis"], first["rule"]) == ("2022-09", "reference", "month-shifted")


def test_component_without_a_reference_date_keeps_values_open():
    nlp = spacy.blank("de")
    nlp.add_pipe("german_timex")
    doc = nlp("Am Montag kam er, am 3. Mai 2021 ging er.")
    assert [span.id_ for span in doc.spans["timex"]] == ["XXXX-WXX-1", "2021-05-03"]


def test_span_takes_in_whole_tokens_and_survives_storing():
    nlp = spacy.blank("de")
    nlp.add_pipe("german_timex", config={"published": "2023-02-22"})
    doc = nlp("Es gilt eine 14-Tage-Frist.")
    assert doc.spans["timex"].attrs["timexes"][0]["value"] == "P14D"
    again = Doc(nlp.vocab).from_bytes(doc.to_bytes())
    assert [span.id_ for span in again.spans["timex"]] == ["P14D"]
