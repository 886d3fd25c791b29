"""Numbers of events; what is counted of them, packed; and their words in a table of their own."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from timeline.store import textsearch
from timeline.store.facts import Codes, Facts, flags_of

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_AT_ONCE = 1000
_SHORT = ["id", "first", "last", "status", "kind", "place", "country", "date", "checked", "disputed"]


def upgrade() -> None:
    """Numbers the events in the order of their ids and fills the tables from them."""
    connection = op.get_bind()
    op.add_column("events", sa.Column("number", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE events SET number = ordered.number "
        "FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM events) AS ordered "
        "WHERE events.id = ordered.id"
    )
    op.create_index("ix_events_number", "events", ["number"], unique=True)
    op.create_table(
        "event_facts",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "event_values",
        sa.Column("facet", sa.Text(), primary_key=True),
        sa.Column("code", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("value", sa.Text(), nullable=False),
    )
    op.create_index("ix_event_values_facet_value", "event_values", ["facet", "value"], unique=True)
    _drop_words_of_0005(connection)
    textsearch.create(connection)
    codes = Codes(connection)
    for rows in _pages(connection):
        told = dict(zip((row.number for row in rows), _facts(connection, rows), strict=True))
        codes.learn(told.values())
        connection.execute(
            sa.text(
                "INSERT INTO event_facts (number, revision, facts) "
                "VALUES (:number, (SELECT value FROM counters WHERE name = 'revision'), :facts)"
            ),
            [{"number": number, "facts": codes.pack(each)} for number, each in told.items()],
        )
        textsearch.write(connection, {row.number: row.search for row in rows})
    op.create_index("ix_event_facts_revision", "event_facts", ["revision"])
    op.drop_column("events", "search")
    op.drop_index("ix_events_short", "events")
    op.drop_index("ix_event_actors_key_event", "event_actors")
    op.create_index("ix_event_actors_key_event", "event_actors", ["key", "event_id"])


def _pages(connection: sa.Connection) -> Iterator[list[Any]]:
    """The events in the order of their numbers, some at a time."""
    read = sa.text("SELECT * FROM events WHERE number > :last ORDER BY number LIMIT :most")
    last = 0
    while rows := list(connection.execute(read, {"last": last, "most": _AT_ONCE})):
        yield rows
        last = rows[-1].number


def _facts(connection: sa.Connection, rows: list[Any]) -> list[Facts]:
    ids = [row.id for row in rows]
    actors: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
    outlets: dict[str, list[str]] = defaultdict(list)
    among: Any = sa.bindparam("ids", expanding=True)
    who = sa.text("SELECT event_id, key, country FROM event_actors WHERE event_id IN :ids").bindparams(among)
    for event_id, key, country in connection.execute(who, {"ids": ids}):
        actors[event_id].append((key, country))
    where = sa.text("SELECT event_id, outlet FROM event_outlets WHERE event_id IN :ids").bindparams(among)
    for event_id, outlet in connection.execute(where, {"ids": ids}):
        outlets[event_id].append(outlet)
    return [_facts_of(row, actors[row.id], outlets[row.id]) for row in rows]


def _facts_of(row: Any, actors: list[tuple[str, str | None]], outlets: list[str]) -> Facts:  # noqa: ANN401  a row
    body = json.loads(row.body) if isinstance(row.body, str) else row.body
    countries = [country for _, country in actors]
    flags = flags_of(
        checked=bool(row.checked), disputed=bool(row.disputed), dated=row.date is not None,
        statuses={row.status, *(state[0] for state in body["history"])}, stateless=None in countries,
    )  # fmt: skip
    return Facts(
        row.first, row.last, row.status, row.kind, row.place, row.country, flags, [key for key, _ in actors],
        sorted({country for country in countries if country is not None}), outlets,
    )  # fmt: skip


def _drop_words_of_0005(connection: sa.Connection) -> None:
    op.execute(
        "DROP TABLE event_words" if connection.dialect.name == "sqlite" else "DROP INDEX ix_events_words"
    )


def downgrade() -> None:
    """Puts words and indexes back where they were."""
    connection = op.get_bind()
    op.drop_index("ix_event_actors_key_event", "event_actors")
    op.create_index("ix_event_actors_key_event", "event_actors", ["key", "event_id", "name"])
    op.create_index("ix_events_short", "events", _SHORT)
    op.add_column("events", sa.Column("search", sa.Text(), nullable=False, server_default=""))
    if connection.dialect.name == "sqlite":
        op.execute(
            "UPDATE events SET search = event_words.words FROM event_words "
            "WHERE event_words.rowid = events.number"
        )
        op.execute("DROP TABLE event_words")
        op.execute("CREATE VIRTUAL TABLE event_words USING fts5(event_id UNINDEXED, words)")
        op.execute("INSERT INTO event_words (event_id, words) SELECT id, search FROM events")
    else:
        op.execute(
            "UPDATE events SET search = array_to_string(tsvector_to_array(event_words.words), ' ') "
            "FROM event_words WHERE event_words.number = events.number"
        )
        op.execute("DROP TABLE event_words")
        op.execute("CREATE INDEX ix_events_words ON events USING gin ((CAST(events.search AS tsvector)))")
    op.drop_table("event_values")
    op.drop_table("event_facts")
    op.drop_index("ix_events_number", "events")
    op.drop_column("events", "number")
