"""What persons decided, read from the log, and its effect on claims and events. Nothing here writes.

A correction names claims, never rows of derived tables: it is in force for whatever event its claim is
part of, so it survives reading the article again, adding articles and merging anew.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from timeline import edtf
from timeline.merge import Apart, Together
from timeline.model import KINDS, STATUSES, Actor, Claim, Event, Field, Meeting
from timeline.store.codec import actor_from, actor_json
from timeline.store.errors import StoreError
from timeline.store.values import Entry

FIELDS: tuple[Field, ...] = ("date", "place", "status", "participants", "kind")
"""What of an event a person can set."""


@dataclass(slots=True)
class Corrections:
    """All decisions in force, in the order in which they were made."""

    edits: dict[str, list[tuple[Field, Any]]] = field(default_factory=lambda: defaultdict(list))
    checks: dict[str, bool] = field(default_factory=dict)
    rejected: set[str] = field(default_factory=set)
    by_hand: set[str] = field(default_factory=set)
    decisions: list[Together | Apart] = field(default_factory=list)
    actor_merges: list[tuple[str, Actor]] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)

    def anchors(self) -> set[str]:
        """The claims that a decision rests on; reading an article again must not lose them."""
        linked = {claim for decision in self.decisions for claim in _named(decision)}
        return {*self.edits, *self.checks, *linked, *self.rejected}

    def linked(self, claim_ids: Iterable[str]) -> set[str]:
        """The claims that decisions tie to the given ones, these included."""
        found = set(claim_ids)
        while True:
            more = {
                claim
                for decision in self.decisions
                if not found.isdisjoint(named := _named(decision))
                for claim in named
            }
            if more <= found:
                return found
            found |= more

    def active(self, claim: Claim) -> bool:
        """Whether a claim takes part: not rejected; and if added by hand, not taken back."""
        return claim.id not in self.rejected and (bool(claim.article) or claim.id in self.by_hand)

    def actor(self, actor: Actor) -> Actor:
        """The actor after renaming and merging."""
        for key, into in self.actor_merges:
            if actor.key == key:
                actor = into
        name = self.names.get(actor.key)
        return actor if name is None else replace(actor, name=name)

    def keys_of(self, *keys: str) -> set[str]:
        """All keys under which actors that are now (or were told to be) one of ``keys`` appear in claims."""
        found = set(keys)
        for key, into in reversed(self.actor_merges):
            if into.key in found:
                found.add(key)
        return found

    def claim(self, claim: Claim) -> Claim:
        """The claim with its actors after renaming and merging."""
        if not self.actor_merges and not self.names:
            return claim
        return replace(claim, meeting=self._meeting(claim.meeting))

    def _meeting(self, meeting: Meeting) -> Meeting:
        return replace(meeting, participants=self._actors(meeting.participants))

    def _actors(self, actors: Iterable[Actor]) -> tuple[Actor, ...]:
        folded = (self.actor(actor) for actor in actors)
        return tuple({actor.key: actor for actor in folded}.values())

    def event(self, event: Event) -> Event:
        """The event with what persons set and confirmed."""
        for claim in event.claims:
            for name, value in self.edits.get(claim.id, ()):
                event = self._edited(event, name, value)
        for claim in event.claims:
            if claim.id in self.checks:
                event = replace(event, checked=self.checks[claim.id])
        return event

    def _edited(self, event: Event, name: Field, value: Any) -> Event:  # noqa: ANN401  checked when set
        changes: dict[str, Any] = {name: value}
        if name == "place":
            changes = {"place": value and value["name"], "country": value and value["country"]}
        elif name == "participants":
            changes = {name: self._actors(actor_from(each) for each in value)}
        return replace(
            event, **changes, checked=True, edited=event.edited | {name}, disputed=event.disputed - {name}
        )


def _named(decision: Together | Apart) -> frozenset[str]:
    return decision.claims if isinstance(decision, Together) else decision.one | decision.other


def corrections_from(entries: Iterable[Entry]) -> Corrections:
    """The decisions in force, of log lines in order; lines that were taken back do not count."""
    found = Corrections()
    for entry in entries:
        if entry.undone_by is None:
            _include(found, entry)
    return found


def _include(found: Corrections, entry: Entry) -> None:
    after = entry.after
    match entry.action:
        case "edit":
            found.edits[entry.target].append((after["field"], after["value"]))
        case "check":
            found.checks[entry.target] = after["checked"]
        case "reject":
            found.rejected.update(after["claims"])
        case "merge":
            found.decisions.append(Together(frozenset(after["claims"])))
        case "split":
            found.decisions.append(Apart(frozenset(after["one"]), frozenset(after["other"])))
        case "add_event":
            found.by_hand.add(entry.target)
        case "rename_actor":
            found.names[entry.target] = after["name"]
        case "merge_actors":
            found.actor_merges.append((entry.target, actor_from(after["into"])))
        case _:
            pass  # articles: what they did stands in the tables


def touched(entry: Entry) -> tuple[set[str], set[str]]:
    """The claims, and the keys of actors, on which a line of the log has an effect."""
    after = entry.after
    match entry.action:
        case "reject" | "merge":
            return {*after["claims"]}, set()
        case "split":
            return {*after["one"], *after["other"]}, set()
        case "rename_actor":
            return set(), {entry.target}
        case "merge_actors":
            return set(), {entry.target, after["into"]["key"]}
        case _:
            return {entry.target}, set()


def field_json(event: Event, name: Field) -> Any:  # noqa: ANN401  JSON
    """A field of an event as the log keeps it."""
    if name == "place":
        return {"name": event.place, "country": event.country} if event.place else None
    if name == "participants":
        return [actor_json(actor) for actor in event.participants]
    return getattr(event, name)


def seen_json(field: Field, seen: Any) -> Any:  # noqa: ANN401  JSON
    """A field of an event as a person saw it, as the log keeps it."""
    if field == "place":
        return seen and {"name": seen.name, "country": seen.country}
    if field == "participants":
        return [actor_json(actor) for actor in seen]
    return seen


def checked_value(name: Field, value: Any) -> Any:  # noqa: ANN401  JSON
    """A value that a person wants to set, as the log keeps it.

    Raises:
        StoreError: the field cannot hold it; the message says what it can hold.
    """
    match name:
        case "kind" if value in KINDS:
            return value
        case "status" if value in STATUSES:
            return value
        case "date" if value is None or (isinstance(value, str) and edtf.is_valid(value)):
            return value
        case "place":
            named = value is None or bool(value.name.strip())
            if named:
                return value and {"name": value.name.strip(), "country": value.country}
        case "participants" if value and all(isinstance(actor, Actor) for actor in value):
            return [actor_json(actor) for actor in _once(value)]
        case _:
            pass
    raise StoreError(name) if name in FIELDS else StoreError("field", field=str(name))


def _once(actors: Sequence[Actor]) -> list[Actor]:
    return list({actor.key: actor for actor in actors}.values())
