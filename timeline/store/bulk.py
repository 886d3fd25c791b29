"""Fills an empty store from an archive that is read and merged already; COPY on PostgreSQL.

The rows are those that adding its articles one by one makes, so that a store that was filled goes on like
any other. Indexes are made at the end, which is several times quicker than keeping them.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    Connection,
    Engine,
    TableClause,
    column,
    create_engine,
    func,
    insert,
    select,
    table,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.pool import NullPool

from timeline.merge import claims_from
from timeline.model import Article, Event, Reading
from timeline.store import facts, kept_counts, textsearch
from timeline.store.articles import article_row, claim_row, source_row
from timeline.store.derive import actor_rows, event_row, key_rows, outlet_rows
from timeline.store.log import Work
from timeline.store.schema import (
    ArticleTable,
    ClaimKeyTable,
    ClaimTable,
    CounterTable,
    EventActorTable,
    EventFactTable,
    EventOutletTable,
    EventTable,
    LogTable,
    SourceTable,
    core,
)

_AT_ONCE: Final = 2_000
"""Articles or events whose rows are held in memory."""
_ARTICLES, _SOURCES, _CLAIMS = core(ArticleTable), core(SourceTable), core(ClaimTable)
_KEYS, _EVENTS, _ACTORS = core(ClaimKeyTable), core(EventTable), core(EventActorTable)
_OUTLETS = core(EventOutletTable)
_FACTS = core(EventFactTable)
_TABLES: Final = (_ARTICLES, _SOURCES, _CLAIMS, _KEYS, _EVENTS, _ACTORS, _OUTLETS, _FACTS)
_WORDS: Final = table("event_words", column("number"), column("words"))
_ESCAPES: Final = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))
"""What stands for itself nowhere in the text format of COPY (PostgreSQL's manual, COPY, "Text Format")."""
_JSON: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class Archive(Protocol):
    """What :func:`fill` and :meth:`timeline.store.Store.load` read."""

    @property
    def name(self) -> str:
        """Where it is, for the log."""

    def readings(self) -> Iterator[tuple[Article, Reading, bool]]:
        """Every row of an article; True where it counts, False where another of the same text does."""

    def events(self) -> Iterator[tuple[Event, Sequence[str], str]]:
        """The events without their claims, the ids of these, and the words that a text search finds."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many articles and meetings of sources were new, and how many meetings the store has now."""

    articles: int
    claims: int
    events: int


def is_empty(connection: Connection) -> bool:
    """Whether nothing was ever stored, not even a correction."""
    return all(
        connection.execute(
            select(func.count()).select_from(select(table.c.id).limit(1).subquery())
        ).scalar_one()
        == 0
        for table in (_ARTICLES, _CLAIMS, core(LogTable))
    )


def fill(work: Work, archive: Archive) -> Loaded:
    """Writes an archive into a store that :func:`is_empty`."""
    connection = work.connection
    for each in _TABLES:
        for index in each.indexes:
            index.drop(connection)
    textsearch.drop_index(connection)
    events, membership = _fill_events(connection, archive)
    articles, claims = _fill_articles(work, archive, membership)
    for each in _TABLES:
        for index in sorted(each.indexes, key=lambda index: str(index.name)):
            index.create(connection)
    textsearch.create_index(connection)
    kept_counts.recount(connection)
    return Loaded(articles, claims, events)


class _Membership:
    """The event of each claim, in some twenty bytes a claim: there may be many millions."""

    def __init__(self, claims: NDArray[np.int64], events: NDArray[np.int32], ids: Sequence[str]) -> None:
        order = np.argsort(claims, kind="stable")
        self._claims, self._events, self._ids = claims[order], events[order], ids

    def events_of(self, claim_ids: Sequence[str]) -> list[str | None]:
        """The id of the event of each claim; None where the claim is in none."""
        if not len(self._claims):
            return [None] * len(claim_ids)
        # 64 bits: that two of ten million are equal has a chance of 3 in a million.
        wanted = np.fromiter(map(hash, claim_ids), np.int64)
        places = np.minimum(np.searchsorted(self._claims, wanted), len(self._claims) - 1)
        known = (self._claims[places] == wanted).tolist()
        events = self._events[places].tolist()
        return [self._ids[event] if there else None for event, there in zip(events, known, strict=True)]


def _fill_events(connection: Connection, archive: Archive) -> tuple[int, _Membership]:
    ids: list[str] = []
    claims: list[NDArray[np.int64]] = []
    numbers: list[NDArray[np.int32]] = []
    codes = facts.Codes(connection)
    revision = connection.execute(select(CounterTable.value).where(CounterTable.name == "revision")).scalar()
    for part in _parts(archive.events()):
        counted = [facts.facts_of(event) for event, _, _ in part]
        codes.learn(counted)
        numbered = list(enumerate(part, len(ids) + 1))
        _write(connection, _EVENTS, (event_row(event, n, told) for n, (event, told, _) in numbered))
        _write(connection, _ACTORS, (row for event, _, _ in part for row in actor_rows(event)))
        _write(connection, _OUTLETS, (row for event, _, _ in part for row in outlet_rows(event)))
        _write(connection, _FACTS, (
            {"number": n, "revision": revision, "facts": codes.pack(each)}
            for n, each in enumerate(counted, len(ids) + 1)
        ))  # fmt: skip
        if connection.dialect.name == "sqlite":
            textsearch.write(connection, {n: words for n, (_, _, words) in numbered})
        else:
            _write(connection, _WORDS, ({"number": n, "words": words} for n, (_, _, words) in numbered))
        pairs = [(hash(claim), len(ids) + at) for at, (_, told, _) in enumerate(part) for claim in told]
        claims.append(np.array([claim for claim, _ in pairs], np.int64))
        numbers.append(np.array([number for _, number in pairs], np.int32))
        ids += [event.id for event, _, _ in part]
    none: list[Any] = [np.array([], np.int64)]
    return len(ids), _Membership(np.concatenate(claims or none), np.concatenate(numbers or none), ids)


def _fill_articles(work: Work, archive: Archive, membership: _Membership) -> tuple[int, int]:
    """Writes articles, their sources, claims and keys; returns how many articles and claims."""
    connection, articles, claims = work.connection, 0, 0
    copies = []
    for part in _parts(archive.readings()):
        counting = [(article, read) for article, read, counts_here in part if counts_here]
        copies += [
            source_row(work, article.id, article) for article, _, counts_here in part if not counts_here
        ]
        told = [(claim, at) for each in counting for at, claim in enumerate(claims_from(*each))]
        _write(connection, _ARTICLES, (article_row(work, *each, sample=False) for each in counting))
        _write(connection, _SOURCES, (source_row(work, article.id, article) for article, _ in counting))
        events = membership.events_of([claim.id for claim, _ in told])
        _write(connection, _CLAIMS, (
            claim_row(claim, at) | {"id": claim.id, "article_id": claim.article, "event_id": event}
            for (claim, at), event in zip(told, events, strict=True)
        ))  # fmt: skip
        _write(connection, _KEYS, (row for claim, _ in told for row in key_rows(claim)))
        articles, claims = articles + len(counting), claims + len(told)
    if copies:
        # Names are cut at some length, so that two may be the same.
        make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        connection.execute(make(_SOURCES).on_conflict_do_nothing(), copies)
    return articles, claims


def _parts(rows: Iterable[Any]) -> Iterator[list[Any]]:
    part: list[Any] = []
    for row in rows:
        part.append(row)
        if len(part) >= _AT_ONCE:
            yield part
            part = []
    if part:
        yield part


def _write(connection: Connection, into: TableClause, rows: Iterable[dict[str, Any]]) -> None:
    """Writes rows that all have the same columns."""
    told = list(rows)
    if not told:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(insert(into), told)
        return
    columns = list(told[0])
    named = ", ".join(f'"{column}"' for column in columns)
    lines = ("\t".join(_field(row[column]) for column in columns) + "\n" for row in told)
    cursor = connection.connection.cursor()
    # One message for all: each is a round of the protocol.
    cursor.execute(f'COPY "{into.name}" ({named}) FROM STDIN', stream=["".join(lines)])  # type: ignore[call-arg]


def _field(value: Any) -> str:  # noqa: ANN401  any value of a row
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return _escaped(value)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, bytes):
        return f"\\\\x{value.hex()}"
    return _escaped(_JSON.encode(value))


def _escaped(value: str) -> str:
    for mark, written in _ESCAPES:
        value = value.replace(mark, written)
    return value


def tidy(engine: Engine) -> None:
    """Tells the database what it holds, so that it plans well and reads no more than it must."""
    if engine.dialect.name == "sqlite":
        with engine.begin() as connection:
            connection.execute(text("ANALYZE"))
        return
    # VACUUM refuses to run in a transaction. A connection of its own, as a pooled one may be in one.
    alone = create_engine(engine.url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with alone.connect() as connection:
        connection.execute(text("VACUUM (ANALYZE)"))
