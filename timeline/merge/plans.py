"""Finds what became of announced events."""

from collections import defaultdict
from collections.abc import Iterable

from timeline.merge.fitting import pair_fit
from timeline.merge.told import Told, tell
from timeline.model import Claim, Event, Meeting, ReferenceDate


def fulfilments(announced: Iterable[Event], held: Iterable[Event]) -> dict[str, list[Event]]:
    """Held events that are what another event announced, by the id of the latter; the first comes first.

    Same sides, place and kind, and all of its days within those announced. They are events of their own
    where one article told the two apart ("a visit that week", "talks on Tuesday").
    """
    by_key: dict[str, list[tuple[Told, Event]]] = defaultdict(list)
    for event in held:
        told = tell(_as_claim(event))
        for key in told.keys if told.tier < 2 else ():
            by_key[key].append((told, event))
    found: dict[str, list[Event]] = {}
    for event in announced:
        plan = tell(_as_claim(event))
        if plan.tier > 1 or event.date is None:
            continue
        met = {
            other.id: (told.first, other.id, other)
            for key in plan.keys
            for told, other in by_key.get(key, ())
            if plan.first <= told.first and told.last <= plan.last and pair_fit(plan, told) is not None
        }
        if met:
            found[event.id] = [other for _, _, other in sorted(met.values(), key=lambda row: row[:2])]
    return found


def _as_claim(event: Event) -> Claim:
    """The version in force as if one article told it."""
    meeting = Meeting(
        event.kind, event.participants, event.place, event.country, None, event.date, event.status, ()
    )
    return Claim(event.id, "", None, ReferenceDate(None, "unknown"), meeting)
