"""Projects beside the first one, and who may do what in each."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables; what is there already belongs to the first project, in which nobody has a role."""
    op.create_table(
        "projects",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text()),
        sa.Column("closed_at", sa.Text()),
        sa.Column("closed_by", sa.Text()),
    )
    op.create_table(
        "grants",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("granted_by", sa.Text()),
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("role", sa.Text()),
    )
    op.create_index("ix_grants_member_project_id", "grants", ["member", "project_id"])


def downgrade() -> None:
    """Removes the tables."""
    op.drop_table("grants")
    op.drop_table("projects")
