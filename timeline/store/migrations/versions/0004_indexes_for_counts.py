"""Indexes from which events are counted and articles listed without reading their bodies and texts."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_SHORT = ["id", "first", "last", "status", "kind", "place", "country", "date", "checked", "disputed"]


def upgrade() -> None:
    """Makes the indexes and drops those that they replace."""
    op.create_index("ix_events_short", "events", _SHORT)
    op.create_index("ix_event_actors_key_event", "event_actors", ["key", "event_id", "name"])
    op.create_index("ix_event_actors_country_event", "event_actors", ["country", "event_id"])
    op.create_index("ix_articles_newest", "articles", ["deleted_at", sa.text("added_at DESC"), "id"])
    op.create_index("ix_articles_sample", "articles", ["sample", "deleted_at"])
    op.create_index(
        "ix_articles_undated",
        "articles",
        ["deleted_at", sa.text("added_at DESC"), "id"],
        sqlite_where=sa.text("json_extract(reference, '$.value') IS NULL"),
        postgresql_where=sa.text("(reference ->> 'value') IS NULL"),
    )
    op.drop_index("ix_event_actors_key", "event_actors")
    op.drop_index("ix_event_actors_country", "event_actors")
    op.drop_index("ix_articles_added_at", "articles")


def downgrade() -> None:
    """Puts the former indexes back."""
    op.create_index("ix_articles_added_at", "articles", ["added_at"])
    op.create_index("ix_event_actors_country", "event_actors", ["country"])
    op.create_index("ix_event_actors_key", "event_actors", ["key"])
    op.drop_index("ix_articles_undated", "articles")
    op.drop_index("ix_articles_sample", "articles")
    op.drop_index("ix_articles_newest", "articles")
    op.drop_index("ix_event_actors_country_event", "event_actors")
    op.drop_index("ix_event_actors_key_event", "event_actors")
    op.drop_index("ix_events_short", "events")
