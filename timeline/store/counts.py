"""Counts of events for filters, overviews and pictures. Within a transaction.

Of all events they are kept (:mod:`timeline.store.kept_counts`); beside a filter they are made of the facts
of the events that a process holds in memory (:mod:`timeline.store.columns`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from timeline.edtf import Bounds
from timeline.model import Actor, ActorType, Status
from timeline.query import LaneKind, Query
from timeline.store import kept_counts
from timeline.store.columns import Columns, Mask, Members, Page, Selection
from timeline.store.facts import ANNOUNCED, NONE, NOT_KNOWN
from timeline.store.schema import EventActorTable, EventCountTable, EventTable, core
from timeline.store.values import Cell, Count, FacetName, Tally

_FACETS: Final[dict[FacetName, tuple[str, str]]] = {
    "actors": ("actor", "actors"),
    "countries": ("country", "sides"),
    "kinds": ("kind", "kind"),
    "statuses": ("status", "status"),
    "places": ("place", "place"),
    "outlets": ("outlet", "outlets"),
}
"""Under which name the values of a filter have codes and are kept, and which column of a page has them."""
_LANES: Final[dict[LaneKind, FacetName]] = {"actor": "actors", "country": "countries", "place": "places"}
_HELD: Final = ("held", "ongoing")
_AT_ONCE: Final = 500
_Array = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Counting:
    """What can be counted of the events of one query."""

    connection: Connection
    query: Query
    selected: Callable[[], Selection]
    """The events of the query; asked for only where the kept counts do not tell."""

    @cached_property
    def _selection(self) -> Selection:
        return self.selected()

    @property
    def _all(self) -> bool:
        """Whether no event is left out, so that the kept counts tell."""
        return self.query == Query()

    def count(self) -> int:
        """How many events the query asks for."""
        if self._all:
            return kept_counts.total(self.connection)
        return sum(int(mask.sum()) for _, _, mask in self._selection.pages())

    def facet(self, name: FacetName) -> tuple[Count, ...]:
        """The values of one filter among the events of the query, the most frequent first."""
        facet, column = _FACETS[name]
        if self._all:
            return kept_counts.facet(self.connection, facet)
        values = self._selection.columns.values[facet]
        numbers = np.zeros(len(values), np.int64)
        for _, page, mask in self._selection.pages():
            codes = _codes(getattr(page, column), mask)
            numbers += np.bincount(codes[codes != NONE], minlength=len(values))
        labels = self._names if facet == "actor" else {}
        found = ((values[code], int(numbers[code])) for code in np.flatnonzero(numbers).tolist())
        return _ordered(Count(value, labels.get(value, value), number) for value, number in found)

    def months(self) -> list[tuple[date, Status, int]]:
        """How many events begin in which month, by status; those without any day are left out."""
        if self._all:
            return kept_counts.months(self.connection)
        found = self._by_month((np.zeros(int(dated.sum()), np.int64), page.month[dated], page.status[dated])
                               for _, page, dated in self._dated())  # fmt: skip
        return [(month, status, number) for _, month, status, number in found]

    def span(self) -> Bounds | None:
        """First and last day that any bounded end of the events names; None when none has a date."""
        low, high = [], []
        for _, page, dated in self._dated():
            low.append(int(page.day[dated].min()))
            ends = np.where(page.last == NOT_KNOWN, page.first, page.last)
            high.append(int(ends[dated].max()))
        return Bounds(date.fromordinal(min(low)), date.fromordinal(max(high))) if low else None

    def lanes(self, kind: LaneKind) -> tuple[Count, ...]:
        """The lanes of a timeline with their events, dated or not; the busiest first."""
        if kind != "pair":
            return self.facet(_LANES[kind])
        values = self._selection.columns.values["actor"]
        return _ordered(
            Count(f"{values[one]}|{values[other]}", f"{self._name(one)} – {self._name(other)}", number)
            for one, other, number in self._pairs(self._by_name)
        )

    def cells(self, kind: LaneKind, keys: Sequence[str]) -> list[Cell]:
        """Events by lane, month of their first day and status.

        Those in none of the lanes ``keys`` count once, in the lane ``*``; those that can be in no lane
        because they have no place, or nobody of a state, in the lane ``""``. Events without any day are
        left out.
        """
        lanes = [*keys, "*", ""]
        placed = [self._in_lanes(kind, keys, page, dated) for _, page, dated in self._dated()]
        found = self._by_month((lane, page.month[place], page.status[place]) for page, lane, place in placed)
        return [Cell(lanes[lane], month, status, number) for lane, month, status, number in found]

    def tallies(self) -> list[Tally]:
        """What the events of the query tell of each actor, the busiest first."""
        columns = self._selection.columns
        size = len(columns.values["actor"])
        number, held, announced = (np.zeros(size, np.int64) for _ in range(3))
        ongoing = _codes_of(columns, "status", _HELD)
        some = np.full(size, NONE, np.int64)
        for begin, page, mask in self._selection.pages():
            owner, code = _within(page.actors, mask)
            number += np.bincount(code, minlength=size)
            held += np.bincount(code[np.isin(page.status[owner], ongoing)], minlength=size)
            announced += np.bincount(code[page.flags[owner] & ANNOUNCED != 0], minlength=size)
            some[code] = begin + owner
        about = self._actors(some[some != NONE].tolist())
        first, last = (self._dates(least=least) for least in (True, False))
        found = [
            Tally(
                about[columns.values["actor"][code]], int(number[code]), int(held[code]),
                int(announced[code]), first.get(code), last.get(code),
            )
            for code in np.flatnonzero(number).tolist()
            # The columns may know of an event that came after this transaction began.
            if columns.values["actor"][code] in about
        ]  # fmt: skip
        return sorted(found, key=lambda tally: (-tally.meetings, tally.actor.name, tally.actor.key))

    def pairs(self) -> list[tuple[str, str, int]]:
        """Who took part together with whom, by their keys in alphabetical order, and in how many events.

        The most frequent pair comes first.
        """
        values = self._selection.columns.values["actor"]
        order = _ranks(values)
        found = [(values[one], values[other], number) for one, other, number in self._pairs(order)]
        return sorted(found, key=lambda pair: (-pair[2], pair[0], pair[1]))

    # Names

    @cached_property
    def _names(self) -> Mapping[str, str]:
        """How actors are called, by their keys."""
        table = core(EventCountTable)
        names = select(table.c.value, table.c.label).where(table.c.facet == "actor")
        return {row.value: row.label for row in self.connection.execute(names)}

    def _name(self, code: int) -> str:
        key = self._selection.columns.values["actor"][code]
        return self._names.get(key, key)

    @cached_property
    def _by_name(self) -> _Array:
        values = self._selection.columns.values["actor"]
        return _ranks([(self._names.get(key, key), key) for key in values])

    def _actors(self, numbers: Sequence[int]) -> dict[str, Actor]:
        """The actors of the events with these numbers, by their keys."""
        actors = EventActorTable
        told = select(actors.key, actors.type, actors.country).join(
            EventTable, EventTable.id == actors.event_id
        )
        found: dict[str, Actor] = {}
        for part in _parts(numbers):
            for row in self.connection.execute(told.where(EventTable.number.in_(part))):
                name = self._names.get(row.key, row.key)
                found[row.key] = Actor(row.key, name, cast(ActorType, row.type), row.country)
        return found

    # Parts of the counts

    def _dated(self) -> Iterator[tuple[int, Page, Mask]]:
        """The pages with those of their events of which some day is known."""
        for begin, page, mask in self._selection.pages():
            dated = mask & ((page.first != NOT_KNOWN) | (page.last != NOT_KNOWN))
            if dated.any():
                yield begin, page, dated

    def _by_month(
        self, parts: Iterable[tuple[_Array, _Array, _Array]]
    ) -> list[tuple[int, date, Status, int]]:
        """How many there are of each lane, month and status; ``parts`` are of one page each."""
        values = self._selection.columns.values["status"]
        columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
        if not columns or not len(columns[0]):
            return []
        lane, month, status = columns
        low = int(month.min())
        months, statuses = int(month.max()) - low + 1, len(values)
        numbers = np.bincount((lane * months + (month - low)) * statuses + status)
        found = []
        for at in np.flatnonzero(numbers).tolist():
            rest, code = divmod(at, statuses)
            lane_at, months_on = divmod(rest, months)
            year, index = divmod(low + months_on, 12)
            told = (lane_at, date(1970 + year, index + 1, 1), cast(Status, values[code]))
            found.append((*told, int(numbers[at])))
        return sorted(found)

    def _in_lanes(
        self, kind: LaneKind, keys: Sequence[str], page: Page, dated: Mask
    ) -> tuple[Page, _Array, _Array]:
        """In which lanes events stand: a lane and a place in the page for each time that one does."""
        nowhere = np.zeros(len(dated), np.bool_)
        if kind == "pair":
            owner, lane = self._in_pairs(keys, page, dated)
        else:
            facet, column = _FACETS[_LANES[kind]]
            values = getattr(page, column)
            if isinstance(values, Members):
                owner, code = _within(values, dated)
            else:
                owner = np.flatnonzero(dated & (values != NONE))
                code = values[owner]
            if kind != "actor":
                nowhere = dated.copy()
                nowhere[owner] = False
            codes = self._selection.columns.codes[facet]
            lane_of = np.full(len(codes), NONE, np.int64)
            for at, key in enumerate(keys):
                if key in codes:
                    lane_of[codes[key]] = at
            lane = lane_of[code]
        owner, lane = owner[lane != NONE], lane[lane != NONE]
        rest = dated & ~nowhere
        rest[owner] = False
        others, none = np.flatnonzero(rest), np.flatnonzero(nowhere)
        named = [lane, np.full(len(others), len(keys)), np.full(len(none), len(keys) + 1)]
        return page, np.concatenate(named), np.concatenate([owner, others, none])

    def _in_pairs(self, keys: Sequence[str], page: Page, dated: Mask) -> tuple[_Array, _Array]:
        codes = self._selection.columns.codes["actor"]
        size = len(codes)
        lanes = {}
        for at, key in enumerate(keys):
            one, _, other = key.partition("|")
            if one in codes and other in codes:
                lanes[codes[one] * size + codes[other]] = at
        wanted = np.array(sorted(lanes), np.int64)
        lane_of = np.array([lanes[each] for each in wanted.tolist()], np.int64)
        owner, pair = _pairs_within(page.actors, dated, self._by_name)
        if not len(wanted):
            return owner, np.full(len(owner), NONE, np.int64)
        place = np.minimum(np.searchsorted(wanted, pair), len(wanted) - 1)
        return owner, np.where(wanted[place] == pair, lane_of[place], NONE)

    def _pairs(self, order: _Array) -> list[tuple[int, int, int]]:
        """Codes of those who took part together, the lower one in ``order`` first, and how often."""
        size = len(self._selection.columns.values["actor"])
        parts = [_pairs_within(page.actors, mask, order)[1] for _, page, mask in self._selection.pages()]
        if not parts:
            return []
        pairs, numbers = np.unique(np.concatenate(parts), return_counts=True)
        return [(*divmod(pair, size), n) for pair, n in zip(pairs.tolist(), numbers.tolist(), strict=True)]

    def _dates(self, *, least: bool) -> dict[int, str]:
        """The date (EDTF) of each actor's earliest or latest event, by the actor's code."""
        columns = self._selection.columns
        beyond = np.iinfo(np.int64).max if least else NOT_KNOWN
        extreme = np.full(len(columns.values["actor"]), beyond, np.int64)
        parts = []
        for begin, page, dated in self._dated():
            owner, code = _within(page.actors, dated)
            day = page.day[owner].astype(np.int64)
            (np.minimum if least else np.maximum).at(extreme, code, day)
            parts.append((begin + owner, code, day))
        there = [(code[day == extreme[code]], number[day == extreme[code]]) for number, code, day in parts]
        dates = self._dates_of(sorted({each for _, numbers in there for each in numbers.tolist()}))
        found: dict[int, str] = {}
        for codes, numbers in there:
            for code, number in zip(codes.tolist(), numbers.tolist(), strict=True):
                if told := dates.get(number):
                    found[code] = (min if least else max)(found.get(code, told), told)
        return found

    def _dates_of(self, numbers: Sequence[int]) -> dict[int, str]:
        statement = select(EventTable.number, EventTable.date)
        return {
            number: day
            for part in _parts(numbers)
            for number, day in self.connection.execute(statement.where(EventTable.number.in_(part)))
            if day is not None
        }


def _ordered(counts: Iterable[Count]) -> tuple[Count, ...]:
    return tuple(sorted(counts, key=lambda count: (-count.count, count.label, count.value)))


def _ranks(values: Sequence[Any]) -> _Array:
    """The position of each value in their order."""
    ranks = np.empty(len(values), np.int64)
    ranks[sorted(range(len(values)), key=values.__getitem__)] = np.arange(len(values))
    return ranks


def _codes(column: _Array | Members, mask: Mask) -> _Array:
    return _within(column, mask)[1] if isinstance(column, Members) else column[mask]


def _within(members: Members, mask: Mask) -> tuple[_Array, _Array]:
    """Owners and codes of the events of a mask."""
    kept = mask[members.owner]
    return members.owner[kept], members.code[kept]


def _pairs_within(members: Members, mask: Mask, order: _Array) -> tuple[_Array, _Array]:
    """Owner and pair of all who take part together; the pair ``a, b`` is the number ``a * size + b``."""
    owner, code = _within(members, mask)
    owners, pairs = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    step = 1
    while len(both := np.flatnonzero(owner[step:] == owner[:-step])):
        one, other = code[both].astype(np.int64), code[both + step].astype(np.int64)
        swap = order[one] > order[other]
        one, other = np.where(swap, other, one), np.where(swap, one, other)
        owners.append(owner[both].astype(np.int64))
        pairs.append(one * len(order) + other)
        step += 1
    return np.concatenate(owners), np.concatenate(pairs)


def _codes_of(columns: Columns, facet: str, values: Iterable[str]) -> list[int]:
    codes = columns.codes[facet]
    return [codes[each] for each in values if each in codes]


def _parts(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), _AT_ONCE):
        yield numbers[start : start + _AT_ONCE]
