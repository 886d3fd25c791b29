"""The counts that the store keeps are those that counting anew gives, whatever was done to events."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from tests.diplomacy import article, meeting, reading
from timeline.model import Place
from timeline.query import Query
from timeline.store import kept_counts as counts
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
    # A filter that lets all through is counted from the events themselves.
    everything = Query(first=None, statuses=("held", "ongoing", "planned", "proposed", "cancelled", "denied"))
    assert store.facets() == store.facets(everything)
    assert store.months() == store.months(everything)


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


@given(st.lists(st.tuples(st.sampled_from(sorted(DO)), st.integers(0, 5)), max_size=6))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_counts_of_any_changes(store, actions):
    with store._engine.begin() as connection:
        for table in ("event_actors", "event_outlets", "events", "event_counts", "claims", "articles", "log"):
            connection.execute(text(f"DELETE FROM {table}"))
    store.add_all([(article(name), reading(told, published="2024-05-20")) for name, told in TOLD])
    for action, number in actions:
        events = store.events()
        if events:
            DO[action](store, events[number % len(events)])
    check(store)
