"""Whatever the order of adding, deleting and deciding: the store's events are those of merging it all."""

import random
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from tests.conftest import do_not_wait_for_the_disk
from tests.diplomacy import SHORT, article, meeting, reading
from timeline.merge import merge
from timeline.store import Store
from timeline.store.schema import (
    ClaimKeyTable,
    ClaimTable,
    EventActorTable,
    EventCountTable,
    EventFactTable,
    EventOutletTable,
    EventTable,
    core,
)

_MEETINGS = st.builds(
    meeting,
    st.lists(
        st.sampled_from(["Scholz", "Macron", "Putin", "Xi", "Wang", "China", "NATO"]),
        min_size=1,
        max_size=3,
        unique=True,
    ).map(", ".join),
    st.sampled_from(
        [
            None,
            "2024-05-01",
            "2024-05-02",
            "2024-05-01/2024-05-03",
            "2024-05",
            "2024",
            "[2024-04-26..2024-05-02]",
        ]
    ),
    st.sampled_from([None, "Berlin", "Peking", "China"]),
    st.sampled_from(["meeting", "visit", "call", "summit"]),
    st.sampled_from(["held", "planned"]),
    at=st.integers(0, 3).map(lambda n: n * 100),
)
_READINGS = st.lists(
    st.builds(
        lambda told, published: reading(*told, published=published),
        st.lists(_MEETINGS, max_size=3),
        st.sampled_from([None, "2024-04-30", "2024-05-02"]),
    ),
    min_size=1,
    max_size=6,
)
_names = count()


def told(store):
    return sorted(store.events(), key=lambda event: event.id)


@given(_READINGS, st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_of_adding(tmp_path, readings, chance):
    """Added one by one in two orders, with an article deleted, restored and read again in between."""
    articles = [(article(str(number)), read) for number, read in enumerate(readings)]
    with Store.open(f"sqlite:///{tmp_path / f'{next(_names)}.db'}") as store:
        do_not_wait_for_the_disk(store)
        for each, read in articles:
            store.add(each, read)
        expected = told(store)
        claims = [claim for event in expected for claim in event.claims]
        assert sorted(merge(claims), key=lambda event: event.id) == expected
    with Store.open(f"sqlite:///{tmp_path / f'{next(_names)}.db'}") as store:
        do_not_wait_for_the_disk(store)
        chance.shuffle(articles)
        for each, read in articles:
            store.add(each, read)
            if chance.random() < 0.5:
                one, before = chance.choice(articles)
                if store.article(one.id) is not None:
                    store.delete_article(one.id)
                    store.restore_article(one.id)
                    store.replace_reading(one.id, reading(), given=None, action="reread")
                    store.replace_reading(one.id, before, given=None, action="reread")
        assert told(store) == expected
        store.rebuild()
        assert told(store) == expected


@given(_READINGS, st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_deriving_in_parts_is_deriving_anew(tmp_path, readings, chance):
    """After any corrections, and after taking them all back."""
    with Store.open(f"sqlite:///{tmp_path / f'{next(_names)}.db'}") as store:
        do_not_wait_for_the_disk(store)
        for number, read in enumerate(readings):
            store.add(article(str(number)), read)
        before = told(store)
        entries = []
        for _ in range(6):
            events = store.events()
            if len(events) < 2:
                break
            one, other = chance.sample(events, 2)
            match chance.randrange(5):
                case 0:
                    entries.append(store.merge_events([one.id, other.id]))
                case 1 if len(one.claims) > 1:
                    entries.append(store.split(one.id, [one.claims[0].id]))
                case 2:
                    entries.append(store.reject(one.id))
                case 3:
                    entries.append(store.edit(one.id, "participants", (SHORT["Scholz"], SHORT["Tusk"])))
                case _:
                    actor = chance.choice(one.participants)
                    into = chance.choice(other.participants)
                    if actor.key != into.key:
                        entries.append(store.merge_actors(actor.key, into.key))
        decided = told(store)
        store.rebuild()
        assert told(store) == decided
        for entry in reversed(entries):
            store.undo(entry.id)
        assert told(store) == before


def derived(store):
    """All rows of the derived tables, by the ids of events instead of their numbers."""
    words = "words" if store._engine.dialect.name == "sqlite" else "CAST(words AS text)"
    with store._engine.connect() as connection:
        events = [dict(row) for row in connection.execute(select(core(EventTable))).mappings()]
        found = {row.pop("number"): row for row in events}
        ids = {number: row["id"] for number, row in found.items()}
        facts = connection.execute(select(EventFactTable.number, EventFactTable.facts)).all()
        key = "rowid" if store._engine.dialect.name == "sqlite" else "number"
        told = connection.execute(text(f"SELECT {key}, {words} FROM event_words")).all()
        tables = {
            table.__tablename__: sorted(map(tuple, connection.execute(select(core(table)))))
            for table in (ClaimKeyTable, EventActorTable, EventOutletTable, EventCountTable)
        }
        claims = sorted(connection.execute(select(ClaimTable.id, ClaimTable.event_id)).all())
    return tables | {
        "events": sorted(events, key=lambda row: row["id"]),
        "facts": sorted((ids[number], bytes(each)) for number, each in facts if each),
        "words": sorted((ids[number], each) for number, each in told),
        "claims": claims,
    }


def chained(chance):
    """What an article tells of one pair of states in a year in which they meet often."""
    meetings = []
    day = date(2024, 1, 1) + timedelta(chance.randrange(300))
    for at in range(chance.choice([1, 1, 2])):
        when = chance.choice(
            [f"{day}", f"{day}", f"{day}", f"{day}"[:7], f"{day}/{day + timedelta(3)}", None]
        )
        who = chance.choice(
            ["Scholz, Macron", "Scholz, Macron", "Deutschland, Macron", "Scholz, Macron, Tusk"]
        )
        place = chance.choice([None, "Berlin", "Meseberg", "Paris"])
        kind, status = chance.choice(["meeting", "visit", "call"]), chance.choice(["held", "held", "planned"])
        meetings.append(meeting(who, when, place, kind, status, at=at * 200))
    return reading(*meetings, published=f"{day + timedelta(chance.choice([-20, 0, 1]))}")


def something(store, chance):
    """One change of many kinds."""
    events, articles = store.events(limit=500, with_claims=False), store.articles(deleted=True)
    one, other = chance.sample(events, 2)
    match chance.randrange(10):
        case 0 | 1 | 2:
            store.add(
                article(f"new {chance.random()}", outlet=chance.choice(["Bote", "Kurier"])), chained(chance)
            )
        case 3:
            store.delete_article(chance.choice(articles).id)
        case 4:
            store.restore_article(chance.choice(articles).id)
        case 5:
            store.replace_reading(chance.choice(articles).id, chained(chance), given=None, action="reread")
        case 6:
            store.merge_events([one.id, other.id])
        case 7:
            told = store.event(one.id)
            if len(told.claims) > 1:
                store.split(told.id, [told.claims[0].id])
        case 8:
            store.add_source(chance.choice(articles).id, article("reprint", outlet="Nachdruck"))
            chance.choice([store.reject, store.check])(one.id)
        case _:
            undoable = ("merge", "split", "reject", "check", "merge_actors", "add", "delete")
            lines = [
                line for line in store.log(limit=30) if line.undone_by is None and line.action in undoable
            ]
            if lines:
                store.undo(chance.choice(lines).id)
            elif one.participants[0].key != other.participants[-1].key:
                store.merge_actors(one.participants[0].key, other.participants[-1].key)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_dense_chain_stays_as_merged_at_once_row_by_row(store, seed):
    chance = random.Random(seed)
    store.add_all(
        (article(str(number), outlet=chance.choice(["Bote", None])), chained(chance)) for number in range(150)
    )
    for _ in range(4):
        for _ in range(5):
            something(store, chance)
        kept = derived(store)
        store.rebuild()
        assert derived(store) == kept
