"""Events as they are read: lists, single ones, their neighbours in time. Within a transaction."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select

from timeline.model import Actor, Claim, Event
from timeline.store.codec import actor_from, state_from
from timeline.store.derive import claims_of_events
from timeline.store.errors import StoreError
from timeline.store.log import corrections
from timeline.store.schema import ClaimTable, EventActorTable, EventTable

EVENTS = select(
    EventTable.id, EventTable.kind, EventTable.status, EventTable.place, EventTable.country, EventTable.date,
    EventTable.checked, EventTable.body,
)  # fmt: skip
"""What an event is made of, without its claims."""
_ACTORS = select(EventActorTable.key, EventActorTable.name, EventActorTable.type, EventActorTable.country)


def find(connection: Connection, event_id: str) -> Event | None:
    """The event with this id, or else the one of which the claim with this id is part."""
    row = _row(connection, event_id)
    return None if row is None else with_claims(connection, [row])[0]


def need(connection: Connection, event_id: str) -> Event:
    """As :func:`find`.

    Raises:
        StoreError: there is no such event.
    """
    event = find(connection, event_id)
    if event is None:
        raise StoreError("no_event", id=event_id)
    return event


def claim_ids(connection: Connection, event_id: str) -> set[str]:
    """The claims of an event; the id itself where there is none (any more)."""
    row = _row(connection, event_id)
    return {event_id} if row is None else set(row.body["claims"])


def _row(connection: Connection, event_id: str) -> Row[Any] | None:
    row = connection.execute(EVENTS.where(EventTable.id == event_id)).one_or_none()
    if row is None:
        by_claim = EVENTS.join(ClaimTable, ClaimTable.event_id == EventTable.id)
        row = connection.execute(by_claim.where(ClaimTable.id == event_id)).one_or_none()
    return row


def with_claims(connection: Connection, rows: Sequence[Row[Any]]) -> list[Event]:
    """Events of rows of :data:`EVENTS`, with their claims in the order of publication."""
    claims = claims_of_events(connection, [row.id for row in rows])
    decided = corrections(connection)
    found = []
    for row in rows:
        told = {claim.id: decided.claim(claim) for claim in claims[row.id]}
        found.append(event_from(row, tuple(told[each] for each in row.body["claims"])))
    return found


def event_from(row: Row[Any], claims: tuple[Claim, ...] = ()) -> Event:
    """An event of a row of :data:`EVENTS`."""
    body = row.body
    return Event(
        id=row.id,
        kind=row.kind,
        participants=tuple(actor_from(each) for each in body["participants"]),
        place=row.place,
        country=row.country,
        date=row.date,
        status=row.status,
        claims=claims,
        disputed=frozenset(body["disputed"]),
        history=tuple(state_from(state) for state in body["history"]),
        checked=row.checked,
        outlets=tuple(body["outlets"]),
        edited=frozenset(body["edited"]),
        sources=body["sources"],
    )


def neighbours(connection: Connection, event: Event, *, most: int) -> tuple[list[Event], list[Event]]:
    """The nearest events before and after with one of the same actors, nearest first, without claims.

    An event without a date has no neighbours in time, and is nobody's neighbour.
    """
    day = func.coalesce(EventTable.first, EventTable.last)
    here = connection.execute(select(day).where(EventTable.id == event.id)).scalar()
    if here is None:
        return [], []
    keys = [actor.key for actor in event.participants]
    shared = select(EventActorTable.event_id).where(EventActorTable.key.in_(keys))
    related = EVENTS.where(EventTable.id.in_(shared), EventTable.id != event.id).limit(most)
    before = related.where(day <= here).order_by(day.desc(), EventTable.date.desc(), EventTable.id.desc())
    after = related.where(day > here).order_by(day, EventTable.date, EventTable.id)
    one, other = ([event_from(row) for row in connection.execute(each)] for each in (before, after))
    return one, other


def actor(connection: Connection, key: str) -> Actor:
    """An actor of some event.

    Raises:
        StoreError: no event has one with this key.
    """
    row = connection.execute(_ACTORS.where(EventActorTable.key == key).limit(1)).one_or_none()
    if row is None:
        raise StoreError("no_actor", id=key)
    return _actor_from(row)


def _actor_from(row: Any) -> Actor:  # noqa: ANN401  a row of _ACTORS
    return Actor(row.key, row.name, row.type, row.country)
