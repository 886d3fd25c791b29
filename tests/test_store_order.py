"""Whatever the order of adding, deleting and deciding: the store's events are those of merging it all."""

from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import do_not_wait_for_the_disk
from tests.diplomacy import SHORT, article, meeting, reading
from timeline.merge import merge
from timeline.store import Store

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
