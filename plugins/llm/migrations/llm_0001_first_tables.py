"""Prompts, calls, the till with its ledger and prices, and suggestions."""

import sqlalchemy as sa
from alembic import op

from blog_core.api import UtcDateTime, big_id, json_value

revision = "llm_0001"
down_revision = None
branch_labels = ("llm",)
depends_on = None

TABLES = (
    "llm_suggestion",
    "llm_price",
    "llm_till",
    "llm_ledger",
    "llm_call",
    "llm_prompt",
)


def upgrade() -> None:
    """Make the tables."""
    _prompts_and_calls()
    _money()
    _suggestions()


def _prompts_and_calls() -> None:
    op.create_table(
        "llm_prompt",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("account_id", big_id, nullable=True),
        sa.PrimaryKeyConstraint("name", "version", name="pk_llm_prompt"),
    )
    op.create_table(
        "llm_call",
        sa.Column("id", big_id, nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("running_key", sa.String(40), nullable=True),
        sa.Column("worker", sa.String(40), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("stop_asked", sa.Boolean(), nullable=False),
        sa.Column("is_watched", sa.Boolean(), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("prompt", json_value, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_llm_call"),
        sa.UniqueConstraint("running_key", name="uq_llm_call_running_key"),
    )
    op.create_index("idx_llm_call_ended", "llm_call", ["ended_at"])


def _money() -> None:
    op.create_table(
        "llm_ledger",
        sa.Column("id", big_id, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("account_id", big_id, nullable=True),
        sa.Column("post_id", big_id, nullable=True),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("model", sa.String(120), nullable=False),
        sa.Column("prompt", sa.String(200), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("call_id", big_id, nullable=True),
        sa.Column("outcome", sa.String(12), nullable=False),
        sa.Column("reserved_tokens", sa.BigInteger(), nullable=False),
        sa.Column("reserved_micros", sa.BigInteger(), nullable=False),
        sa.Column("input_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cached_tokens", sa.BigInteger(), nullable=False),
        sa.Column("output_tokens", sa.BigInteger(), nullable=False),
        sa.Column("exact", sa.Boolean(), nullable=False),
        sa.Column("priced", sa.Boolean(), nullable=False),
        sa.Column("cost_micros", sa.BigInteger(), nullable=False),
        sa.Column("saved_micros", sa.BigInteger(), nullable=False),
        sa.Column("first_ms", sa.Integer(), nullable=True),
        sa.Column("total_ms", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_llm_ledger"),
    )
    op.create_index("idx_llm_ledger_at", "llm_ledger", ["at"])
    op.create_index("idx_llm_ledger_call", "llm_ledger", ["call_id"])
    op.create_table(
        "llm_till",
        sa.Column("period", sa.String(60), nullable=False),
        sa.Column("used_tokens", sa.BigInteger(), nullable=False),
        sa.Column("used_micros", sa.BigInteger(), nullable=False),
        sa.Column("reserved_tokens", sa.BigInteger(), nullable=False),
        sa.Column("reserved_micros", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("period", name="pk_llm_till"),
    )
    op.create_table(
        "llm_price",
        sa.Column("model", sa.String(120), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("input_micros", sa.BigInteger(), nullable=False),
        sa.Column("cached_micros", sa.BigInteger(), nullable=False),
        sa.Column("output_micros", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("model", "since", name="pk_llm_price"),
    )


def _suggestions() -> None:
    op.create_table(
        "llm_suggestion",
        sa.Column("id", big_id, nullable=False),
        sa.Column("post_id", big_id, nullable=True),
        sa.Column("account_id", big_id, nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("stage_id", sa.String(100), nullable=True),
        sa.Column("field", sa.String(40), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("variant", sa.Integer(), nullable=False),
        sa.Column("call_id", big_id, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provenance", json_value, nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("base_digest", sa.String(40), nullable=False),
        sa.Column("material", json_value, nullable=False),
        sa.Column("pieces", json_value, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_llm_suggestion"),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name="fk_llm_suggestion_post_id", ondelete="CASCADE"
        ),
    )
    op.create_index("idx_llm_suggestion_post", "llm_suggestion", ["post_id", "id"])
    op.create_index("idx_llm_suggestion_call", "llm_suggestion", ["call_id"])


def downgrade() -> None:
    """Drop the tables."""
    for table in TABLES:
        op.drop_table(table)
