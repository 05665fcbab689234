"""Where posts stand in the workflow, and its history."""

import sqlalchemy as sa
from alembic import op

from blog_core.api import UtcDateTime, big_id, json_value

revision = "workflow_0001"
down_revision = None
branch_labels = ("workflow",)
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "workflow_post",
        sa.Column("post_id", big_id, nullable=False),
        sa.Column("definition", sa.String(41), nullable=False),
        sa.PrimaryKeyConstraint("post_id", name="pk_workflow_post"),
        _of_a_post("workflow_post"),
    )
    op.create_table(
        "workflow_stage",
        sa.Column("post_id", big_id, nullable=False),
        sa.Column("stage_id", sa.String(100), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fields", json_value, nullable=False),
        sa.Column("definition", sa.String(41), nullable=False),
        sa.Column("definition_version", sa.Integer(), nullable=False),
        sa.Column("revision_id", big_id, nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("post_id", "stage_id", name="pk_workflow_stage"),
        _of_a_post("workflow_stage"),
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
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("action", sa.String(41), nullable=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("changed", json_value, nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("definition", sa.String(41), nullable=False),
        sa.Column("definition_version", sa.Integer(), nullable=False),
        sa.Column("revision_id", big_id, nullable=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workflow_history"),
        _of_a_post("workflow_history"),
    )
    columns = ["post_id", "stage_id", "version"]
    op.create_index("idx_workflow_history_stage", "workflow_history", columns, unique=True)


def _of_a_post(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_post_id"
    return sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=name, ondelete="CASCADE")


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("workflow_history")
    op.drop_table("workflow_stage")
    op.drop_table("workflow_post")
