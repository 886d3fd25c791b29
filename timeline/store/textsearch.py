"""The table ``event_words``: what a text search finds. A tsvector with GIN on PostgreSQL, FTS5 on SQLite.

Words and German stems are made by :mod:`timeline.query.words`, so that both databases and
:meth:`timeline.query.Query.matches` give the same answer; the databases only look them up. A table of its
own, as it is narrow: finding a hundred thousand events in the wide one would read most of its pages.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Boolean, ColumnElement, Connection, literal, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from timeline.query import search_words
from timeline.store.schema import EventTable

_SQLITE: Final = "CREATE VIRTUAL TABLE event_words USING fts5(words)"
_POSTGRESQL: Final = "CREATE TABLE event_words (number INTEGER PRIMARY KEY, words tsvector NOT NULL)"
_INDEX: Final = "CREATE INDEX ix_events_words ON event_words USING gin (words)"
"""An event's number is its row's id on SQLite."""
_WRITE: Final = {
    "sqlite": text("INSERT OR REPLACE INTO event_words (rowid, words) VALUES (:number, :words)"),
    # One statement for all, as each is a round to the server.
    "postgresql": text(
        "INSERT INTO event_words (number, words) SELECT told.number, CAST(told.words AS tsvector) "
        "FROM unnest(CAST(:numbers AS integer[]), CAST(:words AS text[])) AS told (number, words) "
        "ON CONFLICT (number) DO UPDATE SET words = excluded.words"
    ),
}
_JOINED: Final = text(
    "SELECT string_agg(int4send(number), '') FROM event_words WHERE words @@ CAST(:asked AS tsquery)"
)
_FORGET: Final = {
    "sqlite": text("DELETE FROM event_words WHERE rowid = :number"),
    "postgresql": text("DELETE FROM event_words WHERE number = ANY(CAST(:numbers AS integer[]))"),
}


def create(connection: Connection) -> None:
    """Makes the table, and its index."""
    if connection.dialect.name == "sqlite":
        connection.execute(text(_SQLITE))
    else:
        connection.execute(text(_POSTGRESQL))
        create_index(connection)


def create_index(connection: Connection) -> None:
    """Makes the index of PostgreSQL; SQLite's table is one."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(_INDEX))


def drop_index(connection: Connection) -> None:
    """Takes PostgreSQL's index away, to fill the table more quickly."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("DROP INDEX ix_events_words"))


def write(connection: Connection, words: Mapping[int, str]) -> None:
    """Enters the words of events by their numbers."""
    if not words:
        return
    statement = _WRITE[connection.dialect.name]
    if connection.dialect.name == "sqlite":
        connection.execute(statement, [{"number": each, "words": told} for each, told in words.items()])
    else:
        connection.execute(statement, {"numbers": list(words), "words": list(words.values())})


def forget(connection: Connection, numbers: Collection[int] | None) -> None:
    """Takes events out; all where ``numbers`` is None."""
    if numbers is None:
        connection.execute(text("DELETE FROM event_words"))
    elif numbers and connection.dialect.name == "sqlite":
        connection.execute(_FORGET["sqlite"], [{"number": each} for each in numbers])
    elif numbers:
        connection.execute(_FORGET["postgresql"], {"numbers": list(numbers)})


class _Found(FunctionElement[bool]):
    """Whether an event has words; each database gets the question in its own language."""

    type = Boolean()
    inherit_cache = True
    name = "words_found"


@compiles(_Found, "sqlite")
def _in_sqlite(element: Any, compiler: Any, **options: Any) -> str:  # noqa: ANN401  SQLAlchemy's protocol
    number, match, _ = (compiler.process(each, **options) for each in element.clauses)
    # What is asked for is a bound parameter; here stands only its mark.
    return f"{number} IN (SELECT rowid FROM event_words WHERE words MATCH {match})"  # noqa: S608  # nosec B608


@compiles(_Found, "postgresql")
def _in_postgresql(element: Any, compiler: Any, **options: Any) -> str:  # noqa: ANN401  SQLAlchemy's protocol
    number, _, query = (compiler.process(each, **options) for each in element.clauses)
    found = f"SELECT number FROM event_words WHERE words @@ CAST({query} AS tsquery)"  # noqa: S608  # nosec B608
    return f"{number} IN ({found})"


def conditions(asked: str) -> list[ColumnElement[bool]]:
    """What an event must fulfil to have all words of ``asked``; nothing where it has no word."""
    told = _questions(asked)
    return [] if told is None else [_Found(EventTable.number, literal(told[0]), literal(told[1]))]


def numbers(connection: Connection, asked: str) -> NDArray[np.int64] | None:
    """The numbers of the events that have all words of ``asked``; None where it has no word."""
    told = _questions(asked)
    if told is None:
        return None
    if connection.dialect.name == "sqlite":
        statement = text("SELECT rowid FROM event_words WHERE words MATCH :asked")
        found = connection.execute(statement, {"asked": told[0]}).scalars()
        return np.fromiter(found, np.int64)
    # As one value: a row for each of a hundred thousand would take the driver longer than the search.
    joined = connection.execute(_JOINED, {"asked": told[1]}).scalar()
    return np.frombuffer(joined or b"", ">i4").astype(np.int64)


def _questions(asked: str) -> tuple[str, str] | None:
    """The search for all words in the language of FTS5 and as a tsquery."""
    words = search_words(asked)
    if not words:
        return None
    match = " AND ".join(f'("{begin}" * OR "{stem}")' for begin, stem in words)
    query = " & ".join(f"('{begin}':* | '{stem}')" for begin, stem in words)
    return match, query
