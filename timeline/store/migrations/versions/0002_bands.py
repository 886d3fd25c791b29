"""Keys for finding near-duplicates of an article."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table; articles from before have no keys until they are read again."""
    op.create_table(
        "bands",
        sa.Column("band", sa.Text(), primary_key=True),
        sa.Column(
            "article_id", sa.Text(), sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True
        ),
    )


def downgrade() -> None:
    """Removes the table."""
    op.drop_table("bands")
