# ruff: noqa: E501  sentences are not broken
"""The same article again: other format, other header, small edits; and articles that only look alike."""

import random

import pytest

from tests.files_made import FORMS, make
from timeline.articles import read_article
from timeline.articles.duplicates import bands, is_same_article, shingles, signature, similarity

ARTICLE = """Die Außenminister Deutschlands und Frankreichs haben sich am Donnerstag in Straßburg getroffen, um über die Lage
im Nahen Osten zu beraten. Beide Seiten sprachen sich für eine Wiederaufnahme der Verhandlungen aus. „Wir brauchen eine
Lösung, die alle Beteiligten mittragen“, sagte der französische Minister nach dem Gespräch. Sein deutscher Kollege verwies
auf die Vermittlung der Vereinten Nationen, die im vergangenen Herbst ins Stocken geraten war. Ein weiteres Treffen ist für
April in Berlin geplant. Daran sollen auch Vertreter Jordaniens und Ägyptens teilnehmen. Die Opposition im Bundestag
kritisierte, die Regierung habe zu lange gewartet. Aus dem Auswärtigen Amt hieß es dagegen, man habe von Anfang an alle
Wege genutzt. Beobachter in Brüssel erwarten vor dem Sommer keinen Durchbruch, halten aber eine Waffenruhe für möglich."""
FOLLOW_UP = """Die Außenminister Deutschlands und Frankreichs sind am Dienstag in Berlin mit Kollegen aus Jordanien und Ägypten
zusammengekommen. Ein weiteres Treffen ist für den Herbst in Kairo vorgesehen. Das Gespräch dauerte vier Stunden und damit
deutlich länger als geplant. Über eine Waffenruhe wurde nach Angaben von Diplomaten nicht gesprochen. Die Vermittlung der
Vereinten Nationen, die im vergangenen Herbst ins Stocken geraten war, soll nun von einer Arbeitsgruppe vorbereitet werden.
Der jordanische Minister nannte die Beratungen nützlich, aber nicht ausreichend. In Paris zeigte man sich zufriedener."""
HEADER = "BEISPIELBOTE – Ausgabe vom 23. Februar 2023\nPolitik, Seite 4\n\nVon unserer Korrespondentin\n\n"


def edited(text, share):
    rolled = random.Random(7)
    return " ".join("geändert" if rolled.random() < share else word for word in text.split())


SAME = {
    "itself": ARTICLE,
    "one line": " ".join(ARTICLE.split()),
    "capitals and other quotes": ARTICLE.upper().replace("„", "»").replace("“", "«"),
    "a header": HEADER + ARTICLE,
    "a foot": ARTICLE + "\n\n(dpa)\n\nLesen Sie auch: Was der Gipfel gebracht hat",
    "three words in a hundred changed": edited(ARTICLE, 0.03),
    "a reprint without its last sentences": ARTICLE[: int(len(ARTICLE) * 0.7)],
    "soft hyphens": ARTICLE.replace("minister", "mini\xadster"),
}
OTHER = {
    "the next report": FOLLOW_UP,
    "every third word changed": edited(ARTICLE, 0.33),
    "a short announcement out of it": ARTICLE[:150],
    "nothing": "",
}


@pytest.mark.parametrize("name", SAME)
def test_the_same_article(name):
    assert is_same_article(ARTICLE, SAME[name])
    assert is_same_article(SAME[name], ARTICLE)
    assert set(bands(signature(ARTICLE))) & set(bands(signature(SAME[name])))


@pytest.mark.parametrize("name", OTHER)
def test_another_article(name):
    assert not is_same_article(ARTICLE, OTHER[name])
    assert not is_same_article(OTHER[name], ARTICLE)


@pytest.mark.parametrize("form", FORMS)
def test_the_same_article_in_every_format(form):
    assert is_same_article(read_article(*make("text")).text, read_article(*make(form)).text)


def test_short_texts_are_compared_whole():
    assert is_same_article("Scholz trifft Macron.", "Scholz trifft  Macron")
    assert not is_same_article("Scholz trifft am Montag Macron.", "Scholz trifft am Dienstag Macron.")


def test_signatures_are_fixed_and_estimate():
    """The number is written down: a signature that changed would find nothing in stores that exist."""
    assert signature("Scholz trifft Macron in Paris.")[:8].hex() == "166d5d9813212d20"
    assert len(signature(ARTICLE)) == 512
    assert signature("") == b"\xff" * 512
    one, other = shingles(ARTICLE), shingles(HEADER + FOLLOW_UP + ARTICLE)
    exact = len(one & other) / len(one | other)
    estimate = similarity(signature(ARTICLE), signature(HEADER + FOLLOW_UP + ARTICLE))
    assert abs(estimate - exact) < 0.13  # three standard errors
    assert similarity(signature(ARTICLE), signature(ARTICLE)) == 1.0
    assert len(set(bands(signature(ARTICLE)))) == 32
