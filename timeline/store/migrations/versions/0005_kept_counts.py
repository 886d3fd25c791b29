"""Counts of events, an index of their days, and words that are found by an index."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from timeline.query import index_words
from timeline.store import kept_counts

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_AT_ONCE = 1000
_VECTOR = "CAST(events.search AS tsvector)"


def upgrade() -> None:
    """Makes tables and indexes and fills them from the events that are there."""
    op.create_table(
        "event_counts",
        sa.Column("facet", sa.Text(), primary_key=True),
        sa.Column("value", sa.Text(), primary_key=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
    )
    op.drop_index("ix_events_first", "events")
    op.create_index("ix_events_day", "events", ["first", "id"])
    connection = op.get_bind()
    # The column held folded text; now it holds the words of it. Only then can PostgreSQL index them.
    for texts in _pages(connection):
        updates = [
            {"id": each, "search": " ".join(sorted(index_words(told)))} for each, told in texts.items()
        ]
        connection.execute(sa.text("UPDATE events SET search = :search WHERE id = :id"), updates)
    if connection.dialect.name == "sqlite":
        connection.execute(sa.text("CREATE VIRTUAL TABLE event_words USING fts5(event_id UNINDEXED, words)"))
        connection.execute(sa.text("INSERT INTO event_words (event_id, words) SELECT id, search FROM events"))
    else:
        connection.execute(sa.text(f"CREATE INDEX ix_events_words ON events USING gin (({_VECTOR}))"))
    kept_counts.recount(connection)


def _pages(connection: sa.Connection) -> Iterator[dict[str, str]]:
    """The column ``search`` by id, some events at a time."""
    last = ""
    read = sa.text("SELECT id, search FROM events WHERE id > :last ORDER BY id LIMIT :most")
    while rows := connection.execute(read, {"last": last, "most": _AT_ONCE}).all():
        yield {row.id: row.search for row in rows}
        last = rows[-1].id


def downgrade() -> None:
    """Removes them; the words stay, in which a search for parts of words finds less than before."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute("DROP TABLE event_words" if sqlite else "DROP INDEX ix_events_words")
    op.drop_index("ix_events_day", "events")
    op.create_index("ix_events_first", "events", ["first"])
    op.drop_table("event_counts")
