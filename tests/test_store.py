"""The store, the same on SQLite and PostgreSQL."""

from tests.diplomacy import article, meeting, reading
from timeline.query import Query
from timeline.store import ArticleCounts


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


def test_an_event_names_the_outlets_of_reprints_too(store):
    told = article("a", outlet="Tagespost")
    store.add(told, reading(meeting("Putin, Xi", "2022-09-15", "Samarkand")))
    store.add_source(told.id, article("b", outlet="Abendblatt"))
    (event,) = store.events()
    assert (event.outlets, event.sources) == (("Abendblatt", "Tagespost"), 1)
    assert store.count(Query(outlets=("Abendblatt",))) == 1


def test_a_reprint_is_a_second_source(store):
    first = store.add(article("a"), reading(meeting("Putin, Xi", "2022-09-15")), bands=["x", "y"])
    assert [found[0] for found in store.sharing(["y", "z"])] == [first.article_id]
    assert store.sharing(["z"]) == store.sharing([]) == []
    again = store.add_source(first.article_id, article("b"), who="anna")
    assert (again.article_id, again.outcome, again.claims) == (first.article_id, "reprint", 1)
    store.add_source(first.article_id, article("b"))
    (row,) = store.articles()
    assert row.sources == ("a.txt", "b.txt")
    assert [line.action for line in store.log()] == ["source", "add"]


def test_the_publication_date_that_a_person_set_outlives_adding_again(store):
    added = add(store, "a", meeting("Putin, Xi", "2022-09-15"), published=None)
    told = reading(meeting("Putin, Xi", "2022-09-16"), published="2022-09-20", basis="given")
    moves = store.replace_reading(added.article_id, told, given="2022-09-20", action="published", who="anna")
    assert [(move.before.meeting.date, move.after.meeting.date) for move in moves] == [
        ("2022-09-15", "2022-09-16")
    ]
    add(store, "a", meeting("Putin, Xi", "2022-09-15"), published="2020-01-01")
    stored = store.article(added.article_id)
    assert (stored.row.given, stored.row.reference.value) == ("2022-09-20", "2022-09-20")
    assert [event.date for event in store.events()] == ["2022-09-16"]


def test_an_article_that_tells_its_date_at_last_is_read_anew(store):
    add(store, "a", meeting("Putin, Xi", None), published=None)
    assert add(store, "a", meeting("Putin, Xi", "2022-09-15"), published="2022-09-16").outcome == "updated"
    assert [event.date for event in store.events()] == ["2022-09-15"]


def test_a_preview_writes_nothing(store):
    added = add(store, "a", meeting("Putin, Xi", "2022-09-15"))
    revision = store.revision()
    moves = store.preview(added.article_id, reading(meeting("Scholz, Macron", "2024-05-28", at=400)))
    assert [(move.before is None, move.after is None) for move in moves] == [(True, False), (False, True)]
    assert store.revision() == revision


def test_a_deleted_article_that_is_added_again_comes_back(store):
    added = add(store, "a", meeting("Putin, Xi", "2022-09-15"))
    store.delete_article(added.article_id)
    assert add(store, "a", meeting("Putin, Xi", "2022-09-15")).outcome == "restored"
    assert store.count() == 1


def test_articles_are_found_by_their_words(store):
    add(store, "Über Öl", meeting("Putin, Xi", "2022-09-15"), outlet="Tagblatt")
    add(store, "b_c")
    assert [row.title for row in store.articles(text="titel öl tagbl")] == ["Titel Über Öl"]
    assert [row.title for row in store.articles(text="b_c")] == ["Titel b_c"]
    assert store.articles(text="b%c") == []


def test_samples_are_removed_together(store):
    add(store, "a", meeting("Putin, Xi", "2022-09-15"), sample=True)
    add(store, "b", meeting("Scholz, Macron", "2024-05-28"))
    assert store.remove_samples() == 1
    assert [row.title for row in store.articles()] == ["Titel b"]
    assert [row.sample for row in store.articles(deleted=True)].count(True) == 1


def test_articles_are_counted(store):
    assert store.article_counts() == ArticleCounts(0, 0)
    add(store, "a", sample=True)
    add(store, "b", published=None)
    gone = add(store, "c", published=None)
    store.delete_article(gone.article_id)
    assert store.article_counts() == ArticleCounts(all=2, samples=1)
    assert [row.title for row in store.articles(undated=True)] == ["Titel b"]


def test_facets_follow_every_change(store):
    add(store, "a", meeting("Putin, Xi", "2022-09-15"))
    assert [count.count for count in store.facets().kinds] == [1]
    assert store.facet("kinds") is store.facet("kinds")
    add(store, "b", meeting("Scholz, Macron", "2024-05-28"))
    assert [count.count for count in store.facets().kinds] == [2]
