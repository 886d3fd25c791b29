"""A :class:`timeline.query.Query` as a condition in SQL; the same answer as ``Query.matches``."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

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
        outlets = aliased(EventOutletTable)
        found.append(EventTable.id.in_(select(outlets.event_id).where(outlets.outlet.in_(query.outlets))))
    if query.articles:
        claims = aliased(ClaimTable)
        of_articles = select(claims.event_id).where(claims.article_id.in_(query.articles))
        found.append(EventTable.id.in_(of_articles.where(claims.event_id.is_not(None))))
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
    """``column`` is one of :class:`EventActorTable`.

    Asked for as a set of ids and not as EXISTS, for the sets are short and found in an index, where
    EXISTS looks at every event.
    """
    actors = aliased(EventActorTable)
    value = getattr(actors, column.key)
    if mode == "any":
        return EventTable.id.in_(select(actors.event_id).where(value.in_(wanted)))
    everyone: list[ColumnElement[bool]] = [
        EventTable.id.in_(select(actors.event_id).where(value == each)) for each in dict.fromkeys(wanted)
    ]
    if mode == "exactly":
        other = or_(value.is_(None), value.not_in(wanted))
        # Here EXISTS: it is asked only of the few events in which all of them take part.
        everyone.append(~exists().where(actors.event_id == EventTable.id, other).correlate(EventTable))
    return and_(*everyone)


def by_day(*, newest_first: bool) -> list[Any]:
    """Order of events: by first day, undated and open ones last, then by id."""
    day = EventTable.first.desc() if newest_first else EventTable.first.asc()
    return [day.nulls_last(), EventTable.id]
