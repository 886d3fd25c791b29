"""A :class:`timeline.query.Query` as a condition in SQL; the same answer as ``Query.matches``."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, not_, or_, select

from timeline.query import Mode, Query
from timeline.store import textsearch
from timeline.store.schema import ClaimTable, EventActorTable, EventOutletTable, EventTable


def event_ids(query: Query) -> Select[Any]:
    """The ids of the events that the query asks for."""
    return select(EventTable.id).where(*conditions(query))


def conditions(query: Query) -> list[ColumnElement[bool]]:
    """What an event must fulfil, to be put into a statement over the events."""
    found: list[ColumnElement[bool]] = []
    if query.actors:
        found.append(_present(EventActorTable.key, query.actors, query.actors_mode))
    if query.countries:
        found.append(_present(EventActorTable.country, query.countries, query.countries_mode))
    for column, values in (
        (EventTable.kind, query.kinds),
        (EventTable.status, query.statuses),
        (EventTable.place, query.places),
        (EventTable.country, query.place_countries),
    ):
        if values:
            found.append(column.in_(values))
    if query.outlets:
        of_event = EventOutletTable.event_id == EventTable.id
        found.append(exists().where(of_event, EventOutletTable.outlet.in_(query.outlets)))
    if query.articles:
        of_event = ClaimTable.event_id == EventTable.id
        found.append(exists().where(of_event, ClaimTable.article_id.in_(query.articles)))
    if query.checked is not None:
        found.append(EventTable.checked.is_(query.checked))
    if query.disputed is not None:
        found.append(EventTable.disputed.is_(query.disputed))
    found += _dates(query)
    found += textsearch.conditions(query.text)
    return found


def _dates(query: Query) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.undated:
        found.append(EventTable.date.is_(None))
    if query.undated is False or query.first or query.last:
        found.append(EventTable.date.is_not(None))
    if query.first:
        found.append(or_(EventTable.last.is_(None), EventTable.last >= query.first.toordinal()))
    if query.last:
        found.append(or_(EventTable.first.is_(None), EventTable.first <= query.last.toordinal()))
    return found


def _present(column: Any, wanted: Sequence[str], mode: Mode) -> ColumnElement[bool]:  # noqa: ANN401  a column, null or not
    of_event = EventActorTable.event_id == EventTable.id
    if mode == "any":
        return exists().where(of_event, column.in_(wanted))
    everyone: list[ColumnElement[bool]] = [
        exists().where(of_event, column == value) for value in dict.fromkeys(wanted)
    ]
    if mode == "exactly":
        other = or_(column.is_(None), column.not_in(wanted))
        everyone.append(not_(exists().where(of_event, other)))
    return and_(*everyone)


def by_day(*, newest_first: bool) -> list[Any]:
    """Order of events: by first day, undated and open ones last, then by id."""
    day = EventTable.first.desc() if newest_first else EventTable.first.asc()
    return [day.nulls_last(), EventTable.id]
