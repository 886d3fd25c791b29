"""Counts of events for filters, overviews and pictures, made by the database. Within a transaction.

What a picture of many events shows is counts; reading the events to count them here would cost a hundred
times as much memory and time.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    FunctionElement,
    Select,
    String,
    Text,
    case,
    distinct,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased

from timeline.edtf import Bounds
from timeline.model import Actor, Status
from timeline.query import LaneKind, Query
from timeline.store import kept_counts
from timeline.store.schema import EventActorTable, EventOutletTable, EventTable, core
from timeline.store.select import conditions, event_ids
from timeline.store.values import Cell, Count, FacetName, Tally

_KEPT: dict[FacetName, str] = {
    "actors": "actor",
    "countries": "country",
    "kinds": "kind",
    "statuses": "status",
    "places": "place",
    "outlets": "outlet",
}
"""Under which name the counts of a filter are kept, for the question without any condition."""
_ANNOUNCED = ("planned", "proposed")
_HELD = ("held", "ongoing")
_DAY_DIGITS = 10_000_000
"""Added to a day to give all days the same number of digits, so that their texts sort as they do."""
_FIRST_DAY = func.coalesce(EventTable.first, EventTable.last)
"""The day by which an event is sorted: where the beginning is open, its end is all that is known."""


class _Month(FunctionElement[str]):
    """The month of a day given as an ordinal, as the text ``YYYY-MM``."""

    type = String()
    inherit_cache = True
    name = "month"


@compiles(_Month, "sqlite")
def _month_in_sqlite(element: Any, compiler: Any, **how: Any) -> str:  # noqa: ANN401  SQLAlchemy's protocol
    # The Julian day of 1 January of the year 1 (ordinal 1) begins at 1721425.5.
    return f"strftime('%Y-%m', {compiler.process(element.clauses, **how)} + 1721424.5)"


@compiles(_Month, "postgresql")
def _month_in_postgresql(element: Any, compiler: Any, **how: Any) -> str:  # noqa: ANN401  SQLAlchemy's protocol
    return f"to_char(DATE '0001-01-01' + ({compiler.process(element.clauses, **how)} - 1), 'YYYY-MM')"


def count(connection: Connection, query: Query) -> int:
    """How many events the query asks for."""
    if not conditions(query):
        return kept_counts.total(connection)
    statement = select(func.count()).select_from(EventTable).where(*conditions(query))
    return connection.execute(statement).scalar_one()


def facet(connection: Connection, query: Query, name: FacetName) -> tuple[Count, ...]:
    """The values of one filter among the events of the query, the most frequent first."""
    told = conditions(query)
    if not told:
        return kept_counts.facet(connection, _KEPT[name])
    actors, events, outlets = EventActorTable, EventTable, EventOutletTable
    columns: dict[FacetName, tuple[Any, Any, Any]] = {
        "actors": (actors.key, actors.name, actors.event_id),
        "countries": (actors.country, actors.country, actors.event_id),
        "kinds": (events.kind, events.kind, events.id),
        "statuses": (events.status, events.status, events.id),
        "places": (events.place, events.place, events.id),
        "outlets": (outlets.outlet, outlets.outlet, outlets.event_id),
    }
    value, label, event_id = columns[name]
    # A country can stand twice in one event, all else once.
    number = func.count(distinct(event_id)) if name == "countries" else func.count()
    statement = select(value, func.min(label), number).where(value.is_not(None)).group_by(value)
    if event_id is events.id:
        statement = statement.where(*told)
    else:
        statement = statement.where(event_id.in_(event_ids(query).scalar_subquery()))
    rows = connection.execute(statement.order_by(number.desc(), func.min(label), value))
    return tuple(Count(*row) for row in rows)


def months(connection: Connection, query: Query) -> list[tuple[date, Status, int]]:
    """How many events begin in which month, by status; those without any day are left out."""
    if not conditions(query):
        return kept_counts.months(connection)
    statement = _by_month(select(), conditions(query))
    return [(_first_of(month), status, count) for month, status, count in connection.execute(statement)]


def span(connection: Connection, query: Query) -> Bounds | None:
    """First and last day that any bounded end of the events names; None when none has a date."""
    low, high = func.min(_FIRST_DAY), func.max(func.coalesce(EventTable.last, EventTable.first))
    first, last = connection.execute(select(low, high).where(*conditions(query))).one()
    return None if first is None else Bounds(date.fromordinal(first), date.fromordinal(last))


def lanes(connection: Connection, query: Query, kind: LaneKind) -> tuple[Count, ...]:
    """The lanes of a timeline with their events, dated or not; the busiest first."""
    if kind != "pair":
        names: dict[LaneKind, FacetName] = {"actor": "actors", "country": "countries", "place": "places"}
        return facet(connection, query, names[kind])
    member = _members(kind)
    number, label = func.count(), func.min(member.c.label)
    statement = select(member.c.key, label, number).group_by(member.c.key)
    if conditions(query):
        statement = statement.where(member.c.event_id.in_(event_ids(query).scalar_subquery()))
    return tuple(
        Count(*row) for row in connection.execute(statement.order_by(number.desc(), label, member.c.key))
    )


def cells(connection: Connection, query: Query, kind: LaneKind, keys: Sequence[str]) -> list[Cell]:
    """Events by lane, month of their first day and status.

    Those in none of the lanes ``keys`` count once, in the lane ``*``; those that can be in no lane because
    they have no place, or nobody of a state, in the lane ``""``. Events without any day are left out.
    """
    member = _members(kind, keys)
    told = conditions(query)
    joined = select(member.c.key).join(member, member.c.event_id == EventTable.id)
    number = func.count(distinct(EventTable.id)) if kind == "country" else func.count()
    statement = _by_month(joined, [*told, member.c.key.in_(keys)], number).group_by(member.c.key)
    found = [
        Cell(key, _first_of(month), status, n) for key, month, status, n in connection.execute(statement)
    ]
    # Those in no lane are what the others leave: to look for them would be to look at everything.
    rest = Counter({(month, status): n for month, status, n in months(connection, query)})
    drawn = EventTable.id.in_(select(member.c.event_id).where(member.c.key.in_(keys)))
    for key, condition in (("", _nowhere(kind)), ("*", drawn)):
        if condition is None:
            continue
        part = connection.execute(_by_month(select(), [*told, condition]))
        for month, status, n in part:
            rest[_first_of(month), status] -= n
            if not key:
                found.append(Cell("", _first_of(month), status, n))
    return found + [Cell("*", month, status, n) for (month, status), n in sorted(rest.items()) if n]


def _nowhere(kind: LaneKind) -> ColumnElement[bool] | None:
    """Whether an event can be in no lane of that kind; None where this is no matter of its own."""
    if kind == "place":
        return EventTable.place.is_(None)
    if kind == "country":
        actors = aliased(EventActorTable)
        return EventTable.id.not_in(select(actors.event_id).where(actors.country.is_not(None)))
    return None


def _by_month(
    statement: Select[Any],
    told: Sequence[ColumnElement[bool]],
    number: Any = None,  # noqa: ANN401  a column
) -> Select[Any]:
    month = _Month(_FIRST_DAY)
    return (
        statement.add_columns(month, EventTable.status, func.count() if number is None else number)
        .where(*told, _FIRST_DAY.is_not(None))
        .group_by(month, EventTable.status)
        .order_by(month, EventTable.status)
    )


def _first_of(month: str) -> date:
    return date(int(month[:4]), int(month[5:7]), 1)


def _members(kind: LaneKind, keys: Sequence[str] = ()) -> Any:  # noqa: ANN401  a subquery
    """Which event stands in which lanes: ``event_id``, ``key`` and ``label``.

    With ``keys`` pairs of others may be left out, which spares joining everybody with everybody.
    """
    if kind == "place":
        place = EventTable.place
        rows = select(EventTable.id.label("event_id"), place.label("key"), place.label("label"))
        return rows.where(place.is_not(None)).subquery()
    if kind == "pair":
        one, other = core(EventActorTable).alias("one"), core(EventActorTable).alias("other")
        before = (one.c.name < other.c.name) | ((one.c.name == other.c.name) & (one.c.key < other.c.key))
        near: list[ColumnElement[bool]] = []
        if keys:
            sides = [tuple(key.split("|")) for key in keys]
            near = [one.c.key.in_({a for a, _ in sides}), other.c.key.in_({b for _, b in sides})]
        return (
            select(
                one.c.event_id,
                (one.c.key + literal("|") + other.c.key).label("key"),
                (one.c.name + literal(" – ") + other.c.name).label("label"),
            )
            .join(other, (one.c.event_id == other.c.event_id) & before)
            .where(*near)
            .subquery()
        )
    key = EventActorTable.key if kind == "actor" else EventActorTable.country
    label = EventActorTable.name if kind == "actor" else EventActorTable.country
    rows = select(EventActorTable.event_id, key.label("key"), label.label("label"))
    return rows.where(key.is_not(None)).subquery()


def tallies(connection: Connection, query: Query) -> list[Tally]:
    """What the events of the query tell of each actor, the busiest first."""
    status, actors = EventTable.status, EventActorTable
    history = sql_cast(EventTable.body, Text)
    announced = or_(
        status.in_(_ANNOUNCED), *(history.contains(f'["{word}",', autoescape=True) for word in _ANNOUNCED)
    )
    # The earliest and latest day with its date behind it: one pass, where looking each up would be one a row.
    day = sql_cast(_FIRST_DAY + _DAY_DIGITS, Text) + literal("|") + EventTable.date
    number = func.count()
    statement = (
        select(
            actors.key, func.min(actors.name), func.min(actors.type), func.min(actors.country), number,
            func.sum(case((status.in_(_HELD), 1), else_=0)), func.sum(case((announced, 1), else_=0)),
            func.min(day), func.max(day),
        )
        .join(EventTable, EventTable.id == actors.event_id)
        .where(*conditions(query))
        .group_by(actors.key)
        .order_by(number.desc(), func.min(actors.name))
    )  # fmt: skip
    return [
        Tally(
            Actor(key, name, type_, country), n, held, told,
            first.partition("|")[2] if first else None, last.partition("|")[2] if last else None,
        )
        for key, name, type_, country, n, held, told, first, last in connection.execute(statement)
    ]  # fmt: skip


def pairs(connection: Connection, query: Query) -> list[tuple[str, str, int]]:
    """Who took part together with whom, by their keys in alphabetical order, and in how many events.

    The most frequent pair comes first.
    """
    one, other = core(EventActorTable).alias("one"), core(EventActorTable).alias("other")
    number = func.count()
    statement = (
        select(one.c.key, other.c.key, number)
        .join(other, (one.c.event_id == other.c.event_id) & (one.c.key < other.c.key))
        .group_by(one.c.key, other.c.key)
        .order_by(number.desc(), one.c.key, other.c.key)
    )
    if conditions(query):
        statement = statement.where(one.c.event_id.in_(event_ids(query).scalar_subquery()))
    return [cast(tuple[str, str, int], tuple(row)) for row in connection.execute(statement)]
