"""The steps joined: an article read, stored, read again at another date, taken back."""

from datetime import date

import pytest

from timeline import pipeline
from timeline.articles import article_from_text
from timeline.model import ReferenceDate
from timeline.store import StoreError

TEXT = (
    "Kanzler Olaf Scholz traf am Dienstag in Paris den französischen Präsidenten Emmanuel Macron. "
    "Beide berieten über die Lage in der Ukraine und über den Haushalt der Europäischen Union. "
    "Danach reiste Scholz nach Berlin zurück, wo er am Abend vor Unternehmern sprach. "
    "Die Opposition kritisierte die Ergebnisse als dürftig und verlangte mehr Einsatz für die Wirtschaft."
)


@pytest.fixture
def told():
    return article_from_text(TEXT, source="paris.txt", published="2024-05-29")


def dates(store):
    return [event.date for event in store.events()]


def test_read(told):
    reading = pipeline.read(told)
    assert reading.reference == ReferenceDate("2024-05-29", "given")
    assert reading.timexes[0].value == "2024-05-28"
    (meeting,) = reading.meetings
    assert {actor.name for actor in meeting.participants} == {"Olaf Scholz", "Emmanuel Macron"}
    assert (meeting.place, meeting.date, meeting.status) == ("Paris", "2024-05-28", "held")
    assert TEXT[meeting.evidence[0].start : meeting.evidence[0].end] == meeting.evidence[0].text


def test_a_text_without_any_meeting_has_its_dates_alone():
    reading = pipeline.read(article_from_text("Am 3. Mai 2024 regnete es in Kassel."), "2024-05-04")
    assert [timex.value for timex in reading.timexes] == ["2024-05-03"]
    assert reading.meetings == ()


@pytest.mark.parametrize("wrong", ["gestern", "2024-13", "", "2024-05-28/2024-05-29", "2024-05~/.."])
def test_what_is_no_publication_date_is_refused(told, wrong):
    with pytest.raises(ValueError, match="publication date"):
        pipeline.read(told, wrong)


OFFICE_DAYS = [
    ("2024-05-29", date(2024, 5, 29)),
    ("2024-05", date(2024, 5, 1)),
    ("2024", None),
    (None, None),
]


@pytest.mark.parametrize(("value", "day"), OFFICE_DAYS)
def test_office_day(value, day):
    assert pipeline.office_day(ReferenceDate(value, "given")) == day


def test_the_publication_date_is_set_previewed_and_taken_back(store, told):
    added = pipeline.add(store, told, who="anna")
    assert dates(store) == ["2024-05-28"]
    (move,) = pipeline.preview_published(store, added.article_id, "2024-06-05")
    assert (move.before.meeting.date, move.after.meeting.date) == ("2024-05-28", "2024-06-04")
    assert dates(store) == ["2024-05-28"]

    pipeline.set_published(store, added.article_id, "2024-06-05", who="anna")
    assert dates(store) == ["2024-06-04"]
    entry = store.log()[0]
    assert (entry.action, entry.before["given"], entry.after["given"]) == (
        "published",
        "2024-05-29",
        "2024-06-05",
    )

    pipeline.undo(store, entry.id, who="bert")
    assert dates(store) == ["2024-05-28"]
    assert store.article(added.article_id).row.given == "2024-05-29"
    with pytest.raises(StoreError, match="already"):
        pipeline.undo(store, entry.id)


def test_undo_reaches_corrections_too(store, told):
    pipeline.add(store, told)
    (event,) = store.events()
    entry = store.edit(event.id, "date", "2024-05-27")
    pipeline.undo(store, entry.id)
    assert dates(store) == ["2024-05-28"]


def test_reading_again_keeps_events_and_corrections(store, told):
    added = pipeline.add(store, told)
    store.check(store.events()[0].id)
    before = store.events()
    assert pipeline.reread(store, [added.article_id]) == []
    assert store.events() == before


def test_an_unknown_article(store):
    with pytest.raises(StoreError):
        pipeline.set_published(store, "nobody", "2024-05-29")


def test_a_reprint_is_one_article_with_two_sources(store, told):
    pipeline.add(store, told)
    edited = TEXT.replace("vor Unternehmern", "vor Managern").replace("dürftig", "mager")
    again = article_from_text(edited, source="nachdruck.txt", published="2024-05-30")
    assert pipeline.add(store, again).outcome == "reprint"
    (row,) = store.articles()
    assert row.sources == ("paris.txt", "nachdruck.txt")
    assert store.count() == 1


def test_the_same_words_weeks_later_are_another_article(store, told):
    pipeline.add(store, told)
    later = article_from_text(TEXT + " Dies war das zweite Treffen.", published="2024-09-04")
    assert pipeline.add(store, later).outcome == "added"
    assert dates(store) == ["2024-05-28", "2024-09-03"]


def test_the_same_article_again_is_the_same(store, told):
    pipeline.add(store, told)
    assert pipeline.add(store, told).outcome == "same"
