"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes all tables."""
    op.create_table(
        "articles",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("title", sa.Text()),
        sa.Column("outlet", sa.Text()),
        sa.Column("url", sa.Text()),
        sa.Column("source", sa.Text()),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("given", sa.Text()),
        sa.Column("reference", sa.JSON(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("added_at", sa.Text(), nullable=False, index=True),
        sa.Column("added_by", sa.Text()),
        sa.Column("read_at", sa.Text(), nullable=False),
        sa.Column("deleted_at", sa.Text()),
        sa.Column("timexes", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_table(
        "sources",
        sa.Column(
            "article_id", sa.Text(), sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("outlet", sa.Text()),
        sa.Column("url", sa.Text()),
        sa.Column("added_at", sa.Text(), nullable=False),
    )
    op.create_table(
        "claims",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("article_id", sa.Text(), sa.ForeignKey("articles.id", ondelete="CASCADE"), index=True),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("meeting", sa.JSON(), nullable=False),
        sa.Column("event_id", sa.Text(), index=True),
    )
    op.create_table(
        "claim_keys",
        sa.Column("claim_id", sa.Text(), sa.ForeignKey("claims.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
    )
    op.create_index("ix_claim_keys_key_days", "claim_keys", ["key", "first", "last"])
    op.create_table(
        "events",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False, index=True),
        sa.Column("status", sa.Text(), nullable=False, index=True),
        sa.Column("place", sa.Text(), index=True),
        sa.Column("country", sa.Text()),
        sa.Column("date", sa.Text()),
        sa.Column("first", sa.Integer(), index=True),
        sa.Column("last", sa.Integer()),
        sa.Column("checked", sa.Boolean(), nullable=False),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
    )
    op.create_table(
        "event_actors",
        sa.Column("event_id", sa.Text(), sa.ForeignKey("events.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("key", sa.Text(), primary_key=True, index=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), index=True),
    )
    op.create_table(
        "event_outlets",
        sa.Column("event_id", sa.Text(), sa.ForeignKey("events.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("outlet", sa.Text(), primary_key=True, index=True),
    )
    op.create_table(
        "log",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("who", sa.Text()),
        sa.Column("action", sa.Text(), nullable=False, index=True),
        sa.Column("target", sa.Text(), nullable=False, index=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("undoes", sa.Integer()),
        sa.Column("undone_by", sa.Integer()),
    )
    counters = op.create_table(
        "counters",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("value", sa.Integer(), nullable=False),
    )
    op.bulk_insert(counters, [{"name": "revision", "value": 0}])


def downgrade() -> None:
    """Removes all tables."""
    for table in (
        "counters", "log", "event_outlets", "event_actors", "events", "claim_keys", "claims", "sources",
        "articles",
    ):  # fmt: skip
        op.drop_table(table)
