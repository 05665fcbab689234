"""Where posts stand in the workflow, and its history."""

import sqlalchemy as sa
from alembic import op

from blog_core.api import UtcDateTime, big_id, json_value

revision = "workflow_0001"
down_revision = None
branch_labels = ("workflow",)
depends_on = None


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "workflow_post",
        sa.Column("post_id", big_id, nullable=False),
        sa.Column("definition", sa.String(41), nullable=False),
        sa.PrimaryKeyConstraint("post_id", name="pk_workflow_post"),
        _of_post("workflow_post"),
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
        _of_post("workflow_stage"),
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
        _of_post("workflow_history"),
    )
    columns = ["post_id", "stage_id", "version"]
    op.create_index("idx_workflow_history_stage", "workflow_history", columns, unique=True)
    _make_people()


def _make_people() -> None:
    op.create_table(
        "workflow_assignment",
        _post_id(),
        sa.Column("stage_id", sa.String(100), nullable=False),
        sa.Column("account_id", big_id, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("post_id", "stage_id", name="pk_workflow_assignment"),
        _of_post("workflow_assignment"),
        _of_account("workflow_assignment", ondelete="SET NULL"),
    )
    op.create_index(
        "idx_workflow_assignment_account",
        "workflow_assignment",
        ["account_id", "done_at", "due_on", "post_id"],
    )
    op.create_index("idx_workflow_assignment_due", "workflow_assignment", ["due_on", "post_id"])
    op.create_table(
        "workflow_review_link",
        sa.Column("id", big_id, nullable=False),
        _post_id(),
        sa.Column("revision_id", big_id, nullable=False),
        sa.Column("token_digest", sa.String(64), nullable=False),
        sa.Column("reviewer", sa.String(255), nullable=False),
        sa.Column("account_id", big_id, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_workflow_review_link"),
        sa.UniqueConstraint("token_digest", name="uq_workflow_review_link_token_digest"),
        _of_post("workflow_review_link"),
        _of_account("workflow_review_link", ondelete="SET NULL"),
    )
    op.create_index("idx_workflow_review_link_post", "workflow_review_link", ["post_id", "id"])
    _make_approval()
    _make_note()
    _make_notices()
    _make_card()


def _make_card() -> None:
    # Ordered by its bytes on both databases: the board reads ranges between names.
    stage_name = sa.String(100).with_variant(sa.String(100, collation="C"), "postgresql")
    op.create_table(
        "workflow_card",
        _post_id(),
        sa.Column("stage_id", stage_name, nullable=False),
        sa.Column("author_id", big_id, nullable=False),
        sa.Column("moved_at", UtcDateTime(), nullable=False),
        sa.Column("moved_by", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("post_id", name="pk_workflow_card"),
        _of_post("workflow_card"),
    )
    newest = [sa.text("moved_at DESC"), sa.text("post_id DESC")]
    op.create_index("idx_workflow_card_stage", "workflow_card", ["stage_id", *newest])
    op.create_index("idx_workflow_card_author", "workflow_card", ["author_id", "stage_id", *newest])


def _make_approval() -> None:
    op.create_table(
        "workflow_approval",
        sa.Column("id", big_id, nullable=False),
        _post_id(),
        sa.Column("revision_id", big_id, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("account_id", big_id, nullable=True),
        sa.Column("link_id", big_id, nullable=True),
        sa.Column("reviewer", sa.String(255), nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workflow_approval"),
        _of_post("workflow_approval"),
        _of_account("workflow_approval", ondelete="SET NULL"),
        _of_link("workflow_approval"),
    )
    op.create_index("idx_workflow_approval_post", "workflow_approval", ["post_id", "id"])


def _make_note() -> None:
    op.create_table(
        "workflow_note",
        sa.Column("id", big_id, nullable=False),
        _post_id(),
        sa.Column("thread_id", big_id, nullable=True),
        sa.Column("account_id", big_id, nullable=True),
        sa.Column("link_id", big_id, nullable=True),
        sa.Column("author", sa.String(255), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("before", sa.String(64), nullable=False),
        sa.Column("after", sa.String(64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.Column("resolved_by", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workflow_note"),
        _of_post("workflow_note"),
        _of_account("workflow_note", ondelete="SET NULL"),
        _of_link("workflow_note"),
        sa.ForeignKeyConstraint(
            ["thread_id"],
            ["workflow_note.id"],
            name="fk_workflow_note_thread_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index("idx_workflow_note_post", "workflow_note", ["post_id", "id"])


def _make_notices() -> None:
    op.create_table(
        "workflow_notice",
        sa.Column("id", big_id, nullable=False),
        sa.Column("account_id", big_id, nullable=False),
        _post_id(),
        sa.Column("stage_id", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("event_key", sa.String(200), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_workflow_notice"),
        _of_post("workflow_notice"),
        _of_account("workflow_notice", ondelete="CASCADE"),
    )
    op.create_index(
        "idx_workflow_notice_event", "workflow_notice", ["account_id", "event_key"], unique=True
    )
    op.create_index(
        "idx_workflow_notice_newest", "workflow_notice", ["account_id", sa.text("id DESC")]
    )
    op.create_table(
        "workflow_muted",
        sa.Column("account_id", big_id, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "kind", name="pk_workflow_muted"),
        _of_account("workflow_muted", ondelete="CASCADE"),
    )
    op.create_table(
        "workflow_presence",
        _post_id(),
        sa.Column("account_id", big_id, nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("place", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("post_id", "account_id", name="pk_workflow_presence"),
        _of_post("workflow_presence"),
        _of_account("workflow_presence", ondelete="CASCADE"),
    )
    op.create_index("idx_workflow_presence_seen", "workflow_presence", ["seen_at"])


def _post_id() -> sa.Column[int]:
    return sa.Column("post_id", big_id, nullable=False)


def _of_post(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_post_id"
    return sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=name, ondelete="CASCADE")


def _of_account(table: str, *, ondelete: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_account_id"
    return sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=name, ondelete=ondelete)


def _of_link(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_link_id"
    return sa.ForeignKeyConstraint(
        ["link_id"], ["workflow_review_link.id"], name=name, ondelete="SET NULL"
    )


def downgrade() -> None:
    """Drop all tables."""
    for table in (
        "card",
        "presence",
        "muted",
        "notice",
        "note",
        "approval",
        "review_link",
        "assignment",
    ):
        op.drop_table(f"workflow_{table}")
    op.drop_table("workflow_history")
    op.drop_table("workflow_stage")
    op.drop_table("workflow_post")
