"""The first tables of the core."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from blog_core.model.declarative import UtcDateTime, big_id, json_value

revision = "blog_0001"
down_revision = None
branch_labels = ("blog",)
depends_on = None


def upgrade() -> None:
    """Make the tables and their indexes."""
    _accounts()
    _posts()
    _lists()
    _search()
    _comments_and_media()
    _links()
    _queues()
    _programs()


def _accounts() -> None:
    op.create_table(
        "account",
        sa.Column("id", big_id, nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("slug", sa.String(255), nullable=False),
        sa.Column("email", sa.String(320), nullable=True),
        sa.Column("password_hash", sa.String(255), nullable=True),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("bio", sa.Text(), nullable=False),
        sa.Column("external_id", sa.String(255), nullable=True),
        sa.Column("post_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("email", name="uq_account_email"),
        sa.UniqueConstraint("external_id", name="uq_account_external_id"),
        sa.UniqueConstraint("slug", name="uq_account_slug"),
    )
    op.create_table(
        "login_session",
        sa.Column("token_digest", sa.String(64), nullable=False),
        sa.Column("account_id", big_id, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("user_agent", sa.String(255), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("token_digest", name="pk_login_session"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_login_session_account_id", ondelete="CASCADE"
        ),
    )
    op.create_index("idx_login_session_account", "login_session", ["account_id"])
    op.create_table(
        "api_token",
        sa.Column("id", big_id, nullable=False),
        sa.Column("account_id", big_id, nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("token_digest", sa.String(64), nullable=False),
        sa.Column("scopes", json_value, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_used_at", UtcDateTime(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
        sa.UniqueConstraint("token_digest", name="uq_api_token_token_digest"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_api_token_account_id", ondelete="CASCADE"
        ),
    )
    op.create_index("idx_api_token_account", "api_token", ["account_id"])


def _posts() -> None:
    op.create_table(
        "post",
        sa.Column("id", big_id, nullable=False),
        sa.Column("slug", sa.String(255), nullable=False),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("author_id", big_id, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("publish_at", UtcDateTime(), nullable=True),
        sa.Column("comment_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_comment_at", UtcDateTime(), nullable=True),
        sa.Column("comments_open", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("head_revision_id", big_id, nullable=True),
        sa.Column("published_revision_id", big_id, nullable=True),
        sa.Column("reading_time_min", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("words", sa.Integer(), server_default="0", nullable=False),
        sa.Column("image", sa.String(1024), nullable=True),
        sa.Column("source_key", sa.String(255), nullable=True),
        sa.Column("source_digest", sa.String(64), nullable=True),
        sa.Column("excerpt", sa.Text(), server_default="", nullable=False),
        sa.Column("extra", json_value, nullable=True),
        sa.Column("toc", json_value, nullable=True),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("html", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_post"),
        sa.UniqueConstraint("slug", name="uq_post_slug"),
        sa.UniqueConstraint("source_key", name="uq_post_source_key"),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name="fk_post_author_id"),
    )
    op.create_index(
        "idx_post_author", "post", ["author_id", sa.text("updated_at DESC"), sa.text("id DESC")]
    )
    op.create_index("idx_post_created", "post", [sa.text("created_at DESC"), sa.text("id DESC")])
    op.create_index(
        "idx_post_published",
        "post",
        [sa.text("publish_at DESC"), sa.text("id DESC")],
        sqlite_where=sa.text("status = 'published'"),
        postgresql_where=sa.text("status = 'published'"),
    )
    op.create_index(
        "idx_post_status", "post", ["status", sa.text("updated_at DESC"), sa.text("id DESC")]
    )
    op.create_index("idx_post_updated", "post", [sa.text("updated_at DESC"), sa.text("id DESC")])
    op.create_table(
        "revision",
        sa.Column("id", big_id, nullable=False),
        sa.Column("post_id", big_id, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("account_id", big_id, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.String(255), server_default="", nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("excerpt", sa.Text(), nullable=True),
        sa.Column("image", sa.String(1024), nullable=True),
        sa.Column("tags", json_value, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_revision"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_revision_account_id"),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name="fk_revision_post_id", ondelete="CASCADE"
        ),
    )
    op.create_index("idx_revision_post", "revision", ["post_id", "number"], unique=True)
    op.create_table(
        "working_copy",
        sa.Column("post_id", big_id, nullable=False),
        sa.Column("account_id", big_id, nullable=False),
        sa.Column("base_revision_id", big_id, nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("slug", sa.String(255), nullable=True),
        sa.Column("excerpt", sa.Text(), nullable=True),
        sa.Column("image", sa.String(1024), nullable=True),
        sa.Column("tags", json_value, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("post_id", "account_id", name="pk_working_copy"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_working_copy_account_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name="fk_working_copy_post_id", ondelete="CASCADE"
        ),
    )
    op.create_index("idx_working_copy_account", "working_copy", ["account_id"])
    op.create_table(
        "redirect",
        sa.Column("id", big_id, nullable=False),
        sa.Column("path", sa.String(1024), nullable=False),
        sa.Column("post_id", big_id, nullable=True),
        sa.Column("target", sa.String(1024), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_redirect"),
        sa.UniqueConstraint("path", name="uq_redirect_path"),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name="fk_redirect_post_id", ondelete="CASCADE"
        ),
    )
    op.create_index("idx_redirect_post", "redirect", ["post_id"])


def _lists() -> None:
    op.create_table(
        "tag",
        sa.Column("id", big_id, nullable=False),
        sa.Column("slug", sa.String(255), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("post_count", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tag"),
        sa.UniqueConstraint("slug", name="uq_tag_slug"),
    )
    op.create_table(
        "post_tag",
        sa.Column("post_id", big_id, nullable=False),
        sa.Column("tag_id", big_id, nullable=False),
        sa.Column("publish_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("post_id", "tag_id", name="pk_post_tag"),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name="fk_post_tag_post_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"], ["tag.id"], name="fk_post_tag_tag_id", ondelete="CASCADE"
        ),
    )
    op.create_index(
        "idx_post_tag_published",
        "post_tag",
        ["tag_id", sa.text("publish_at DESC"), sa.text("post_id DESC")],
        sqlite_where=sa.text("publish_at IS NOT NULL"),
        postgresql_where=sa.text("publish_at IS NOT NULL"),
    )
    op.create_table(
        "post_author",
        sa.Column("post_id", big_id, nullable=False),
        sa.Column("account_id", big_id, nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("publish_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("post_id", "account_id", name="pk_post_author"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_post_author_account_id"),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name="fk_post_author_post_id", ondelete="CASCADE"
        ),
    )
    op.create_index(
        "idx_post_author_published",
        "post_author",
        ["account_id", sa.text("publish_at DESC"), sa.text("post_id DESC")],
        sqlite_where=sa.text("publish_at IS NOT NULL"),
        postgresql_where=sa.text("publish_at IS NOT NULL"),
    )
    op.create_table(
        "post_month",
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("post_count", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("month", name="pk_post_month"),
    )


def _search() -> None:
    """What the triggers of `post` keep; nothing else writes here."""
    if op.get_bind().dialect.name == "sqlite":
        words = "tokenize = 'porter unicode61 remove_diacritics 2', columnsize = 0"
        op.execute(f"CREATE VIRTUAL TABLE post_search USING fts5(text, {words})")
        op.execute(f"CREATE VIRTUAL TABLE post_search_lead USING fts5(title, excerpt, {words})")
        return
    op.create_table(
        "post_search",
        sa.Column("post_id", big_id, nullable=False),
        sa.Column("publish_at", UtcDateTime(), nullable=False),
        sa.Column("lead", TSVECTOR(), nullable=False),
        sa.Column("words", TSVECTOR(), nullable=False),
        sa.PrimaryKeyConstraint("post_id", name="pk_post_search"),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name="fk_post_search_post_id", ondelete="CASCADE"
        ),
    )
    newest = [sa.text("publish_at DESC"), sa.text("post_id DESC")]
    op.create_index("idx_post_search_published", "post_search", newest)
    op.create_index("idx_post_search_lead", "post_search", ["lead"], postgresql_using="gin")
    op.create_index("idx_post_search_words", "post_search", ["words"], postgresql_using="gin")


def _comments_and_media() -> None:
    op.create_table(
        "comment",
        sa.Column("id", big_id, nullable=False),
        sa.Column("post_id", big_id, nullable=False),
        sa.Column("account_id", big_id, nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("author_name", sa.String(255), nullable=False),
        sa.Column("author_email", sa.String(320), nullable=True),
        sa.Column("author_url", sa.String(1024), nullable=True),
        sa.Column("address_digest", sa.String(64), nullable=True),
        sa.Column("source_key", sa.String(255), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_comment"),
        sa.UniqueConstraint("source_key", name="uq_comment_source_key"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_comment_account_id"),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name="fk_comment_post_id", ondelete="CASCADE"
        ),
    )
    op.create_index(
        "idx_comment_author",
        "comment",
        ["author_email", "status"],
        sqlite_where=sa.text("author_email IS NOT NULL"),
        postgresql_where=sa.text("author_email IS NOT NULL"),
    )
    op.create_index("idx_comment_post", "comment", ["post_id", "status", "created_at", "id"])
    op.create_index(
        "idx_comment_status", "comment", ["status", sa.text("created_at DESC"), sa.text("id DESC")]
    )
    op.create_table(
        "media",
        sa.Column("id", big_id, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("path", sa.String(255), nullable=False),
        sa.Column("original_name", sa.String(255), nullable=False),
        sa.Column("mime_type", sa.String(100), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=True),
        sa.Column("height_px", sa.Integer(), nullable=True),
        sa.Column("is_animated", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("alt", sa.Text(), server_default="", nullable=False),
        sa.Column("account_id", big_id, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_media"),
        sa.UniqueConstraint("digest", name="uq_media_digest"),
        sa.UniqueConstraint("path", name="uq_media_path"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_media_account_id"),
    )
    op.create_index("idx_media_created", "media", [sa.text("created_at DESC"), sa.text("id DESC")])
    op.create_table(
        "media_variant",
        sa.Column("id", big_id, nullable=False),
        sa.Column("media_id", big_id, nullable=False),
        sa.Column("mime_type", sa.String(100), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.Column("height_px", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_media_variant"),
        sa.UniqueConstraint("path", name="uq_media_variant_path"),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name="fk_media_variant_media_id", ondelete="CASCADE"
        ),
    )
    op.create_index(
        "uq_media_variant", "media_variant", ["media_id", "mime_type", "width_px"], unique=True
    )


def _links() -> None:
    op.create_table(
        "preview_link",
        sa.Column("id", big_id, nullable=False),
        sa.Column("post_id", big_id, nullable=False),
        sa.Column("account_id", big_id, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_preview_link"),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name="fk_preview_link_post_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_preview_link_account_id", ondelete="SET NULL"
        ),
    )
    op.create_index("idx_preview_link_post", "preview_link", ["post_id"])
    op.create_table(
        "password_link",
        sa.Column("token_digest", sa.String(64), nullable=False),
        sa.Column("account_id", big_id, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("token_digest", name="pk_password_link"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_password_link_account_id", ondelete="CASCADE"
        ),
    )
    op.create_index("idx_password_link_account", "password_link", ["account_id"])


def _queues() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", big_id, nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at_s", sa.BigInteger(), nullable=False),
        sa.Column("cache_tag", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sqlite_autoincrement=True,
    )
    op.create_index("idx_outbox_transaction", "outbox", ["transaction_id"])
    op.create_table(
        "job",
        sa.Column("id", big_id, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("arguments", json_value, nullable=False),
        sa.Column("unique_key", sa.String(255), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_owner", sa.String(100), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        sa.UniqueConstraint("unique_key", name="uq_job_unique_key"),
    )
    op.create_index("idx_job_due", "job", ["status", "due_at", "id"])
    op.create_table(
        "mail",
        sa.Column("id", big_id, nullable=False),
        sa.Column("unique_key", sa.String(255), nullable=False),
        sa.Column("account_id", big_id, nullable=True),
        sa.Column("to_address", sa.String(320), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mail"),
        sa.UniqueConstraint("unique_key", name="uq_mail_unique_key"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_mail_account_id", ondelete="SET NULL"
        ),
    )
    op.create_index("idx_mail_unsent", "mail", ["sent_at", "id"])
    op.create_table(
        "rate_limit",
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("free_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_rate_limit"),
    )
    op.create_index("idx_rate_limit_free", "rate_limit", ["free_at_ms"])


def _programs() -> None:
    op.create_table(
        "carried_out",
        sa.Column("scope", sa.String(100), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("answer", json_value, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "key", name="pk_carried_out"),
    )
    op.create_index("idx_carried_out_created", "carried_out", ["created_at"])
    op.create_table(
        "webhook",
        sa.Column("id", big_id, nullable=False),
        sa.Column("url", sa.String(1024), nullable=False),
        sa.Column("events", json_value, nullable=False),
        sa.Column("salt", sa.String(64), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("account_id", big_id, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_webhook_account_id", ondelete="SET NULL"
        ),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", big_id, nullable=False),
        sa.Column("webhook_id", big_id, nullable=False),
        sa.Column("event_key", sa.String(255), nullable=False),
        sa.Column("event", sa.String(50), nullable=False),
        sa.Column("payload", json_value, nullable=False),
        sa.Column("status", sa.String(20), server_default="waiting", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("answer_status", sa.Integer(), nullable=True),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_delivery"),
        sa.ForeignKeyConstraint(
            ["webhook_id"],
            ["webhook.id"],
            name="fk_webhook_delivery_webhook_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "uq_webhook_delivery", "webhook_delivery", ["webhook_id", "event_key"], unique=True
    )
    op.create_index(
        "idx_webhook_delivery_status", "webhook_delivery", ["status", sa.text("id DESC")]
    )
