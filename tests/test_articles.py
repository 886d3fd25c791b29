"""Bytes to articles: encodings, text, Markdown, HTML; what each tells of its publication."""

import pickle
import unicodedata

import pytest

from timeline.articles import (
    ArticleError,
    Limits,
    Rejected,
    article_from_text,
    article_id,
    read_article,
    read_articles,
)
from timeline.articles.errors import REASONS

BODY = (
    "Der österreichische Außenminister hat am Mittwoch in Brüssel seinen ungarischen Kollegen getroffen. "
    "„Wir sprachen über die Grenze“, sagte er. Das Gespräch dauerte länger als geplant – über zwei Stunden."
)


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("utf-32-le", b"\xff\xfe\x00\x00"),
        ("cp1252", b""),
    ],
)
def test_encodings(encoding, mark):
    assert read_article("a.txt", mark + BODY.encode(encoding)).text == BODY


def test_mac_and_dos_umlauts():
    text = (
        "Die Außenminister trafen sich in Köln und später in München; für Österreich sprach die Präsidentin."
    )
    assert read_article("a.txt", text.encode("mac_roman")).text == text
    assert read_article("a.txt", text.encode("cp850")).text == text


def test_file_text_is_normalised():
    decomposed = unicodedata.normalize("NFD", "Außenminister in Köln") + "\r\nzwei\u00adte Zeile\u200b\x07"
    assert read_article("a.txt", decomposed.encode()).text == "Außenminister in Köln\nzweite Zeile"


def test_given_text_is_left_as_it_is():
    text = "  " + unicodedata.normalize("NFD", "Köln") + "\r\n Text \u00ad\n"
    article = article_from_text(text, published="2023-02-22", source="zeile 1")
    assert article.text == text
    assert (article.reference.value, article.reference.basis) == ("2023-02-22", "given")


@pytest.mark.parametrize("published", ["gestern", "2023-02-31", "2023-02/2023-03", "196X", ""])
def test_given_date_must_be_one(published):
    with pytest.raises(ValueError, match="not a publication date"):
        article_from_text(BODY, published=published)


def test_same_words_same_id():
    assert article_id("Köln  ist\n\nschön ") == article_id(unicodedata.normalize("NFD", "Köln ist schön"))
    assert article_id("Köln ist schön") != article_id("Köln war schön")


def test_plain_text_tells_title_and_day():
    text = f"Treffen in Brüssel\nVon Anna Beispiel, 22. Februar 2023\n\n{BODY}"
    article = read_article("treffen.txt", text.encode())
    assert article.title == "Treffen in Brüssel"
    assert (article.reference.value, article.reference.basis) == ("2023-02-22", "header")
    assert article.source == "treffen.txt"


def test_plain_text_without_a_day_is_unknown():
    article = read_article("treffen.txt", BODY.encode())
    assert (article.reference.value, article.reference.basis) == (None, "unknown")
    assert article.title is None


MARKDOWN = f"""---
title: "Treffen in Brüssel"
date: 2023-02-22
outlet: Beispielbote
url: https://example.org/treffen
---
# Treffen

{BODY.replace("Außenminister", "**Außenminister**").replace("Brüssel", "[Brüssel](https://example.org)")}

- Erster Punkt
- Zweiter Punkt
"""


def test_markdown():
    article = read_article("treffen.md", MARKDOWN.encode())
    assert article.text == f"Treffen\n\n{BODY}\n\nErster Punkt\n\nZweiter Punkt"
    assert (article.title, article.outlet) == ("Treffen in Brüssel", "Beispielbote")
    assert article.url == "https://example.org/treffen"
    assert (article.reference.value, article.reference.basis) == ("2023-02-22", "metadata")
    assert article.reference.evidence == ("date: 2023-02-22",)


def test_markdown_without_front_matter():
    article = read_article("treffen.md", f"# Treffen in Brüssel\n\nStand: 22.02.2023\n\n{BODY}".encode())
    assert (article.title, article.reference.value) == ("Treffen in Brüssel", "2023-02-22")


PAGE = """<!DOCTYPE html><html lang="de"><head><meta charset="utf-8">
<title>Treffen | Beispielbote</title>{head}</head>
<body><nav><a href="/">Startseite</a> <a href="/politik">Politik</a></nav>
<article><h1>Treffen in Brüssel</h1>{time}
<p>{body}</p><figure><img src="a.jpg"><figcaption>Zwei Minister im Bild. Foto: Muster</figcaption></figure>
<p>{body2}</p></article>
<aside><h2>Lesen Sie auch</h2><a href="/x">Zehn Tipps zum Sparen</a></aside>
<footer>Impressum © 2026 Beispielbote</footer></body></html>"""
BODY2 = (
    "Die Gespräche sollen im März fortgesetzt werden, teilte das Ministerium mit. Beide Seiten lobten die "
    "Zusammenarbeit der vergangenen Monate. Streit gibt es noch über die Kosten der gemeinsamen Grenzwache."
)


def page(head="", time=""):
    return PAGE.format(head=head, time=time, body=BODY, body2=BODY2)


JSON_LD = (
    '<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [{'
    '"@type": "NewsArticle",'
    ' "headline": "Minister treffen sich", "datePublished": "2023-02-22T18:04:00+01:00",'
    ' "dateModified": "2023-02-24T08:00:00+01:00", "publisher": {"@type": "Organization",'
    ' "name": "Der Beispielbote"}}]}</script>'
)


@pytest.mark.parametrize(
    ("head", "time", "expected", "basis"),
    [
        (JSON_LD, "", "2023-02-22", "metadata"),
        (
            '<meta property="article:published_time" content="2023-02-22T18:04:00Z">',
            "",
            "2023-02-22",
            "metadata",
        ),
        ('<meta name="date" content="22.02.2023">', "", "2023-02-22", "metadata"),
        ('<meta name="DC.date.issued" content="2023-02-22">', "", "2023-02-22", "metadata"),
        ("", '<time datetime="2023-02-22T18:04">22. Februar</time>', "2023-02-22", "metadata"),
        (
            '<script type="application/ld+json">{kaputt</script>',
            "<p>Stand: 22.02.2023</p>",
            "2023-02-22",
            None,
        ),
        ('<meta property="article:modified_time" content="2024-05-01T08:00:00Z">', "", None, None),
        ("", "", None, "unknown"),
    ],
)
def test_html_date(head, time, expected, basis):
    article = read_article("seite.html", page(head, time).encode())
    assert article.reference.value == expected
    if basis:
        assert article.reference.basis == basis


def test_html_text_is_what_a_reader_reads():
    head = JSON_LD + '<link rel="canonical" href="https://example.org/treffen">'
    article = read_article("seite.html", page(head).encode())
    assert BODY in article.text
    assert BODY2 in article.text
    for unwanted in ("Startseite", "Lesen Sie auch", "Impressum", "Foto: Muster"):
        assert unwanted not in article.text
    assert (article.title, article.outlet) == ("Minister treffen sich", "Der Beispielbote")
    assert article.url == "https://example.org/treffen"


def test_html_declared_encoding_and_wrong_ending():
    source = page().replace('charset="utf-8"', 'charset="iso-8859-1"')
    assert BODY in read_article("seite.txt", source.encode("cp1252")).text


def test_short_page_is_read_too():
    article = read_article("kurz.html", b"<html><body><p>Der Kanzler reist nach Wien.</p></body></html>")
    assert article.text == "Der Kanzler reist nach Wien."


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("leer.txt", b"", "empty"),
        ("leer.txt", b" \r\n\t ", "empty"),
        ("leer.txt", b"\x00" * 100, "empty"),
        ("leer.md", b"---\ntitle: Nur Kopf\n---\n", "empty"),
        ("bild.txt", bytes(range(256)) * 40, "binary"),
        ("bild.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "unsupported"),
        ("leer.html", b"<html><head><title>x</title></head><body></body></html>", "no_text"),
        ("gross.txt", b"x" * 2000, "too_large"),
        ("lang.txt", b"wort " * 190, "too_long"),
        ("halb.txt", b"\xff\xfea\x00b", "damaged"),
    ],
)
def test_refusals_say_why(name, data, code):
    with pytest.raises(ArticleError) as caught:
        read_article(
            name, data, limits=Limits(max_bytes=1500 if code != "binary" else 10**6, max_characters=900)
        )
    if code != "binary":
        assert caught.value.code == code
    assert caught.value.params["name"] == name
    assert name in str(caught.value)


def test_rejected_keeps_the_reason():
    (rejected,) = read_articles("leer.txt", b"")
    assert isinstance(rejected, Rejected)
    assert (rejected.source, rejected.error.code) == ("leer.txt", "empty")


def test_errors_travel_between_processes():
    error = pickle.loads(pickle.dumps(ArticleError("too_large", name="a", size=3, limit=2)))
    assert (error.code, error.params, "3 bytes" in str(error)) == (
        "too_large",
        {"name": "a", "size": 3, "limit": 2},
        True,
    )


def test_every_reason_says_what_to_do_or_what_was_left_out():
    assert all(";" in text for text in REASONS.values())
