"""Files for other programs: read back by their own readers, safe, and the same each time."""

import csv
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from tests.diplomacy import article, claim, meeting, reading
from timeline.export import (
    COLUMNS,
    FORMATS,
    Source,
    evidence_pack,
    pack_of_store,
    to_csv,
    to_ics,
    to_json,
    to_parquet,
    to_timelinejs,
)
from timeline.export.formats import STATUS_WORDS
from timeline.figures.look import STYLES
from timeline.merge import merge
from timeline.model import Actor, Evidence
from timeline.query import Query
from timeline.store import Store

EVENTS = merge([
    claim("a", "Putin, Xi", "2022-09-15", "Samarkand", published="2022-09-16", outlet="Tagblatt"),
    claim("b", "Putin, Xi", "2022-09", "Usbekistan", outlet="Abendzeitung"),
    claim("c", "Scholz, Macron", "2024-05-26/2024-05-28", "Meseberg", "visit", "planned"),
    claim("d", "Scholz, Putin", "2022", None, "call"),
    claim("e", "Russland, Ukraine", "2022-02-28/..", "Minsk", "negotiation", "ongoing"),
    claim("f", "Frankreich, China", None, "Paris", "meeting", "proposed"),
])  # fmt: skip


def rows(events=EVENTS):
    return list(csv.DictReader(io.StringIO(to_csv(events).decode("utf-8-sig"), newline="")))


def with_text(text):
    """An event in which the names, place and sentence of an article are ``text``."""
    told = claim("a", "Putin, Xi", "2022-09-15", "Samarkand", outlet=text)
    actor = Actor("name:x", text, "person", "DE")
    changed = replace(
        told.meeting, participants=(actor, told.meeting.participants[1]), place=text, expression=text,
        evidence=(Evidence(0, len(text), text),),
    )  # fmt: skip
    return merge([replace(told, meeting=changed)])


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_events_give_the_same_bytes(name):
    assert FORMATS[name](EVENTS) == FORMATS[name](list(EVENTS))
    assert FORMATS[name]([]) is not None


def test_csv_has_a_row_for_each_event():
    found = rows()
    assert [row["id"] for row in found] == [event.id for event in EVENTS]
    assert list(found[0]) == list(COLUMNS)
    (summit,) = [row for row in found if row["place"] == "Samarkand"]
    assert (summit["participants"], summit["first_day"], summit["sources"], summit["outlets"]) == (
        "Wladimir Putin; Xi Jinping", "2022-09-15", "2", "Abendzeitung; Tagblatt",
    )  # fmt: skip


@pytest.mark.parametrize("text", ["=1+1", "+49", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_cell_is_never_a_formula(text):
    (row,) = rows(with_text(text))
    for column in ("participants", "place", "quote", "outlets"):
        assert row[column].startswith("'")
        assert text.strip() in row[column]


def test_json_carries_every_claim_with_its_evidence():
    data = json.loads(to_json(EVENTS))
    assert [event["id"] for event in data["events"]] == [event.id for event in EVENTS]
    (summit,) = [event for event in data["events"] if event["place"] == "Samarkand"]
    assert [told["outlet"] for told in summit["claims"]] == ["Tagblatt", "Abendzeitung"]
    assert summit["claims"][0]["evidence"][0]["text"].startswith("Wladimir Putin")


def test_parquet_reads_back_with_types():
    import pyarrow.parquet as pq

    table = pq.read_table(io.BytesIO(to_parquet(EVENTS)))
    assert table.column_names == list(COLUMNS)
    found = table.to_pylist()
    assert [row["id"] for row in found] == [event.id for event in EVENTS]
    (summit,) = [row for row in found if row["place"] == "Samarkand"]
    assert summit["participants"] == ["Wladimir Putin", "Xi Jinping"]
    assert summit["first_day"].isoformat() == "2022-09-15"
    assert summit["checked"] is False


def test_the_calendar_has_the_days_that_are_known_closely():
    from icalendar import Calendar

    calendar = Calendar.from_ical(to_ics(EVENTS))
    entries = {str(entry["location"]): entry for entry in calendar.walk("VEVENT")}
    assert set(entries) == {"Samarkand", "Meseberg"}
    visit = entries["Meseberg"]
    assert (visit.decoded("dtstart").isoformat(), visit.decoded("dtend").isoformat()) == (
        "2024-05-26",
        "2024-05-29",
    )
    assert (str(visit["status"]), str(visit["summary"])) == (
        "TENTATIVE", "Besuch: Olaf Scholz, Emmanuel Macron (Meseberg), geplant",
    )  # fmt: skip
    assert "„Wladimir Putin und Xi Jinping" in str(entries["Samarkand"]["description"])
    assert "(Tagblatt, 2022-09-16)" in str(entries["Samarkand"]["description"])


def test_timelinejs_keeps_what_is_known_of_a_date():
    slides = {slide["unique_id"]: slide for slide in json.loads(to_timelinejs(EVENTS))["events"]}
    by_place = {event.place: slides.get(event.id) for event in EVENTS}
    assert by_place["Samarkand"]["start_date"] == {"year": 2022, "month": 9, "day": 15}
    assert by_place[None]["start_date"] == {"year": 2022}
    assert by_place["Meseberg"]["end_date"] == {"year": 2024, "month": 5, "day": 28}
    assert "end_date" not in by_place["Minsk"]
    assert by_place["Paris"] is None


HOSTILE = '<script>alert("x")</script>&amp;"\'</style><img src=x onerror=alert(1)>'


def test_markup_in_an_article_is_text_in_timelinejs():
    (slide,) = json.loads(to_timelinejs(with_text(HOSTILE)))["events"]
    assert "<script" not in slide["text"]["headline"] + slide["text"]["text"]
    assert "<img" not in slide["text"]["headline"] + slide["text"]["text"]


def pack(events=EVENTS, **more):
    sources = [
        Source(
            article(name).id, f"Titel {name}", "Tagblatt", None, (f"{name}.txt",), "2022-09-16", "metadata"
        )
        for name in "abcdef"
    ]
    return evidence_pack(
        events, sources=sources, settings={"Version": "1", "Filter": "alle"}, **more
    ).decode()


class Tags(HTMLParser):
    """Collects elements and attributes, and complains of what is closed without being open."""

    def __init__(self, html):
        super().__init__()
        self.found, self.open = [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open, tag
        while self.open.pop() != tag:
            assert self.open, tag


def test_the_pack_asks_for_nothing_from_outside():
    html = pack()
    assert not re.search(r"""(src|href)\s*=\s*["'](?!#)""", html)
    assert "@import" not in html
    assert set(re.findall(r"url\((.)", html)) <= {"#"}
    policy = [
        attrs for tag, attrs in Tags(html).found if attrs.get("http-equiv") == "Content-Security-Policy"
    ]
    assert "default-src 'none'" in policy[0]["content"]
    assert "script-src 'none'" in policy[0]["content"]


def test_the_pack_has_every_event_sentence_and_article():
    html = pack()
    tags = Tags(html).found
    assert {attrs["id"] for tag, attrs in tags if tag == "article"} == {event.id for event in EVENTS}
    for event in EVENTS:
        for told in event.claims:
            assert told.meeting.evidence[0].text in html
            assert told.article in html
    manifest = json.loads(re.search(r'id="manifest">(.*?)</script>', html, re.DOTALL)[1])
    assert {source["sha256"] for source in manifest["articles"]} == {article(name).id for name in "abcdef"}
    assert manifest["settings"] == {"Version": "1", "Filter": "alle"}


def test_markup_in_an_article_is_text_in_the_pack():
    entry = {"id": 1, "who": HOSTILE, "action": "edit", "before": {"value": HOSTILE}, "after": {}}
    html = pack(with_text(HOSTILE), corrections=[entry], title=HOSTILE)
    tags = [tag for tag, _ in Tags(html).found]
    assert tags.count("script") == 1
    assert "img" not in tags
    assert json.loads(re.search(r'id="manifest">(.*?)</script>', html, re.DOTALL)[1])["corrections"] == [
        entry
    ]


def test_a_figure_takes_the_place_of_the_picture():
    html = pack(figure="<div>FIGUR</div>")
    assert "FIGUR" in html
    assert "<svg" not in html
    assert pack() == pack()


def test_the_pack_of_a_store(tmp_path):
    with Store.open(f"sqlite:///{tmp_path / 'timeline.db'}") as store:
        store.add(article("a", outlet="Tagblatt"), reading(meeting("Putin, Xi", "2022-09-15")))
        store.add(article("b"), reading(meeting("Scholz, Macron", "2024-05-28")))
        summit, other = store.events()
        store.edit(summit.id, "date", "2022-09-16", who="anna")
        store.check(other.id, who="bert")
        html = pack_of_store(store, Query(actors=("Q7747",)), settings={}).decode()
    assert "Titel a" in html
    assert "Titel b" not in html
    assert "anna" in html
    assert "bert" not in html


@pytest.mark.parametrize(("status", "style"), STYLES.items())
def test_the_pack_draws_a_status_as_the_page_does(status, style):
    told = claim("a", "Putin, Xi", "2022-09", None, "meeting", status)
    html = pack(merge([told]))
    legend = re.search(rf"<rect ([^>]*)/><text[^>]*>{STATUS_WORDS[status]}</text>", html)
    assert legend is not None
    assert f'stroke="{style.line_light}"' in legend[1]
    assert style.dotted == ("stroke-dasharray" in legend[1])
    if style.pattern:
        pattern = re.search(rf'<pattern id="{status}".*?</pattern>', html)
        assert pattern is not None
        assert style.fill in pattern[0]
        assert f"url(#{status})" in legend[1]
    elif style.filled:
        assert f'fill="{style.fill}"' in legend[1]


def test_an_empty_pack():
    assert "Keine datierten Treffen" in pack([])
