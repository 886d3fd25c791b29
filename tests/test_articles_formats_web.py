# ruff: noqa: E501  sentences are not broken
"""Web pages: which day of the many on a page is the day of publication, and what is no part of the article."""

import pytest

from tests.files_made import FIRST, SECOND
from timeline.articles import read_article, surroundings
from timeline.articles.surroundings import is_surrounding
from timeline.language import LanguageError, read_toml

RULES = read_toml("languages/de/articles/surroundings.toml")["line"]


@pytest.mark.parametrize("line", [line for rule in RULES for line in rule["yes"]])
def test_a_line_of_the_page(line):
    assert is_surrounding(line)


@pytest.mark.parametrize("line", [line for rule in RULES for line in rule["no"]])
def test_a_line_of_the_article(line):
    assert not is_surrounding(line)


@pytest.mark.parametrize("rule", RULES, ids=[rule["id"] for rule in RULES])
def test_every_rule_has_examples_and_a_source(rule):
    assert rule["yes"]
    assert rule["no"]
    assert rule["source"]


def test_a_broken_rule_is_named(monkeypatch):
    broken = {"line": [{"id": "kaputt", "find": "(", "yes": ["a"], "no": ["b"], "source": "s"}]}
    monkeypatch.setattr(surroundings, "read_toml", lambda name: broken)
    surroundings._rules.cache_clear()
    with pytest.raises(LanguageError, match="kaputt"):
        is_surrounding("a")
    monkeypatch.undo()
    surroundings._rules.cache_clear()


NEWS = f"""<!DOCTYPE html><html lang="de"><head><title>Treffen</title></head><body>
<div id="cookie-banner"><p>Wir verwenden Cookies, um Inhalte und Anzeigen zu personalisieren.</p><button>Alle akzeptieren</button></div>
<header><nav><ul><li><a href="/">Start</a></li><li><a href="/p">Politik</a></li></ul></nav></header>
<main><article><h1>Treffen in Wien</h1><p class="lead"><strong>Zwei Nachbarn reden wieder miteinander.</strong></p>
<figure><img src="a.jpg"><figcaption>Die Minister am Mittwoch in Wien. (Foto: Max Muster)</figcaption></figure>
<p>{FIRST}</p><div class="teaser related"><strong>Lesen Sie auch</strong><a href="/a">Zehn Tipps zum Sparen von Energie</a></div>
<p><strong>Lesen Sie auch: <a href="/b">Warum Budapest jetzt einlenkt</a></strong></p><h2>Streit um Kosten</h2><p>{SECOND}</p>
<div class="newsletter-box"><h3>Newsletter abonnieren</h3><p>Jetzt kostenlos anmelden!</p></div>
<aside class="infobox"><h3>Mehr zum Thema</h3><ul><li><a href="/c">Grenzwache: Die Pläne der Regierung</a></li></ul></aside>
<div class="paywall"><p>Weiterlesen mit B+. Sie haben bereits ein Abo? Hier anmelden.</p></div>
<div class="social"><a href="#">Teilen</a><a href="#">Twittern</a></div></article>
<section class="comments"><h2>Kommentare</h2><p>Nutzer 17: Am 1. Mai 2024 sehen wir weiter, dann wird sich zeigen, wer recht hatte.</p></section>
<section class="most-read"><h2>Meistgelesen</h2><ol><li><a href="/d">Wetter: Es wird kalt am Wochenende</a></li></ol></section></main>
<footer><p>© 2026 Beispielbote. Alle Rechte vorbehalten. Impressum Datenschutz</p></footer></body></html>"""


def test_only_the_article_of_a_page_is_left():
    assert read_article("a.html", NEWS.encode()).text.split("\n\n") == [
        "Treffen in Wien", "Zwei Nachbarn reden wieder miteinander.", FIRST, "Streit um Kosten", SECOND,
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
@pytest.mark.parametrize("declared", ["utf-8", "iso-8859-1", "koi8-r", "nonsense"])
def test_a_wrong_declaration_does_no_harm(encoding, declared):
    page = NEWS.replace("<head>", f'<head><meta charset="{declared}">')
    if (encoding, declared) == ("cp1252", "koi8-r"):
        pytest.skip("valid in both: nobody can tell")
    assert FIRST in read_article("a.html", page.encode(encoding)).text


def test_a_page_that_breaks_off():
    whole = NEWS.encode()
    for share in (0.5, 0.6, 0.7, 0.9):
        assert FIRST in read_article("a.html", whole[: int(len(whole) * share)]).text


def page(head="", above="", below="", after=""):
    return f"""<html lang="de"><head><title>T</title>{head}</head><body><article><h1>Treffen in Wien</h1>{above}
<p>{FIRST}</p><p>{SECOND}</p>{below}</article>{after}</body></html>"""


def linked(content):
    return page(f'<script type="application/ld+json">{content}</script>')


DAYS = {
    "JSON-LD": (linked('{"@type": "NewsArticle", "datePublished": "2023-02-22T23:30:00+01:00"}'), "2023-02-22"),
    "JSON-LD, page and article": (linked('[{"@type": "WebPage", "datePublished": "2010-01-01"}, {"@type": "NewsArticle", "datePublished": "2023-02-22"}]'), "2023-02-22"),
    "JSON-LD with a comma too many": (linked('{"@type": "NewsArticle", "datePublished": "2023-02-22",}'), "2023-02-22"),
    "JSON-LD in CDATA": (linked('/*<![CDATA[*/{"@type": "NewsArticle", "datePublished": "2023-02-22"}/*]]>*/'), "2023-02-22"),
    "JSON-LD in capitals": (page('<script type="application/LD+JSON">{"@type": "NewsArticle", "datePublished": "2023-02-22"}</script>'), "2023-02-22"),
    "JSON-LD, broken, of two articles": (linked('{"datePublished": "2023-02-22"} {"datePublished": "2020-01-01"}'), None),
    "JSON-LD, changed only": (linked('{"@type": "NewsArticle", "dateModified": "2026-03-02"}'), None),
    "OpenGraph": (page('<meta property="article:published_time" content="2023-02-22T18:00:00Z">'), "2023-02-22"),
    "OpenGraph, changed only": (page('<meta property="article:modified_time" content="2026-03-02T10:00:00Z">'), None),
    "last change": (page('<meta name="last-modified-date" content="2026-03-02">'), None),
    "itemprop": (page('<meta itemprop="datePublished" content="2023-02-22">'), "2023-02-22"),
    "Dublin Core": (page('<meta name="DC.date.issued" content="2023-02-22">'), "2023-02-22"),
    "February or March": (page('<meta name="date" content="02/03/2023">'), None),
    "time": (page(above='<time datetime="2023-02-22T18:00">Mittwoch</time>'), "2023-02-22"),
    "time in words": (page(above="<time>22. Februar 2023</time>"), "2023-02-22"),
    "time of a change": (page(above='<time class="updated" datetime="2026-03-02">2. März</time>'), None),
    "time of a change in words": (page(above='<p>Aktualisiert: <time datetime="2026-03-02">2. März</time></p>'), None),
    "time and time of a change": (page(above='<p>Aktualisiert <time datetime="2026-03-02">2.3.</time>, veröffentlicht <time datetime="2023-02-22">22.2.</time></p>'), "2023-02-22"),
    "time of a teaser": (page(after='<article class="teaser"><time datetime="2020-01-01">x</time><h3>Anderes</h3></article>'), None),
    "time of a teaser inside": (page(below='<article class="teaser"><time datetime="2020-01-01">x</time><h3>Anderes</h3></article>'), None),
    "line": (page(above="<div>Stand: 22.02.2023 18:04 Uhr</div>"), "2023-02-22"),
    "address": (page('<link rel="canonical" href="https://bote.example/2023/02/22/treffen.html">'), "2023-02-22"),
    "a day that the article tells of": (page(below="<p>Am 12. Januar 2021 hatten sie sich in Graz getroffen.</p>"), None),
    "foot": (page(after="<footer>Zuletzt geändert: 02.03.2026 © 2026 Beispielbote</footer>"), None),
}  # fmt: skip


@pytest.mark.parametrize("name", DAYS)
def test_the_day_of_publication(name):
    content, expected = DAYS[name]
    assert read_article("a.html", content.encode()).reference.value == expected


def test_a_page_too_small_for_the_finder_of_articles():
    page = "<html><body><ul><li><p>Scholz trifft Macron.</p></li></ul><div>In Paris.</div></body></html>"
    assert read_article("a.html", page.encode()).text == "Scholz trifft Macron.\n\nIn Paris."
