"""Events as they are read: lists, single ones, counts for filters and overviews. Within a transaction."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, distinct, func, select

from timeline.model import Actor, Claim, Event
from timeline.query import Query
from timeline.store import counts as kept
from timeline.store.codec import actor_from, state_from
from timeline.store.derive import claims_of_events
from timeline.store.errors import StoreError
from timeline.store.log import corrections
from timeline.store.schema import ClaimTable, EventActorTable, EventOutletTable, EventTable, core
from timeline.store.select import conditions, event_ids
from timeline.store.values import Count, Facets

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


def facets(connection: Connection, query: Query) -> Facets:
    """The values of each filter among the events of the query, with their counts."""
    actors, events, outlets = EventActorTable, EventTable, EventOutletTable
    if not conditions(query):
        return Facets(*(kept.facet(connection, name) for name in kept.FACETS[:6]))
    chosen = event_ids(query).scalar_subquery()

    def counts(value: Any, label: Any, event_id: Any) -> tuple[Count, ...]:  # noqa: ANN401  columns
        # A country can stand twice in one event, all else once.
        number = func.count(distinct(event_id)) if value is actors.country else func.count()
        statement = select(value, func.max(label), number).where(value.is_not(None), event_id.in_(chosen))
        rows = connection.execute(statement.group_by(value).order_by(number.desc(), func.max(label), value))
        return tuple(Count(*row) for row in rows)

    return Facets(
        actors=counts(actors.key, actors.name, actors.event_id),
        countries=counts(actors.country, actors.country, actors.event_id),
        kinds=counts(events.kind, events.kind, events.id),
        statuses=counts(events.status, events.status, events.id),
        places=counts(events.place, events.place, events.id),
        outlets=counts(outlets.outlet, outlets.outlet, outlets.event_id),
    )


def months(connection: Connection, query: Query) -> list[tuple[date, str, int]]:
    """How many events begin in which month, by status."""
    if not conditions(query):
        return kept.months(connection)
    statement = (
        select(EventTable.first, EventTable.status, func.count())
        .where(*conditions(query), EventTable.first.is_not(None))
        .group_by(EventTable.first, EventTable.status)
    )
    found: dict[tuple[date, str], int] = {}
    for first, status, count in connection.execute(statement):
        month = date.fromordinal(first or 1).replace(day=1), status
        found[month] = found.get(month, 0) + count
    return [(month, status, count) for (month, status), count in sorted(found.items())]


def pairs(connection: Connection, query: Query) -> list[tuple[Actor, Actor, int]]:
    """Who took part together with whom, and in how many events; the most frequent first."""
    one, other = core(EventActorTable).alias("one"), core(EventActorTable).alias("other")
    number = func.count()
    statement = (
        select(one.c.key, other.c.key, number)
        .join(other, (one.c.event_id == other.c.event_id) & (one.c.key < other.c.key))
        .where(one.c.event_id.in_(event_ids(query).scalar_subquery()))
        .group_by(one.c.key, other.c.key)
        .order_by(number.desc(), one.c.key, other.c.key)
    )
    found = connection.execute(statement).all()
    known = {row.key: _actor_from(row) for row in connection.execute(_ACTORS.distinct())}
    return [(known[a], known[b], count) for a, b, count in found]


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
