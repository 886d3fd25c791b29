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
from sqlalchemy import Connection, Engine, Table, create_engine, func, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.pool import NullPool

from timeline.merge import claims_from
from timeline.model import Article, Event, Reading
from timeline.store import kept_counts, textsearch
from timeline.store.articles import article_row, claim_row, source_row
from timeline.store.derive import actor_rows, event_row, key_rows, outlet_rows
from timeline.store.log import Work
from timeline.store.schema import (
    ArticleTable,
    ClaimKeyTable,
    ClaimTable,
    EventActorTable,
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
_TABLES: Final = (_ARTICLES, _SOURCES, _CLAIMS, _KEYS, _EVENTS, _ACTORS, _OUTLETS)
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
"""What stands for itself nowhere in the text format of COPY (PostgreSQL's manual, COPY, "Text Format")."""


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
    for table in _TABLES:
        for index in table.indexes:
            index.drop(connection)
    if connection.dialect.name == "postgresql":
        textsearch.drop(connection)  # SQLite's is a table, and filled as it is
    events, membership = _fill_events(connection, archive)
    articles, claims = _fill_articles(work, archive, membership)
    for table in _TABLES:
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            index.create(connection)
    if connection.dialect.name == "postgresql":
        textsearch.create(connection)
    kept_counts.recount(connection)
    return Loaded(articles, claims, events)


class _Membership:
    """The event of each claim, in some twenty bytes a claim: there may be many millions."""

    def __init__(self, claims: NDArray[np.int64], events: NDArray[np.int32], ids: Sequence[str]) -> None:
        order = np.argsort(claims, kind="stable")
        self._claims, self._events, self._ids = claims[order], events[order], ids

    def event_of(self, claim_id: str) -> str | None:
        """The id of the event; None where the claim is in none."""
        wanted = hash(claim_id)  # 64 bits: that two of ten million are equal has a chance of 3 in a million
        position = int(np.searchsorted(self._claims, wanted))
        if position < len(self._claims) and self._claims[position] == wanted:
            return str(self._ids[self._events[position]])
        return None


def _fill_events(connection: Connection, archive: Archive) -> tuple[int, _Membership]:
    ids: list[str] = []
    claims: list[NDArray[np.int64]] = []
    numbers: list[NDArray[np.int32]] = []
    for part in _parts(archive.events()):
        rows = [event_row(event, told, words) for event, told, words in part]
        _write(connection, _EVENTS, rows)
        _write(connection, _ACTORS, (row for event, _, _ in part for row in actor_rows(event)))
        _write(connection, _OUTLETS, (row for event, _, _ in part for row in outlet_rows(event)))
        textsearch.write(connection, {row["id"]: row["search"] for row in rows})
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
        _write(connection, _CLAIMS, (
            claim_row(claim, at)
            | {"id": claim.id, "article_id": claim.article, "event_id": membership.event_of(claim.id)}
            for claim, at in told
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


def _write(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    """Writes rows that all have the same columns."""
    told = list(rows)
    if not told:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(insert(table), told)
        return
    columns = list(told[0])
    named = ", ".join(f'"{column}"' for column in columns)
    lines = ("\t".join(_field(row[column]) for column in columns) + "\n" for row in told)
    cursor = connection.connection.cursor()
    # One message for all: each is a round of the protocol.
    cursor.execute(f'COPY "{table.name}" ({named}) FROM STDIN', stream=["".join(lines)])  # type: ignore[call-arg]


def _field(value: Any) -> str:  # noqa: ANN401  any value of a row
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, int):
        return str(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)


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
