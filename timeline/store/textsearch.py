"""The index of the words of events: a tsvector with a GIN index on PostgreSQL, FTS5 on SQLite.

Words and German stems are made by :mod:`timeline.query.words`, so that both databases and
:meth:`timeline.query.Query.matches` give the same answer; the databases only look them up.
"""

import hashlib
from collections.abc import Collection, Mapping
from typing import Any, Final

from sqlalchemy import Boolean, ColumnElement, Connection, literal, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from timeline.query import search_words

_VECTOR: Final = "CAST(events.search AS tsvector)"
"""As in the index that the migration makes: PostgreSQL takes the index for this very expression."""


def create(connection: Connection) -> None:
    """Makes the index; on SQLite it is a table, empty until :func:`write`.

    Its row ids are made of the events' ids, so that a row is found without a scan.
    """
    if connection.dialect.name == "sqlite":
        connection.execute(text("CREATE VIRTUAL TABLE event_words USING fts5(event_id UNINDEXED, words)"))
    else:
        connection.execute(text(f"CREATE INDEX ix_events_words ON events USING gin (({_VECTOR}))"))


def drop(connection: Connection) -> None:
    """Takes the index away, where there is one."""
    sqlite = connection.dialect.name == "sqlite"
    connection.execute(
        text("DROP TABLE IF EXISTS event_words" if sqlite else "DROP INDEX IF EXISTS ix_events_words")
    )


def write(connection: Connection, words: Mapping[str, str]) -> None:
    """Enters the words of events by their ids. PostgreSQL keeps its index by itself."""
    if connection.dialect.name == "sqlite" and words:
        columns = "(rowid, event_id, words) VALUES (:row, :id, :words)"
        statement = text(f"INSERT OR REPLACE INTO event_words {columns}")
        rows = [{"row": _row(each), "id": each, "words": told} for each, told in words.items()]
        connection.execute(statement, rows)


def forget(connection: Connection, event_ids: Collection[str] | None) -> None:
    """Takes events out; all where ``event_ids`` is None."""
    if connection.dialect.name != "sqlite":
        return
    if event_ids is None:
        connection.execute(text("DELETE FROM event_words"))
    elif event_ids:
        rows = [{"row": _row(each)} for each in event_ids]
        connection.execute(text("DELETE FROM event_words WHERE rowid = :row"), rows)


class _Found(FunctionElement[bool]):
    """Whether an event has words; each database gets the question in its own language."""

    type = Boolean()
    inherit_cache = True
    name = "words_found"


@compiles(_Found, "sqlite")
def _in_sqlite(element: Any, compiler: Any, **options: Any) -> str:  # noqa: ANN401  SQLAlchemy's protocol
    match, _ = element.clauses
    asked = compiler.process(match, **options)
    # What is asked for is a bound parameter; here stands only its mark.
    return f"events.id IN (SELECT event_id FROM event_words WHERE words MATCH {asked})"  # noqa: S608  # nosec B608


@compiles(_Found, "postgresql")
def _in_postgresql(element: Any, compiler: Any, **options: Any) -> str:  # noqa: ANN401  SQLAlchemy's protocol
    _, query = element.clauses
    return f"{_VECTOR} @@ CAST({compiler.process(query, **options)} AS tsquery)"


def conditions(asked: str) -> list[ColumnElement[bool]]:
    """What an event must fulfil to have all words of ``asked``; nothing where it has no word."""
    words = search_words(asked)
    if not words:
        return []
    match = " AND ".join(f'("{begin}" * OR "{stem}")' for begin, stem in words)
    query = " & ".join(f"('{begin}':* | '{stem}')" for begin, stem in words)
    return [_Found(literal(match), literal(query))]


def _row(event_id: str) -> int:
    return int.from_bytes(hashlib.blake2b(event_id.encode(), digest_size=8).digest(), "big") >> 1
