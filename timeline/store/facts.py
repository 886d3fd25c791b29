"""What is counted of an event, packed into a few numbers: a row of ``event_facts`` for each event.

All counts beside a filter are made from these rows, which a process holds as columns
(:mod:`timeline.store.columns`); counting them in the tables themselves would cost a hundred times as much.
A row that has changed has the revision of its change, so that only changed rows are read again. An event
that is gone leaves an empty row under its number.

Values (actors, places, outlets, ...) are told by codes, counted from 0 for each facet in ``event_values``,
where rows are only ever added.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from sqlalchemy import Connection, func, insert, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from timeline import edtf
from timeline.model import Event, Status
from timeline.store.schema import CounterTable, EventFactTable, EventTable, EventValueTable, core

FACETS: Final = ("actor", "country", "kind", "status", "place", "outlet")
"""Of what there are codes; ``country`` is that of an actor or of a place."""
NOT_KNOWN: Final = -(2**31)
"""Stands for a day that is not known."""
NONE: Final = -1
"""Stands for a value that there is none of."""
CHECKED, DISPUTED, DATED, ANNOUNCED, STATELESS, THERE = (1 << bit for bit in range(6))
"""Flags. ``STATELESS``: somebody who takes part has no country; ``THERE``: of every event."""
_ANNOUNCED: Final[tuple[Status, ...]] = ("planned", "proposed")
_CHUNK: Final = 500
_FACTS, _VALUES = core(EventFactTable), core(EventValueTable)


class Facts(NamedTuple):
    """What is counted of an event, in words."""

    first: int | None
    last: int | None
    status: str
    kind: str
    place: str | None
    country: str | None
    flags: int
    actors: Sequence[str]
    sides: Sequence[str]
    """Countries of those who take part, each once."""
    outlets: Sequence[str]

    def values(self) -> Iterator[tuple[str, str]]:
        """Facet and value of all that has a code."""
        yield "status", self.status
        yield "kind", self.kind
        if self.place is not None:
            yield "place", self.place
        if self.country is not None:
            yield "country", self.country
        yield from (("actor", each) for each in self.actors)
        yield from (("country", each) for each in self.sides)
        yield from (("outlet", each) for each in self.outlets)


HEAD: Final = 10
"""Numbers of a row before those of its actors, sides and outlets, which the last three of them count."""


def facts_of(event: Event) -> Facts:
    """What is counted of an event."""
    span = edtf.bounds(event.date) if event.date else None
    countries = [actor.country for actor in event.participants]
    statuses = {event.status, *(state.status for state in event.history)}
    return Facts(
        span.first.toordinal() if span and span.first else None,
        span.last.toordinal() if span and span.last else None,
        event.status, event.kind, event.place, event.country,
        flags_of(
            checked=event.checked, disputed=bool(event.disputed), dated=event.date is not None,
            statuses=statuses, stateless=None in countries,
        ),
        [actor.key for actor in event.participants],
        sorted({country for country in countries if country is not None}),
        event.outlets,
    )  # fmt: skip


def flags_of(
    *, checked: bool, disputed: bool, dated: bool, statuses: Collection[str], stateless: bool
) -> int:
    """The flags of an event that has, or by any of its sources once had, one of ``statuses``."""
    told = (
        (THERE, True), (CHECKED, checked), (DISPUTED, disputed), (DATED, dated), (STATELESS, stateless),
        (ANNOUNCED, any(status in _ANNOUNCED for status in statuses)),
    )  # fmt: skip
    return sum(flag for flag, holds in told if holds)


class Codes:
    """The codes of values, within one writing transaction; new values get new codes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[str, dict[str, int]] = {facet: {} for facet in FACETS}

    def learn(self, told: Iterable[Facts]) -> None:
        """Finds the codes of all values of these facts, or makes them."""
        wanted = sorted({
            (facet, value)
            for each in told
            for facet, value in each.values()
            if value not in self._known[facet]
        })  # fmt: skip
        for part in _parts(wanted):
            self._find(part)
        fresh = [(facet, value) for facet, value in wanted if value not in self._known[facet]]
        if fresh:
            self._make(fresh)

    def _find(self, wanted: Sequence[tuple[str, str]]) -> None:
        """Reads codes that are there; of all facets at once, as each statement is a round to a server."""
        by_facet: dict[str, list[str]] = defaultdict(list)
        for facet, value in wanted:
            by_facet[facet].append(value)
        among = (
            (_VALUES.c.facet == facet) & _VALUES.c.value.in_(values) for facet, values in by_facet.items()
        )
        stored = select(_VALUES.c.facet, _VALUES.c.value, _VALUES.c.code).where(or_(*among))
        for row in self._connection.execute(stored):
            self._known[row.facet][row.value] = row.code

    def _make(self, fresh: Sequence[tuple[str, str]]) -> None:
        last = select(_VALUES.c.facet, func.max(_VALUES.c.code).label("code")).group_by(_VALUES.c.facet)
        lasts: dict[str, int] = {row.facet: row.code for row in self._connection.execute(last)}
        rows = []
        for facet, value in fresh:
            code = lasts[facet] = lasts.get(facet, -1) + 1
            self._known[facet][value] = code
            rows.append({"facet": facet, "code": code, "value": value})
        self._connection.execute(insert(_VALUES), rows)

    def pack(self, told: Facts) -> bytes:
        """The facts as numbers of 32 bits, the lowest byte first; their values must have been learnt."""
        actor, country, outlet = self._known["actor"], self._known["country"], self._known["outlet"]
        lists = [
            [actor[each] for each in told.actors], [country[each] for each in told.sides],
            [outlet[each] for each in told.outlets],
        ]  # fmt: skip
        numbers = [
            NOT_KNOWN if told.first is None else told.first,
            NOT_KNOWN if told.last is None else told.last,
            self._known["status"][told.status],
            self._known["kind"][told.kind],
            NONE if told.place is None else self._known["place"][told.place],
            NONE if told.country is None else country[told.country],
            told.flags,
            *map(len, lists),
        ]
        return np.array(numbers + lists[0] + lists[1] + lists[2], dtype="<i4").tobytes()


def numbers_of(connection: Connection, event_ids: Collection[str] | None) -> dict[str, int]:
    """The numbers of stored events by their ids; of all where ``event_ids`` is None."""
    statement = select(EventTable.id, EventTable.number)
    if event_ids is None:
        return {row.id: row.number for row in connection.execute(statement)}
    found: dict[str, int] = {}
    for part in _parts(sorted(event_ids)):
        rows = connection.execute(statement.where(EventTable.id.in_(part)))
        found.update((event, number) for event, number in rows)
    return found


def number(connection: Connection, event_ids: Sequence[str], before: Mapping[str, int]) -> dict[str, int]:
    """Numbers for events that take the place of those in ``before``: their own, else free or new ones.

    Thus the numbers stay about as many as the events.
    """
    free = sorted(set(before.values()) - {before[each] for each in event_ids if each in before}, reverse=True)
    last = connection.execute(select(func.coalesce(func.max(_FACTS.c.number), 0))).scalar_one()
    given: dict[str, int] = {}
    for each in event_ids:
        if each in before:
            given[each] = before[each]
        elif free:
            given[each] = free.pop()
        else:
            last += 1
            given[each] = last
    return given


def write(
    connection: Connection, events: Sequence[Event], numbers: Mapping[str, int], *, gone: Collection[int]
) -> None:
    """Writes the facts of events, where they have changed, and empties the rows of ``gone``."""
    told = {numbers[event.id]: facts_of(event) for event in events}
    codes = Codes(connection)
    codes.learn(told.values())
    packed = {each: codes.pack(facts) for each, facts in told.items()} | dict.fromkeys(gone, b"")
    there = _stored(connection, packed)
    revision = connection.execute(
        select(CounterTable.value).where(CounterTable.name == "revision")
    ).scalar_one()
    rows = [
        {"number": each, "revision": revision, "facts": facts}
        for each, facts in sorted(packed.items())
        if there.get(each) != facts
    ]
    make: Any = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    for part in _parts(rows):
        statement = make(_FACTS).values(part)  # one statement, for the same reason
        changed = {"revision": statement.excluded.revision, "facts": statement.excluded.facts}
        connection.execute(statement.on_conflict_do_update(index_elements=["number"], set_=changed))


def _stored(connection: Connection, numbers: Iterable[int]) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for part in _parts(sorted(numbers)):
        statement = select(_FACTS.c.number, _FACTS.c.facts).where(_FACTS.c.number.in_(part))
        found.update((each, bytes(facts)) for each, facts in connection.execute(statement))
    return found


def _parts(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]
