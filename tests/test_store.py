"""The store, the same on SQLite and PostgreSQL."""

from tests.diplomacy import article, meeting, reading
from timeline.query import Query


def add(store, name, *meetings, published="2023-02-22", outlet=None, **more):
    return store.add(article(name, outlet=outlet), reading(*meetings, published=published), **more)


def names(event):
    return [actor.name for actor in event.participants]


def test_an_article_is_there_with_its_meetings(store):
    added = add(store, "a", meeting("Putin, Wang", "2023-02-22", "Moskau"), outlet="Tagblatt")
    assert (added.outcome, added.claims) == ("added", 1)
    (event,) = store.events()
    assert names(event) == ["Wladimir Putin", "Wang Yi"]
    assert (event.place, event.country, event.date, event.outlets, event.sources) == (
        "Moskau", "RU", "2023-02-22", ("Tagblatt",), 1,
    )  # fmt: skip
    assert event.claims[0].meeting.evidence[0].text.startswith("Wladimir Putin")


def test_the_same_article_again_doubles_nothing(store):
    told = meeting("Putin, Wang", "2023-02-22", "Moskau")
    add(store, "a", told)
    revision = store.revision()
    assert add(store, "a", told).outcome == "same"
    assert (store.count(), len(store.articles())) == (1, 1)
    assert store.revision() > revision


def test_two_articles_about_one_meeting_are_one_event(store):
    add(store, "a", meeting("Putin, Xi", "2022-09-15", "Samarkand"))
    add(store, "b", meeting("Putin, China", "2022-09", "Usbekistan"))
    (event,) = store.events()
    assert (event.sources, event.date, event.place) == (2, "2022-09-15", "Samarkand")


def test_an_old_id_still_finds_its_event(store):
    add(store, "a", meeting("Putin, Xi", "2022-09-15"), published="2022-09-16")
    (before,) = store.events()
    add(store, "b", meeting("Putin, Xi", "2022-09-15"), published="2022-09-15")
    (after,) = store.events()
    assert after.id != before.id
    assert store.event(before.id) == store.event(after.id) == after


def test_events_without_claims(store):
    add(store, "a", meeting("Putin, Xi", "2022-09-15"))
    (event,) = store.events(with_claims=False)
    assert event.claims == ()
    assert event.sources == 1
    assert names(event) == ["Wladimir Putin", "Xi Jinping"]


def test_delete_and_restore(store):
    added = add(store, "a", meeting("Putin, Xi", "2022-09-15"))
    add(store, "b", meeting("Scholz, Macron", "2024-05-28"))
    store.delete_article(added.article_id, who="anna")
    assert (store.count(), len(store.articles()), len(store.articles(deleted=True))) == (1, 1, 2)
    store.restore_article(added.article_id, who="anna")
    assert (store.count(), len(store.articles())) == (2, 2)


def test_edit_survives_reading_again(store):
    added = add(store, "a", meeting("Putin, Xi", "2022-09-15", at=10))
    (event,) = store.events()
    store.edit(event.id, "date", "2022-09-16", who="anna")
    again = reading(meeting("Putin, Xi", "2022-09", at=10))
    store.replace_reading(added.article_id, again, given=None, action="reread", who="bert")
    (after,) = store.events()
    assert (after.date, after.checked, after.edited) == ("2022-09-16", True, frozenset({"date"}))
    assert after.claims[0].meeting.date == "2022-09"


def test_query_by_actor(store):
    add(
        store,
        "a",
        meeting("Putin, Wang", "2023-02-22"),
        meeting("Putin, Xi", "2022-02", at=90),
    )
    assert [e.date for e in store.events(Query(actors=("Q9381",)))] == ["2023-02-22"]
