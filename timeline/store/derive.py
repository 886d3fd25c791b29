"""Keeps the derived tables in step: events, who takes part, which claim belongs where.

Only what can have changed is merged again: the claims in reach of those that came, went or were decided
on (:func:`timeline.merge.reach`), and all that are in reach of these.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Row, Text, and_, bindparam, cast, delete, insert, or_, select, update

from timeline import edtf
from timeline.merge import merge, reach
from timeline.model import Claim, Event, ReferenceDate
from timeline.query import search_text
from timeline.store import facts, kept_counts, textsearch
from timeline.store.codec import actor_json, meeting_from, reference_from, state_json
from timeline.store.corrections import Corrections
from timeline.store.schema import (
    ArticleTable,
    ClaimKeyTable,
    ClaimTable,
    EventActorTable,
    EventCountTable,
    EventOutletTable,
    EventTable,
    SourceTable,
    core,
)

_CHUNK = 500
"""Values per statement; both databases take several thousand parameters at most."""
Reach = tuple[str, int, int]


@dataclass(slots=True)
class Change:
    """What a transaction has touched: claims, reaches of claims that are gone, events that stood there."""

    claims: set[str] = field(default_factory=set)
    reaches: set[Reach] = field(default_factory=set)
    events: set[str] = field(default_factory=set)

    def join(self, other: "Change") -> None:
        """Takes in what another change has touched."""
        self.claims |= other.claims
        self.reaches |= other.reaches
        self.events |= other.events


def chunks(values: Iterable[str]) -> Iterator[list[str]]:
    """The values in lists short enough for one statement, in a fixed order."""
    ordered = sorted(values)
    for start in range(0, len(ordered), _CHUNK):
        yield ordered[start : start + _CHUNK]


def load_claims(connection: Connection, claim_ids: Iterable[str] | None = None) -> list[Claim]:
    """Claims as told, those of deleted articles left out; all where ``claim_ids`` is None."""
    statement = _claims_statement()
    if claim_ids is None:
        return [claim_from(row) for row in connection.execute(statement)]
    return [
        claim_from(row)
        for part in chunks(claim_ids)
        for row in connection.execute(statement.where(ClaimTable.id.in_(part)))
    ]


def _claims_statement() -> Any:  # noqa: ANN401  a Select of columns whose types nobody spells out
    return (
        select(
            ClaimTable.id, ClaimTable.article_id, ClaimTable.meeting, ClaimTable.event_id,
            ArticleTable.reference, ArticleTable.outlet,
        )
        .join(ArticleTable, ArticleTable.id == ClaimTable.article_id, isouter=True)
        .where(or_(ClaimTable.article_id.is_(None), ArticleTable.deleted_at.is_(None)))
    )  # fmt: skip


def claims_of_events(connection: Connection, event_ids: Iterable[str]) -> dict[str, list[Claim]]:
    """The claims of each event."""
    found: dict[str, list[Claim]] = defaultdict(list)
    for part in chunks(event_ids):
        for row in connection.execute(_claims_statement().where(ClaimTable.event_id.in_(part))):
            found[row.event_id].append(claim_from(row))
    return found


def claim_from(row: Row[Any]) -> Claim:
    """A claim from its row, joined with its article."""
    reference = reference_from(row.reference) if row.reference else ReferenceDate(None, "unknown")
    meeting = meeting_from(row.meeting)
    return Claim(row.id, row.article_id or "", reference.value, reference, meeting, row.outlet)


def change_of(connection: Connection, claim_ids: Collection[str]) -> Change:
    """The present standing of claims that are about to go, be replaced or be decided on."""
    change = Change(claims=set(claim_ids))
    for part in chunks(claim_ids):
        change.reaches |= _reaches(connection, part)
        standing = select(ClaimTable.event_id).where(
            ClaimTable.id.in_(part), ClaimTable.event_id.is_not(None)
        )
        change.events.update(event for (event,) in connection.execute(standing) if event)
    return change


def _reaches(connection: Connection, claim_ids: list[str]) -> set[Reach]:
    statement = select(ClaimKeyTable.key, ClaimKeyTable.first, ClaimKeyTable.last)
    rows = connection.execute(statement.where(ClaimKeyTable.claim_id.in_(claim_ids)))
    return {(key, first, last) for key, first, last in rows}


def claims_of_actors(connection: Connection, keys: Collection[str]) -> set[str]:
    """The claims in which one of the actors appears, as told or as a person set it."""
    found: set[str] = set()
    for key in keys:
        written = '"key":' + json.dumps(key, ensure_ascii=False)
        told = select(ClaimTable.id).where(cast(ClaimTable.meeting, Text).contains(written, autoescape=True))
        shown = select(ClaimTable.id).join(
            EventActorTable,
            and_(EventActorTable.event_id == ClaimTable.event_id, EventActorTable.key == key),
        )
        for statement in (told, shown):
            found.update(claim for (claim,) in connection.execute(statement))
    return found


def write_keys(connection: Connection, claims: Sequence[Claim]) -> None:
    """Files claims under what they can be compared with, anew."""
    for part in chunks(claim.id for claim in claims):
        connection.execute(delete(ClaimKeyTable).where(ClaimKeyTable.claim_id.in_(part)))
    rows = [row for claim in claims for row in key_rows(claim)]
    if rows:
        connection.execute(insert(core(ClaimKeyTable)), rows)


def derive(connection: Connection, change: Change, corrections: Corrections) -> None:
    """Merges again all claims that the change can reach, and writes their events."""
    claim_ids, stale = _closure(connection, change, corrections)
    told = load_claims(connection, claim_ids)
    before, gone = facts.numbers_of(connection, stale), kept_counts.of_stored(connection, stale)
    _remove_events(connection, stale, claim_ids)
    _write_events(connection, told, corrections, before, gone)


def rebuild(connection: Connection, corrections: Corrections) -> None:
    """Merges all claims and writes all events anew."""
    told = load_claims(connection)
    write_keys(connection, [corrections.claim(claim) for claim in told])
    before = facts.numbers_of(connection, None)
    connection.execute(delete(EventActorTable))
    connection.execute(delete(EventOutletTable))
    connection.execute(delete(EventTable))
    connection.execute(delete(EventCountTable))
    textsearch.forget(connection, None)
    connection.execute(update(ClaimTable).values(event_id=None))
    _write_events(connection, told, corrections, before, {})


def _closure(connection: Connection, change: Change, corrections: Corrections) -> tuple[set[str], set[str]]:
    """All claims that the change can reach through others, and the events that they stand in now."""
    known: set[str] = set()
    events: set[str] = set()
    covered: dict[str, list[tuple[int, int]]] = defaultdict(list)
    claims, reaches, old = corrections.linked(change.claims), set(change.reaches), set(change.events)
    while claims or reaches or old:
        found: set[str] = set()
        for part in chunks(claims):
            reaches |= _reaches(connection, part)
            standing = select(ClaimTable.event_id).where(ClaimTable.id.in_(part))
            old.update(event for (event,) in connection.execute(standing) if event)
        known |= claims
        for part in chunks(old - events):
            found.update(
                claim
                for (claim,) in connection.execute(select(ClaimTable.id).where(ClaimTable.event_id.in_(part)))
            )
        events |= old
        for key, first, last in _uncovered(reaches, covered):
            overlapping = select(ClaimKeyTable.claim_id).where(
                ClaimKeyTable.key == key, ClaimKeyTable.first <= last, ClaimKeyTable.last >= first
            )
            found.update(claim for (claim,) in connection.execute(overlapping))
        claims, reaches, old = corrections.linked(found) - known, set(), set()
    return known, events


def _uncovered(reaches: set[Reach], covered: dict[str, list[tuple[int, int]]]) -> Iterator[Reach]:
    """The reaches to ask for, those of one key that touch joined, those asked for before left out."""
    by_key: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for key, first, last in sorted(reaches):
        spans = by_key[key]
        if spans and first <= spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], max(last, spans[-1][1]))
        else:
            spans.append((first, last))
    for key, spans in by_key.items():
        for first, last in spans:
            if not any(a <= first and last <= b for a, b in covered[key]):
                covered[key].append((first, last))
                yield key, first, last


def _remove_events(connection: Connection, stale: set[str], claim_ids: set[str]) -> None:
    """Takes events away, and their claims out of them."""
    for part in chunks(stale):
        for table in (EventActorTable, EventOutletTable):
            connection.execute(delete(table).where(table.event_id.in_(part)))
        connection.execute(delete(EventTable).where(EventTable.id.in_(part)))
    for part in chunks(claim_ids):
        connection.execute(update(ClaimTable).where(ClaimTable.id.in_(part)).values(event_id=None))


def _write_events(
    connection: Connection,
    told: Sequence[Claim],
    corrections: Corrections,
    before: Mapping[str, int],
    gone: kept_counts.Tally,
) -> None:
    """Merges claims and writes their events.

    ``before`` are the numbers of those that stood in their place, ``gone`` what these added to the counts.
    """
    active = [corrections.claim(claim) for claim in told if corrections.active(claim)]
    merged = _with_reprints(connection, merge(active, corrections.decisions))
    events = [corrections.event(event) for event in merged]
    numbers = facts.number(connection, [event.id for event in events], before)
    gone_numbers = set(before.values()) - set(numbers.values())
    facts.write(connection, events, numbers, gone=gone_numbers)
    textsearch.forget(connection, gone_numbers)
    kept_counts.change(connection, gone=gone, come=kept_counts.of_events(events))
    if not events:
        return
    rows = [event_row(event, [claim.id for claim in event.claims], numbers[event.id]) for event in events]
    connection.execute(insert(core(EventTable)), rows)
    textsearch.write(connection, {numbers[event.id]: search_text(event) for event in events})
    actors = [row for event in events for row in actor_rows(event)]
    if actors:
        connection.execute(insert(core(EventActorTable)), actors)
    outlets = [row for event in events for row in outlet_rows(event)]
    if outlets:
        connection.execute(insert(core(EventOutletTable)), outlets)
    members = [{"claim": claim.id, "event": event.id} for event in events for claim in event.claims]
    one = (
        update(core(ClaimTable))
        .where(ClaimTable.id == bindparam("claim"))
        .values(event_id=bindparam("event"))
    )
    connection.execute(one, members)


def _with_reprints(connection: Connection, events: Sequence[Event]) -> list[Event]:
    """The events with the outlets of reprints too: claims know only the article that came first."""
    printed: dict[str, set[str]] = defaultdict(set)
    for part in chunks({claim.article for event in events for claim in event.claims}):
        statement = select(SourceTable.article_id, SourceTable.outlet).where(
            SourceTable.article_id.in_(part), SourceTable.outlet.is_not(None)
        )
        for article_id, outlet in connection.execute(statement):
            printed[article_id].add(str(outlet))
    return [
        replace(
            event, outlets=tuple(sorted({*event.outlets}.union(*(printed[c.article] for c in event.claims))))
        )
        for event in events
    ]


def actor_rows(event: Event) -> list[dict[str, Any]]:
    """Who takes part in an event."""
    return [
        {"event_id": event.id, "key": a.key, "name": a.name, "type": a.type, "country": a.country}
        for a in event.participants
    ]


def outlet_rows(event: Event) -> list[dict[str, Any]]:
    """Which outlets tell of an event."""
    return [{"event_id": event.id, "outlet": outlet} for outlet in event.outlets]


def key_rows(claim: Claim) -> list[dict[str, Any]]:
    """Under what a claim is filed."""
    keys, first, last = reach(claim)
    return [{"claim_id": claim.id, "key": k, "first": first, "last": last} for k in dict.fromkeys(keys)]


def event_row(event: Event, claims: Sequence[str], number: int) -> dict[str, Any]:
    """The row of an event of ``claims``."""
    span = edtf.bounds(event.date) if event.date else None
    return {
        "id": event.id,
        "number": number,
        "kind": event.kind,
        "status": event.status,
        "place": event.place,
        "country": event.country,
        "date": event.date,
        "first": span.first.toordinal() if span and span.first else None,
        "last": span.last.toordinal() if span and span.last else None,
        "checked": event.checked,
        "disputed": bool(event.disputed),
        "body": {
            "participants": [actor_json(actor) for actor in event.participants],
            "history": [state_json(state) for state in event.history],
            "disputed": sorted(event.disputed),
            "edited": sorted(event.edited),
            "outlets": list(event.outlets),
            "sources": event.sources,
            "claims": list(claims),
        },
    }
