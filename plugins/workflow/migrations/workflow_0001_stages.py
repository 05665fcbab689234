"""Where posts stand in the workflow, and its history."""

import sqlalchemy as sa
from alembic import op

from blog_core.api import UtcDateTime, big_id, json_value

revision = "workflow_0001"
down_revision = None
branch_labels = ("workflow",)
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "workflow_stage",
        sa.Column("post_id", big_id, nullable=False),
        sa.Column("stage_id", sa.String(100), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fields", json_value, nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("post_id", "stage_id", name="pk_workflow_stage"),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name="fk_workflow_stage_post_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "workflow_history",
        sa.Column("id", big_id, nullable=False),
        sa.Column("post_id", big_id, nullable=False),
        sa.Column("stage_id", sa.String(100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("account_id", big_id, nullable=True),
        sa.Column("actor", sa.String(255), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("changed", json_value, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workflow_history"),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name="fk_workflow_history_post_id", ondelete="CASCADE"
        ),
    )
    op.create_index(
        "idx_workflow_history_stage", "workflow_history", ["post_id", "stage_id", "version"]
    )


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("workflow_history")
    op.drop_table("workflow_stage")
