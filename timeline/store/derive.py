"""Keeps the derived tables in step: events, who takes part, which claim belongs where.

Only what a change can matter to is read and merged again (:func:`timeline.merge.merge_again`), and only
events that have become others are written.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, Text, and_, bindparam, cast, delete, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute

from timeline import edtf
from timeline.merge import Change, Point, Reach, Standing, days_of, merge, merge_again, reach
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


def chunks(values: Iterable[str]) -> Iterator[list[str]]:
    """The values in lists short enough for one statement, in a fixed order."""
    ordered = sorted(values)
    for start in range(0, len(ordered), _CHUNK):
        yield ordered[start : start + _CHUNK]


_CLAIMS = select(
    ClaimTable.id, ClaimTable.article_id, ClaimTable.meeting, ClaimTable.event_id, ArticleTable.reference,
    ArticleTable.outlet, ArticleTable.deleted_at,
).join(ArticleTable, ArticleTable.id == ClaimTable.article_id, isouter=True)  # fmt: skip
"""What a claim is made of, those of deleted articles too."""
_THERE = _CLAIMS.where(ArticleTable.deleted_at.is_(None))
"""Those that are added by hand have no article, and thus none that is deleted."""


def load_claims(connection: Connection, claim_ids: Iterable[str] | None = None) -> list[Claim]:
    """Claims as told, those of deleted articles left out; all where ``claim_ids`` is None."""
    if claim_ids is None:
        return [claim_from(row) for row in connection.execute(_THERE)]
    return [
        claim_from(row)
        for part in chunks(claim_ids)
        for row in connection.execute(_THERE.where(ClaimTable.id.in_(part)))
    ]


def claims_of_events(connection: Connection, event_ids: Iterable[str]) -> dict[str, list[Claim]]:
    """The claims of each event."""
    found: dict[str, list[Claim]] = defaultdict(list)
    for part in chunks(event_ids):
        for row in connection.execute(_THERE.where(ClaimTable.event_id.in_(part))):
            found[row.event_id].append(claim_from(row))
    return found


def claim_from(row: Row[Any]) -> Claim:
    """A claim from its row, joined with its article."""
    reference = reference_from(row.reference) if row.reference else ReferenceDate(None, "unknown")
    meeting = meeting_from(row.meeting)
    return Claim(row.id, row.article_id or "", reference.value, reference, meeting, row.outlet)


def change_of(connection: Connection, claim_ids: Collection[str], *, told_anew: bool = False) -> Change:
    """The present standing of claims that are about to go or be decided on, or whose telling is replaced."""
    change = Change(claims=set(claim_ids), told_anew=told_anew)
    for part in chunks(claim_ids):
        if told_anew:
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
    """Brings the events in step with a change."""
    again = merge_again(_Shelf(connection, corrections), change, corrections.decisions)
    events = _finished(connection, again.events, corrections)
    _replace(connection, events, again.stale, told_anew=change.claims)
    before = {each.claim.id: each.event for each in again.claims}
    now = dict.fromkeys(before) | {claim.id: event.id for event in events for claim in event.claims}
    _enter(connection, {claim: event for claim, event in now.items() if event != before[claim]})


def rebuild(connection: Connection, corrections: Corrections) -> None:
    """Merges all claims and writes all events anew."""
    told = [corrections.claim(claim) for claim in load_claims(connection)]
    write_keys(connection, told)
    active = [claim for claim in told if corrections.active(claim)]
    events = _finished(connection, merge(active, corrections.decisions), corrections)
    before = facts.numbers_of(connection, None)
    for table in (EventActorTable, EventOutletTable, EventTable, EventCountTable):
        connection.execute(delete(table))
    textsearch.forget(connection, None)
    _write(connection, events, before, gone={})
    connection.execute(update(ClaimTable).values(event_id=None))
    _enter(connection, {claim.id: event.id for event in events for claim in event.claims})


class _Shelf:
    """The claims of the store as :func:`timeline.merge.merge_again` asks for them."""

    def __init__(self, connection: Connection, corrections: Corrections) -> None:
        self._connection = connection
        self._corrections = corrections
        self._given: dict[str, set[str]] = defaultdict(set)
        """Events whose claims were given, and claims without an event, by the column that tells them."""

    def standing(self, claims: Collection[str], events: Collection[str]) -> list[Standing]:
        """The claims, and all that stood in these events or together with them."""
        wanted, alone = set(events), set()
        for part in chunks(claims):
            statement = select(ClaimTable.id, ClaimTable.event_id).where(ClaimTable.id.in_(part))
            for claim, event in self._connection.execute(statement):
                (alone.add(claim) if event is None else wanted.add(event))
        return self._read(ClaimTable.id, alone) + self._read(ClaimTable.event_id, wanted)

    def at(self, points: Collection[Point]) -> list[Standing]:
        """The claims that stood in an event and look for others there, and all that stood with them."""
        events: set[str] = set()
        for key, first, last in _spans(points):
            statement = (
                select(ClaimTable.event_id)
                .join(ClaimKeyTable, ClaimKeyTable.claim_id == ClaimTable.id)
                .where(ClaimKeyTable.key == key, ClaimKeyTable.first <= last, ClaimKeyTable.last >= first)
            )
            events.update(event for (event,) in self._connection.execute(statement) if event)
        return self._read(ClaimTable.event_id, events)

    def _read(self, column: InstrumentedAttribute[Any], values: set[str]) -> list[Standing]:
        wanted = values - self._given[column.key]
        self._given[column.key] |= wanted
        return [
            self._standing(row)
            for part in chunks(wanted)
            for row in self._connection.execute(_CLAIMS.where(column.in_(part)))
        ]

    def _standing(self, row: Row[Any]) -> Standing:
        claim = self._corrections.claim(claim_from(row))
        return Standing(claim, row.event_id, row.deleted_at is None and self._corrections.active(claim))


def _spans(points: Collection[Point]) -> Iterator[Reach]:
    """Keys with first and last days that make up the points, neighbours joined."""
    open_key, begin, end = "", 0, 0
    for key, stretch in sorted(points):
        first, last = days_of(stretch)
        if key == open_key and first == end + 1:
            end = last
            continue
        if open_key:
            yield open_key, begin, end
        open_key, begin, end = key, first, last
    if open_key:
        yield open_key, begin, end


def _finished(connection: Connection, merged: Sequence[Event], corrections: Corrections) -> list[Event]:
    """Events as they are stored: with the outlets of reprints, and what persons set."""
    return [corrections.event(event) for event in _with_reprints(connection, merged)]


def _replace(
    connection: Connection, events: Sequence[Event], stale: Collection[str], *, told_anew: Collection[str]
) -> None:
    """Puts events in the place of stale ones; those that are stored like that already stay as they are."""
    there = {
        row["id"]: dict(row)
        for part in chunks(stale)
        for row in connection.execute(select(core(EventTable)).where(EventTable.id.in_(part))).mappings()
    }
    same: list[Event] = []
    fresh: list[Event] = []
    for event in events:
        old = there.get(event.id)
        stays = old is not None and old == event_row(event, old["number"])
        (same if stays else fresh).append(event)
    before = {each: row["number"] for each, row in there.items()}
    # Of these the row tells all but the words of the sources.
    textsearch.write(
        connection,
        {
            before.pop(event.id): search_text(event)
            for event in same
            if any(claim.id in told_anew for claim in event.claims)
        },
    )
    for event in same:
        before.pop(event.id, None)
    gone = kept_counts.of_stored(connection, before)
    for part in chunks(before):
        for table in (EventActorTable, EventOutletTable):
            connection.execute(delete(table).where(table.event_id.in_(part)))
        connection.execute(delete(EventTable).where(EventTable.id.in_(part)))
    _write(connection, fresh, before, gone=gone)


def _write(
    connection: Connection, events: Sequence[Event], before: Mapping[str, int], *, gone: kept_counts.Tally
) -> None:
    """Writes events that are not there.

    ``before`` are the numbers of those that stood in their place, ``gone`` what these added to the counts.
    """
    numbers = facts.number(connection, [event.id for event in events], before)
    gone_numbers = set(before.values()) - set(numbers.values())
    facts.write(connection, events, numbers, gone=gone_numbers)
    textsearch.forget(connection, gone_numbers)
    textsearch.write(connection, {numbers[event.id]: search_text(event) for event in events})
    for table, rows in (
        (EventTable, [event_row(event, numbers[event.id]) for event in events]),
        (EventActorTable, [row for event in events for row in actor_rows(event)]),
        (EventOutletTable, [row for event in events for row in outlet_rows(event)]),
    ):
        if rows:
            connection.execute(insert(core(table)), rows)
    kept_counts.change(connection, gone=gone, come=kept_counts.of_events(events))


def _enter(connection: Connection, events: Mapping[str, str | None]) -> None:
    """Notes in which event each claim stands."""
    if events:
        one = (
            update(core(ClaimTable))
            .where(ClaimTable.id == bindparam("claim"))
            .values(event_id=bindparam("event"))
        )
        connection.execute(one, [{"claim": claim, "event": event} for claim, event in events.items()])


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


def event_row(event: Event, number: int, claims: Sequence[str] | None = None) -> dict[str, Any]:
    """The row of an event; ``claims`` are the ids of its claims where it comes without them."""
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
            "claims": [claim.id for claim in event.claims] if claims is None else list(claims),
        },
    }
