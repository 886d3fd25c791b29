"""What persons decide: in force at once, logged, undone, and still there after reading again."""

import pytest

from tests.diplomacy import SHORT, article, meeting, reading
from timeline.model import Place
from timeline.query import Query
from timeline.store import ConflictError, StoreError

SUMMIT = meeting("Putin, Xi", "2022-09-15", "Samarkand", at=10)


def add(store, name, *meetings, published="2023-02-22", outlet=None):
    return store.add(article(name, outlet=outlet), reading(*meetings, published=published), who="reader")


def only(store, query=None):
    (event,) = store.events(query or Query())
    return event


EDITS = [
    ("date", "2022-09-16", "2022-09-16"),
    ("date", None, None),
    ("status", "denied", "denied"),
    ("kind", "summit", "summit"),
    ("place", Place("Taschkent", "UZ"), "Taschkent"),
    ("place", None, None),
    ("participants", (SHORT["Putin"], SHORT["Wang"]), (SHORT["Putin"], SHORT["Wang"])),
]


@pytest.mark.parametrize(("field", "value", "shown"), EDITS, ids=[f"{f}={s}"[:20] for f, _, s in EDITS])
def test_edit_and_undo(store, field, value, shown):
    add(store, "a", SUMMIT)
    before = only(store)
    entry = store.edit(before.id, field, value, who="anna")
    after = only(store)
    assert getattr(after, field) == shown
    assert (after.checked, after.edited) == (True, {field})
    assert (entry.who, entry.action, entry.target) == ("anna", "edit", before.id)
    undone = store.undo(entry.id, who="bert")
    assert only(store) == before
    store.undo(undone.id, who="anna")
    assert only(store) == after
    assert [line.action for line in store.log()] == ["undo", "undo", "edit", "add"]


WRONG = [
    ("date", "gestern"),
    ("status", "vielleicht"),
    ("kind", ""),
    ("place", Place("  ", None)),
    ("participants", ()),
    ("outlet", "Tagblatt"),
]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_a_field_takes_only_what_it_can_hold(store, field, value):
    add(store, "a", SUMMIT)
    with pytest.raises(StoreError):
        store.edit(only(store).id, field, value)
    assert only(store).edited == frozenset()


def test_undo_of_undo_of_undo(store):
    add(store, "a", SUMMIT)
    entry = store.edit(only(store).id, "date", "2022-09-16")
    first = store.undo(entry.id)
    second = store.undo(first.id)
    store.undo(second.id)
    assert only(store).date == "2022-09-15"
    with pytest.raises(StoreError, match="already"):
        store.undo(entry.id)


def test_two_persons_edit_one_field(store):
    add(store, "a", SUMMIT)
    seen = only(store)
    store.edit(seen.id, "date", "2022-09-16", who="anna", seen=seen.date)
    with pytest.raises(ConflictError):
        store.edit(seen.id, "date", "2022-09-14", who="bert", seen=seen.date)
    assert only(store).date == "2022-09-16"


def test_the_later_edit_counts_and_undoing_it_brings_the_earlier_back(store):
    add(store, "a", SUMMIT)
    store.edit(only(store).id, "date", "2022-09-16")
    second = store.edit(only(store).id, "date", "2022-09-17")
    assert only(store).date == "2022-09-17"
    store.undo(second.id)
    assert only(store).date == "2022-09-16"


def test_check(store):
    add(store, "a", SUMMIT)
    entry = store.check(only(store).id, who="anna")
    assert only(store, Query(checked=True)).checked
    store.undo(entry.id)
    assert store.count(Query(checked=True)) == 0


def test_reject_takes_the_event_away_and_undo_brings_it_back(store):
    add(store, "a", SUMMIT)
    entry = store.reject(only(store).id, who="anna")
    assert store.events() == []
    assert entry.before["participants"] == ["Wladimir Putin", "Xi Jinping"]
    store.undo(entry.id)
    assert store.count() == 1


def test_a_rejected_claim_stays_so_when_the_article_is_read_again(store):
    added = add(store, "a", SUMMIT)
    store.reject(only(store).id)
    again = reading(meeting("Putin, Xi", "2022-09-16", "Samarkand", at=10))
    store.replace_reading(added.article_id, again, given=None, action="reread")
    assert store.events() == []


def test_merge_split_and_undo(store):
    add(store, "a", SUMMIT)
    add(store, "b", meeting("Putin, Xi", "2022-09-16", "Samarkand"))
    one, other = store.events()
    joined = store.merge_events([one.id, other.id], who="anna")
    event = only(store)
    assert (event.sources, event.disputed) == (2, {"date"})
    split = store.split(event.id, [other.id], who="anna")
    assert store.count() == 2
    store.undo(split.id)
    assert store.count() == 1
    store.undo(joined.id)
    assert store.events() == [one, other]


def test_what_cannot_be_merged_or_split(store):
    add(store, "a", SUMMIT)
    event = only(store)
    with pytest.raises(StoreError):
        store.merge_events([event.id, event.id])
    with pytest.raises(StoreError):
        store.split(event.id, [event.id])
    with pytest.raises(StoreError):
        store.check("nobody")


def test_split_holds_when_a_third_article_comes(store):
    add(store, "a", SUMMIT)
    second = add(store, "b", meeting("Putin, Xi", "2022-09-15"))
    event = only(store)
    own = next(claim.id for claim in event.claims if claim.article == second.article_id)
    store.split(event.id, [own])
    add(store, "c", meeting("Putin, Xi", "2022-09-15"))
    assert sorted(each.sources for each in store.events()) == [1, 2]


def test_add_by_hand_and_an_article_joins(store):
    event = store.add_event(meeting("Scholz, Macron", "2024-05-28", "Meseberg"), who="anna")
    assert (event.checked, event.sources) == (True, 0)
    add(store, "a", meeting("Scholz, Macron", "2024-05", None))
    joined = only(store)
    assert (joined.sources, joined.date, joined.place) == (1, "2024-05-28", "Meseberg")
    (entry,) = [line for line in store.log() if line.action == "add_event"]
    store.undo(entry.id)
    assert only(store).date == "2024-05"


def test_rename_actor(store):
    add(store, "a", SUMMIT)
    entry = store.rename_actor("Q7747", "Vladimir Putin", who="anna")
    assert [actor.name for actor in only(store).participants] == ["Vladimir Putin", "Xi Jinping"]
    assert store.count(Query(text="vladimir")) == 1
    store.undo(entry.id)
    assert [actor.name for actor in only(store).participants] == ["Wladimir Putin", "Xi Jinping"]


def test_merge_actors_merges_their_meetings(store):
    add(store, "a", meeting("Putin, Xi", "2022-09-15"))
    add(store, "b", meeting("Putin, Wang", "2022-09-15"))
    assert store.count() == 2
    entry = store.merge_actors("Q9381", "Q15031", who="anna")
    assert only(store).sources == 2
    assert store.count(Query(actors=("Q9381",))) == 0
    add(store, "c", meeting("Putin, Wang", "2022-09-15"))
    assert only(store).sources == 3
    store.undo(entry.id)
    assert sorted(event.sources for event in store.events()) == [1, 2]


def test_edited_participants_follow_the_merging_of_actors(store):
    add(store, "a", SUMMIT)
    store.edit(only(store).id, "participants", (SHORT["Putin"], SHORT["Wang"]))
    store.merge_actors("Q9381", "Q7747")
    assert [actor.key for actor in only(store).participants] == ["Q7747"]


def test_a_corrected_meeting_stays_when_the_rules_no_longer_find_it(store):
    added = add(store, "a", SUMMIT, meeting("Scholz, Macron", "2024-05-28", at=300))
    event = store.events()[0]
    store.edit(event.id, "place", Place("Taschkent", "UZ"))
    moves = store.replace_reading(added.article_id, reading(), given=None, action="reread")
    assert only(store).place == "Taschkent"
    assert len(moves) == 1


def test_corrections_survive_deleting_and_restoring(store):
    added = add(store, "a", SUMMIT)
    store.edit(only(store).id, "date", "2022-09-16")
    store.delete_article(added.article_id)
    assert store.events() == []
    store.restore_article(added.article_id)
    assert only(store).date == "2022-09-16"


def test_deleting_and_adding_are_undone_from_the_log(store):
    added = add(store, "a", SUMMIT)
    store.delete_article(added.article_id, who="anna")
    deletion, addition = store.log()
    store.undo(deletion.id)
    assert store.count() == 1
    taken = store.undo(addition.id)
    assert (store.count(), store.articles()) == (0, [])
    store.undo(taken.id)
    assert store.count() == 1


def test_the_log_of_an_event(store):
    add(store, "a", SUMMIT)
    add(store, "b", meeting("Scholz, Macron", "2024-05-28"))
    summit, other = store.events()
    store.check(summit.id)
    store.check(other.id)
    assert [line.target for line in store.log(event_id=summit.id)] == [summit.id]


def test_rebuilding_changes_nothing(store):
    add(store, "a", SUMMIT, outlet="Tagblatt")
    add(store, "b", meeting("Putin, Xi", "2022-09", "Usbekistan"), outlet="Abendzeitung")
    add(store, "c", meeting("Scholz, Macron", "2024-05-28"))
    store.edit(store.events()[1].id, "kind", "visit")
    store.rename_actor("Q61053", "Scholz, Olaf")
    before = store.events()
    store.rebuild()
    assert store.events() == before
