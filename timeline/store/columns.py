"""The facts of all events as columns in memory, from which every count beside a filter is made.

Seventy bytes an event. They are read when the first count is asked for, and after that only what has
changed; a process sees them as its transaction sees the store. What has been handed out never changes:
a change makes new pages for the events that it touches.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, func, or_, select, text

from timeline.query import Mode, Query
from timeline.store import textsearch
from timeline.store.facts import (
    CHECKED,
    DATED,
    DISPUTED,
    FACETS,
    HEAD,
    NOT_KNOWN,
    STATELESS,
    THERE,
)
from timeline.store.schema import ClaimTable, EventFactTable, EventTable, EventValueTable, core

PAGE: Final = 1 << 16
"""Numbers of a page."""
Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]
_Codes = NDArray[np.int32]
_FACTS, _VALUES = core(EventFactTable), core(EventValueTable)
_TIES: Final = 2_000
"""Events of the same days beside those of a page of a list that are worth asking the database for."""
_EPOCH: Final = 719_163
"""Ordinal of 1 January 1970."""


@dataclass(frozen=True, slots=True)
class Members:
    """Which event (its place in the page) has which values; in the order of the events."""

    owner: _Codes
    code: _Codes

    def without(self, places: _Codes) -> "Members":
        """Those of other events."""
        kept = ~_mask_of(places)[self.owner]
        return Members(self.owner[kept], self.code[kept])

    def with_more(self, other: "Members") -> "Members":
        """Both, in the order of the events."""
        owner, code = np.concatenate([self.owner, other.owner]), np.concatenate([self.code, other.code])
        order = np.argsort(owner, kind="stable")
        return Members(owner[order], code[order])


@dataclass(frozen=True, slots=True)
class Page:
    """The facts of the events of :data:`PAGE` numbers, by their place among these."""

    first: _Codes
    last: _Codes
    status: _Codes
    kind: _Codes
    place: _Codes
    country: _Codes
    flags: _Codes
    month: _Codes
    """Months since January 1970 of the first day that is known."""
    actors: Members
    sides: Members
    outlets: Members

    @property
    def day(self) -> _Codes:
        """The day by which an event is sorted: where the beginning is open, its end is all that is known."""
        return np.where(self.first == NOT_KNOWN, self.last, self.first)


_OWN: Final = ("first", "last", "status", "kind", "place", "country", "flags")
"""The columns of a page in the order of the numbers at the head of a row."""
_LISTS: Final = ("actors", "sides", "outlets")


def _empty_page() -> Page:
    none = Members(np.zeros(0, np.int32), np.zeros(0, np.int32))
    own = {name: np.zeros(PAGE, np.int32) for name in (*_OWN, "month")}
    return Page(**own, actors=none, sides=none, outlets=none)


def _mask_of(places: _Codes | Numbers) -> Mask:
    found = np.zeros(PAGE, np.bool_)
    found[places] = True
    return found


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of ``event_facts``: their numbers, their lengths in bytes, what they hold one after another."""

    numbers: Numbers
    lengths: Numbers
    data: bytes

    def into(self, page: Page, first: int) -> Page:
        """The page that begins at the number ``first``, with these rows in the place of former ones."""
        places = (self.numbers - first).astype(np.int32)
        told = self.lengths > 0
        data = np.frombuffer(self.data, "<i4")
        starts = (np.cumsum(self.lengths) - self.lengths)[told] // 4
        head = data[starts[:, None] + np.arange(HEAD)]
        changed: dict[str, Any] = {}
        for at, name in enumerate(_OWN):
            column: _Codes = getattr(page, name).copy()
            column[places] = 0
            column[places[told]] = head[:, at]
            changed[name] = column
        begin = starts + HEAD
        for at, name in enumerate(_LISTS):
            counts = head[:, len(_OWN) + at]
            owner = np.repeat(places[told], counts)
            within = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
            fresh = Members(owner, data[np.repeat(begin, counts) + within].astype(np.int32))
            changed[name] = getattr(page, name).without(places).with_more(fresh)
            begin = begin + counts
        day = np.where(changed["first"] == NOT_KNOWN, changed["last"], changed["first"])
        return Page(**changed, month=_months_of(day))

    def by_page(self) -> Iterator[tuple[int, "_Rows"]]:
        """The rows of each page; those of several pages must be in the order of their numbers."""
        ends = np.cumsum(self.lengths)
        pages, starts = np.unique(self.numbers // PAGE, return_index=True)
        for page, start, stop in zip(pages, starts, [*starts[1:], len(self.numbers)], strict=True):
            begin = ends[start] - self.lengths[start]
            part = self.data[begin : ends[stop - 1]]
            yield int(page), _Rows(self.numbers[start:stop], self.lengths[start:stop], part)


def _months_of(day: _Codes) -> _Codes:
    days = (day.astype(np.int64) - _EPOCH).astype("datetime64[D]")
    return days.astype("datetime64[M]").astype(np.int64).astype(np.int32)


@dataclass(frozen=True, slots=True)
class Columns:
    """The facts of all events at one revision of the store."""

    revision: int = -1
    pages: tuple[Page, ...] = ()
    values: Mapping[str, Sequence[str]] = field(default_factory=lambda: dict.fromkeys(FACETS, ()))
    """What the codes of each facet stand for."""
    codes: Mapping[str, Mapping[str, int]] = field(default_factory=lambda: {facet: {} for facet in FACETS})

    def select(self, connection: Connection, query: Query) -> "Selection":
        """The events that the query asks for."""
        found = _by_database(connection, query)
        masks = [self._select(page, query) for page in self.pages]
        if found is not None:
            for at in range(len(masks)):
                inside = found[(found >= at * PAGE) & (found < (at + 1) * PAGE)]
                masks[at] &= _mask_of(inside - at * PAGE)
        return Selection(self, tuple(masks))

    def _select(self, page: Page, query: Query) -> Mask:
        flags = page.flags
        mask: Mask = flags & THERE != 0
        if query.actors:
            mask &= self._present(page.actors, "actor", query.actors, query.actors_mode, None)
        if query.countries:
            stateless = flags & STATELESS != 0
            mask &= self._present(page.sides, "country", query.countries, query.countries_mode, stateless)
        for column, facet, wanted in (
            (page.kind, "kind", query.kinds),
            (page.status, "status", query.statuses),
            (page.place, "place", query.places),
            (page.country, "country", query.place_countries),
        ):
            if wanted:
                mask &= np.isin(column, self._known(facet, wanted))
        if query.outlets:
            mask &= self._present(page.outlets, "outlet", query.outlets, "any", None)
        for flag, told in ((CHECKED, query.checked), (DISPUTED, query.disputed)):
            if told is not None:
                mask &= (flags & flag != 0) == told
        if query.undated is not None:
            mask &= (flags & DATED == 0) == query.undated
        if query.first or query.last:
            mask &= flags & DATED != 0
        if query.first:
            mask &= (page.last == NOT_KNOWN) | (page.last >= query.first.toordinal())
        if query.last:
            mask &= (page.first == NOT_KNOWN) | (page.first <= query.last.toordinal())
        return mask

    def _known(self, facet: str, wanted: Sequence[str]) -> list[int]:
        codes = self.codes[facet]
        return [codes[each] for each in wanted if each in codes]

    def _present(
        self, members: Members, facet: str, wanted: Sequence[str], mode: Mode, others: Mask | None
    ) -> Mask:
        """Where those who are asked for take part; ``others`` is where there is somebody without a value."""
        known = self._known(facet, wanted)
        asked = np.isin(members.code, known)
        if mode == "any":
            return _mask_of(members.owner[asked])
        different = set(wanted)
        if len(set(known)) < len(different):
            return np.zeros(PAGE, np.bool_)
        there: Mask = np.bincount(members.owner[asked], minlength=PAGE) == len(different)
        if mode == "exactly":
            there &= ~_mask_of(members.owner[~asked])
            if others is not None:
                there &= ~others
        return there


@dataclass(frozen=True, slots=True)
class Selection:
    """Some of the events of columns: a mask for each page."""

    columns: Columns
    masks: tuple[Mask, ...]

    @property
    def weight(self) -> int:
        """What it takes in memory, in units of :class:`timeline.store.answers.Answers`."""
        return max(1, len(self.masks) * PAGE // 2_000)

    def in_order(self, offset: int, limit: int, *, newest_first: bool) -> tuple[list[int], int] | None:
        """Where to look for some rows of the events by first day, undated ones last.

        Returns:
            The numbers of all events of the days of these rows, and how many of them come before the
            first row; None where these are far more than the rows.
        """
        parts = [(begin + np.flatnonzero(mask), page.first[mask]) for begin, page, mask in self.pages()]
        if not parts or limit < 1:
            return [], 0
        numbers, days = (np.concatenate(column) for column in zip(*parts, strict=True))
        if offset >= len(days):
            return [], 0
        ranks = days.astype(np.int64)
        ranks = -ranks if newest_first else np.where(ranks == NOT_KNOWN, np.iinfo(np.int64).max, ranks)
        ends = sorted({offset, min(offset + limit, len(days)) - 1})
        low, high = (np.partition(ranks, ends)[[ends[0], ends[-1]]]).tolist()
        wanted = (ranks >= low) & (ranks <= high)
        if int(wanted.sum()) > limit + _TIES:
            return None
        return numbers[wanted].tolist(), offset - int((ranks < low).sum())

    def pages(self) -> Iterator[tuple[int, Page, Mask]]:
        """The pages with the number at which each begins, and which of their events are meant."""
        for at, (page, mask) in enumerate(zip(self.columns.pages, self.masks, strict=True)):
            if mask.any():
                yield at * PAGE, page, mask


def _by_database(connection: Connection, query: Query) -> Numbers | None:
    """The numbers of the events by those conditions that only the database can tell; None where none is."""
    found = textsearch.numbers(connection, query.text)
    if query.articles:
        told = (
            select(EventTable.number)
            .join(ClaimTable, ClaimTable.event_id == EventTable.id)
            .where(ClaimTable.article_id.in_(query.articles))
        )
        of_articles = np.fromiter(connection.execute(told).scalars(), np.int64)
        found = of_articles if found is None else np.intersect1d(found, of_articles)
    return found


class Keeper:
    """The columns as they were read last, brought in step when somebody asks. For several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._columns = Columns()

    def at(self, connection: Connection, revision: int) -> Columns:
        """The columns at a revision, which the transaction sees; or at a later one, which another saw."""
        with self._lock:
            if self._columns.revision < revision:
                self._columns = _read(connection, self._columns, revision)
            return self._columns


def _read(connection: Connection, known: Columns, revision: int) -> Columns:
    pages = dict(enumerate(known.pages))
    for rows in _changed_rows(connection, known.revision):
        for at, part in rows.by_page():
            pages[at] = part.into(pages.get(at) or _empty_page(), at * PAGE)
    values = {facet: list(known.values[facet]) for facet in FACETS}
    for row in connection.execute(_fresh_values(values)):
        values[row.facet].append(row.value)
    codes = {
        facet: known.codes[facet]
        if len(told) == len(known.codes[facet])
        else {value: code for code, value in enumerate(told)}
        for facet, told in values.items()
    }
    whole = tuple(pages.get(at) or _empty_page() for at in range(max(pages, default=-1) + 1))
    return Columns(revision, whole, values, codes)


def _fresh_values(known: Mapping[str, Sequence[str]]) -> Select[tuple[str, str]]:
    fresh = ((_VALUES.c.facet == facet) & (_VALUES.c.code >= len(told)) for facet, told in known.items())
    return select(_VALUES.c.facet, _VALUES.c.value).where(or_(*fresh)).order_by(_VALUES.c.code)


_JOINED: Final = text(
    "SELECT string_agg(int8send(number), ''), string_agg(int8send(octet_length(facts)), ''), "
    "string_agg(facts, '') FROM event_facts "
    "WHERE number >= :first AND number < :beyond AND revision > :since"
)


def _changed_rows(connection: Connection, since: int) -> Iterator[_Rows]:
    """The rows that changed after a revision, in parts of whole pages."""
    changed = _FACTS.c.revision > since
    if connection.dialect.name == "sqlite":
        statement = select(_FACTS.c.number, _FACTS.c.facts).where(changed).order_by(_FACTS.c.number)
        # Bare tuples: a million rows of SQLAlchemy's take four times as long.
        found = cast(Any, connection.execute(statement)).cursor.fetchall()
        if found:
            numbers, facts = zip(*found, strict=True)
            lengths = np.fromiter(map(len, facts), np.int64)
            yield _Rows(np.array(numbers, np.int64), lengths, b"".join(facts))
        return
    if since < 0:
        last = connection.execute(select(func.max(_FACTS.c.number))).scalar()
        pages: Sequence[int] = range(0 if last is None else last // PAGE + 1)
    else:
        page = select(_FACTS.c.number // PAGE).where(changed).distinct()
        pages = connection.execute(page).scalars().all()
    # As one value for each page: the driver is slow with many rows.
    for at in pages:
        within = {"first": at * PAGE, "beyond": (at + 1) * PAGE, "since": since}
        numbers, lengths, data = connection.execute(_JOINED, within).one()
        if numbers is not None:
            yield _Rows(
                np.frombuffer(numbers, ">i8").astype(np.int64),
                np.frombuffer(lengths, ">i8").astype(np.int64), bytes(data),
            )  # fmt: skip
