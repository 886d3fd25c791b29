"""Counts of events by the values of filters and by month, kept with every change of an event.

Without them, an overview of a million events would count a million rows each time that it is opened.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from timeline import edtf
from timeline.model import Event, Status
from timeline.store.schema import EventActorTable, EventCountTable, EventOutletTable, EventTable, core
from timeline.store.values import Count

FACETS: Final = ("actor", "country", "kind", "status", "place", "outlet", "month")
"""What is counted. A month is ``2022-09|held``: that of the first day that is known, and the status."""
_CHUNK: Final = 500
_TABLE: Final = core(EventCountTable)
_DAY: Final = func.coalesce(EventTable.first, EventTable.last)
"""The day by which an event is sorted: where the beginning is open, its end is all that is known."""


class _Value(NamedTuple):
    facet: str
    value: str


Tally = dict[_Value, tuple[int, str]]
"""How many events have a value, and how it is called."""


def of_events(events: Iterable[Event]) -> Tally:
    """What events add to the counts."""
    tally: Tally = {}
    for event in events:
        span = edtf.bounds(event.date) if event.date else None
        day = (span.first or span.last) if span else None
        first = day.toordinal() if day else None
        _add(tally, _own(event.kind, event.status, event.place, first))
        _add(tally, [("actor", actor.key, actor.name) for actor in event.participants])
        _add(tally, {("country", a.country, a.country) for a in event.participants if a.country})
        _add(tally, [("outlet", outlet, outlet) for outlet in event.outlets])
    return tally


def of_stored(connection: Connection, event_ids: Collection[str]) -> Tally:
    """What stored events add to the counts."""
    tally: Tally = {}
    for part in _parts(sorted(event_ids)):
        own = select(EventTable.kind, EventTable.status, EventTable.place, _DAY)
        for row in connection.execute(own.where(EventTable.id.in_(part))):
            _add(tally, _own(*row))
        actors = select(
            EventActorTable.event_id, EventActorTable.key, EventActorTable.name, EventActorTable.country
        )
        countries = set()
        for event_id, key, name, country in connection.execute(
            actors.where(EventActorTable.event_id.in_(part))
        ):
            _add(tally, [("actor", key, name)])
            countries |= {(event_id, country)} if country else set()
        _add(tally, [("country", country, country) for _, country in countries])
        outlets = select(EventOutletTable.outlet).where(EventOutletTable.event_id.in_(part))
        _add(tally, [("outlet", outlet, outlet) for outlet in connection.execute(outlets).scalars()])
    return tally


def change(connection: Connection, *, gone: Tally, come: Tally) -> None:
    """Brings the counts in step after some events went and others came, which are written already."""
    labels = _labels(connection, gone, come)
    rows: list[dict[str, Any]] = []
    for key in sorted({*gone, *come}):
        (less, old), (more, new) = gone.get(key, (0, "")), come.get(key, (0, ""))
        label = labels.get(key.value, new or old) if key.facet == "actor" else new or old
        if more != less or label != old:
            rows.append(_row(key.facet, key.value, label, more - less))
    if not rows:
        return
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = insert(_TABLE)
    added = statement.on_conflict_do_update(
        index_elements=["facet", "value"],
        set_={"number": _TABLE.c.number + statement.excluded.number, "label": statement.excluded.label},
    )
    connection.execute(added, rows)
    if any(row["number"] < 0 for row in rows):
        connection.execute(delete(_TABLE).where(_TABLE.c.number <= 0))


def _labels(connection: Connection, gone: Tally, come: Tally) -> dict[str, str]:
    """What actors are called, by key, where other events may call them otherwise ("Müller", "Muller")."""
    actors = sorted({key.value for key in (*gone, *come) if key.facet == "actor"})
    names: dict[str, set[str]] = {key: set() for key in actors}
    for tally in (gone, come):
        for key, (_, name) in tally.items():
            if key.facet == "actor":
                names[key.value].add(name)
    for part in _parts(actors):
        stored = select(_TABLE.c.value, _TABLE.c.label).where(
            _TABLE.c.facet == "actor", _TABLE.c.value.in_(part)
        )
        for value, label in connection.execute(stored):
            names[value].add(label)
    vanished = {key.value for key in gone.keys() - come.keys() if key.facet == "actor"}
    doubtful = [key for key in actors if len(names[key]) > 1 or key in vanished]
    found: dict[str, str] = {}
    for part in _parts(doubtful):
        named = select(EventActorTable.key, func.max(EventActorTable.name)).group_by(EventActorTable.key)
        found.update(
            (key, name) for key, name in connection.execute(named.where(EventActorTable.key.in_(part)))
        )
    return found


def _parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def recount(connection: Connection) -> None:
    """Counts all events anew, in the database."""
    connection.execute(delete(_TABLE))
    actors, outlets, events = EventActorTable, EventOutletTable, EventTable
    number = func.count()
    for facet, value, label, counted in (
        ("actor", actors.key, func.max(actors.name), number),
        ("country", actors.country, actors.country, func.count(actors.event_id.distinct())),
        ("kind", events.kind, events.kind, number),
        ("status", events.status, events.status, number),
        ("place", events.place, events.place, number),
        ("outlet", outlets.outlet, outlets.outlet, number),
    ):
        found = connection.execute(
            select(value, label, counted).where(value.is_not(None)).group_by(value)
        ).all()
        _insert(connection, facet, found)
    by_day = select(_DAY, events.status, number).where(_DAY.is_not(None))
    months: Counter[str] = Counter()
    for first, status, count in connection.execute(by_day.group_by(_DAY, events.status)):
        months[_month(first or 1, status)] += count
    _insert(connection, "month", [(value, "", count) for value, count in sorted(months.items())])


def _row(facet: str, value: str, label: str, number: int) -> dict[str, Any]:
    return {"facet": facet, "value": value, "label": label, "number": number}


def _insert(connection: Connection, facet: str, found: Iterable[Any]) -> None:
    rows = [_row(facet, value, label, number) for value, label, number in found]
    if rows:
        connection.execute(_TABLE.insert(), rows)


# Reading


def total(connection: Connection) -> int:
    """How many events there are."""
    statement = select(func.coalesce(func.sum(_TABLE.c.number), 0)).where(_TABLE.c.facet == "status")
    return int(connection.execute(statement).scalar_one())


def facet(connection: Connection, name: str) -> tuple[Count, ...]:
    """The values of a filter among all events, the most frequent first."""
    statement = select(_TABLE.c.value, _TABLE.c.label, _TABLE.c.number).where(_TABLE.c.facet == name)
    rows = connection.execute(statement.order_by(_TABLE.c.number.desc(), _TABLE.c.label, _TABLE.c.value))
    return tuple(Count(*row) for row in rows)


def months(connection: Connection) -> list[tuple[date, Status, int]]:
    """How many of all events begin in which month, by status."""
    statement = select(_TABLE.c.value, _TABLE.c.number).where(_TABLE.c.facet == "month")
    found: list[tuple[date, Status, int]] = []
    for value, number in connection.execute(statement.order_by(_TABLE.c.value)):
        month, _, status = value.partition("|")
        found.append((date.fromisoformat(f"{month}-01"), cast(Status, status), number))
    return found


def _own(kind: str, status: str, place: str | None, first: int | None) -> list[tuple[str, str, str]]:
    found = [("kind", kind, kind), ("status", status, status)]
    if place is not None:
        found.append(("place", place, place))
    if first is not None:
        found.append(("month", _month(first, status), ""))
    return found


def _month(first: int, status: str) -> str:
    day = date.fromordinal(first)
    return f"{day.year:04}-{day.month:02}|{status}"


def _add(tally: Tally, values: Iterable[tuple[str, str, str]]) -> None:
    for name, value, label in values:
        key = _Value(name, value)
        number, known = tally.get(key, (0, ""))
        tally[key] = number + 1, max(known, label)
