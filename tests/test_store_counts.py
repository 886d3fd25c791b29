"""The counts that the store keeps are those that counting anew gives, whatever was done to events."""

from collections import Counter
from dataclasses import replace
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from tests.diplomacy import SHORT, article, meeting, reading
from timeline.model import Actor, Place
from timeline.query import Query
from timeline.store import kept_counts as counts
from timeline.store.answers import Answers
from timeline.store.columns import Keeper
from timeline.store.database import writing
from timeline.store.schema import EventCountTable

TOLD = [
    ("a", meeting("Putin, Xi", "2022-09-15", "Samarkand")),
    ("b", meeting("Putin, Xi", "2022-09", "Usbekistan")),
    ("c", meeting("Scholz, Macron", "2024-05-28", "Meseberg", "visit", "planned")),
    ("d", meeting("Scholz, Macron, Tusk", "2024-03-15", "Berlin", "summit")),
    ("e", meeting("Frankreich, Ukraine", None, "Paris", "meeting", "proposed")),
    ("f", meeting("Russland, Ukraine", "2022-02-28/..", "Minsk", "negotiation", "ongoing")),
]


_TABLES = (
    "event_actors", "event_outlets", "events", "event_counts", "event_facts", "event_values", "event_words",
    "claims", "articles", "log",
)  # fmt: skip
QUERIES = [
    Query(actors=("Q61053",)),
    Query(actors=("Q61053", "Q3052772"), actors_mode="exactly"),
    Query(countries=("RU",), first=date(2022, 3, 1)),
    Query(statuses=("planned",), undated=False),
    Query(outlets=("Bote",), text="berlin"),
]


def kept(store) -> list[tuple]:
    columns = (EventCountTable.facet, EventCountTable.value, EventCountTable.label, EventCountTable.number)
    with store._engine.connect() as connection:
        return sorted(tuple(row) for row in connection.execute(select(*columns)))


def counted_anew(store) -> list[tuple]:
    with writing(store._engine) as connection:
        counts.recount(connection)
    return kept(store)


def check(store) -> None:
    before = kept(store)
    assert before == counted_anew(store)
    events = store.events()
    assert store.count() == len(events) == len([e for e in events if Query().matches(e)])
    # A filter that lets all through is counted from the facts of the events.
    everything = Query(first=None, statuses=("held", "ongoing", "planned", "proposed", "cancelled", "denied"))
    assert store.facets() == store.facets(everything)
    assert store.months() == store.months(everything)
    assert store.lanes("pair") == store.lanes("pair", everything)
    for query in QUERIES:
        found = [event for event in events if query.matches(event)]
        told = store.facets(query)
        assert {each.value: each.count for each in told.actors} == Counter(
            actor.key for event in found for actor in event.participants
        )
        assert {each.value: each.count for each in told.outlets} == Counter(
            outlet for event in found for outlet in event.outlets
        )
        assert {each.value: each.count for each in told.places} == Counter(
            event.place for event in found if event.place
        )
    check_columns(store)


def check_columns(store) -> None:
    """What was brought in step change by change is what a process reads that has just begun."""
    held, store._columns, store.answers = store._columns, Keeper(), Answers()
    store.count(QUERIES[0])
    mine, fresh = held._columns, store._columns._columns
    assert (mine.revision, mine.values) == (fresh.revision, fresh.values)
    for one, other in zip(mine.pages, fresh.pages, strict=True):
        for name in ("first", "last", "status", "kind", "place", "country", "flags", "month"):
            assert (getattr(one, name) == getattr(other, name)).all()
        for name in ("actors", "sides", "outlets"):
            assert sorted(pairs(getattr(one, name))) == sorted(pairs(getattr(other, name)))
    store._columns = held


def pairs(members):
    return zip(members.owner.tolist(), members.code.tolist(), strict=True)


DO = {
    "edit": lambda store, event: store.edit(event.id, "place", Place("Wien", "AT")),
    "date": lambda store, event: store.edit(event.id, "date", None),
    "reject": lambda store, event: store.reject(event.id),
    "rename": lambda store, event: store.rename_actor(event.participants[0].key, "Jemand"),
    "undo": lambda store, event: store.undo(store.log(limit=1)[0].id),
    "delete": lambda store, event: store.delete_article(event.claims[0].article),
    "rebuild": lambda store, event: store.rebuild(),
}


def test_counts_of_every_change(store):
    for name, told in TOLD:
        store.add(article(name, outlet="Bote"), reading(told, published="2024-05-20"))
        check(store)
    for action in DO.values():
        action(store, store.events()[0])
        check(store)
    store.merge_events([event.id for event in store.events()[:2]])
    check(store)
    for event in store.events():
        store.reject(event.id)
    assert kept(store) == []
    assert (store.count(), store.months(), store.facets().actors) == (0, [], ())


def test_an_actor_of_two_spellings_has_one_label_in_whatever_order(store):
    def told(name, day):
        actors = (Actor("name:muller", name, "person", None), SHORT["Macron"])
        return reading(replace(meeting("Scholz, Macron", day), participants=actors))

    def labels():
        return [count.label for count in store.facet("actors") if count.value == "name:muller"]

    for name, day in (("Muller", "2022-01-05"), ("Müller", "2023-02-06"), ("Muller", "2024-03-07")):
        store.add(article(day), told(name, day))
        assert kept(store) == counted_anew(store)
    assert labels() == ["Müller"]
    store.delete_article(store.event(store.ids()[1]).claims[0].article)
    assert (labels(), kept(store)) == (["Muller"], counted_anew(store))
    store.undo(store.log()[0].id)
    assert (labels(), kept(store)) == (["Müller"], counted_anew(store))


@given(st.lists(st.tuples(st.sampled_from(sorted(DO)), st.integers(0, 5)), max_size=6))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_counts_of_any_changes(store, actions):
    with store._engine.begin() as connection:
        for table in _TABLES:
            connection.execute(text(f"DELETE FROM {table}"))
    store._columns = Keeper()
    store.add_all([(article(name), reading(told, published="2024-05-20")) for name, told in TOLD])
    for action, number in actions:
        events = store.events()
        if events:
            DO[action](store, events[number % len(events)])
    check(store)
