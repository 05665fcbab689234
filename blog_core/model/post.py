"""Posts: the published text, its revisions and working copies, and the lists posts stand in."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Text,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from blog_core.model.declarative import Base, UtcDateTime, big_id, json_value

POST_STATUSES = ("draft", "published", "hidden", "archived")


class Post(Base):
    """A post as readers get it. `title` and `slug` follow the head revision until it is published.

    Published means `status = 'published' and publish_at <= now`; scheduled is the same with a
    `publish_at` still to come. The counters (`comment_count`, `last_comment_at`) move neither
    `version` nor `updated_at`.
    """

    __tablename__ = "post"
    __table_args__ = (
        Index(
            "idx_post_status",
            "status",
            text("updated_at DESC"),
            text("id DESC"),
            info={"query": "posts of a status, the last changed first"},
        ),
        Index(
            "idx_post_created",
            text("created_at DESC"),
            text("id DESC"),
            info={"query": "posts in the order in which they were begun"},
        ),
        Index(
            "idx_post_updated",
            text("updated_at DESC"),
            text("id DESC"),
            info={"query": "posts of all statuses, the last changed first"},
        ),
        Index(
            "idx_post_published",
            text("publish_at DESC"),
            text("id DESC"),
            sqlite_where=text("status = 'published'"),
            postgresql_where=text("status = 'published'"),
            info={"query": "published posts, the newest first: home, months, feeds"},
        ),
        Index(
            "idx_post_author",
            "author_id",
            text("updated_at DESC"),
            text("id DESC"),
            info={"query": "posts of an author, the last changed first"},
        ),
    )

    id: Mapped[int] = mapped_column(big_id, primary_key=True)
    slug: Mapped[str] = mapped_column(String(255), unique=True)
    title: Mapped[str] = mapped_column(String(255))
    status: Mapped[str] = mapped_column(String(20), default="draft")
    author_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    publish_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    comment_count: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    last_comment_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    comments_open: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    head_revision_id: Mapped[int | None] = mapped_column(big_id)
    published_revision_id: Mapped[int | None] = mapped_column(big_id)
    reading_time_min: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    words: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    image: Mapped[str | None] = mapped_column(String(1024))
    source_key: Mapped[str | None] = mapped_column(String(255), unique=True)
    source_digest: Mapped[str | None] = mapped_column(String(64))
    excerpt: Mapped[str] = mapped_column(Text, default="", server_default="")
    # The long columns come last: SQLite reads a row from the front, and lists never need them.
    extra: Mapped[dict[str, Any] | None] = mapped_column(json_value)
    toc: Mapped[list[Any] | None] = mapped_column(json_value)
    body: Mapped[str] = mapped_column(Text, default="", server_default="")
    html: Mapped[str] = mapped_column(Text, default="", server_default="")


class Revision(Base):
    """A text as it was explicitly saved. Never changed, never deleted while the post exists."""

    __tablename__ = "revision"
    __table_args__ = (
        Index(
            "idx_revision_post",
            "post_id",
            "number",
            unique=True,
            info={"query": "the revisions of a post; each number once"},
        ),
    )

    id: Mapped[int] = mapped_column(big_id, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(String(255), default="", server_default="")
    digest: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(255))
    excerpt: Mapped[str | None] = mapped_column(Text)
    image: Mapped[str | None] = mapped_column(String(1024))
    tags: Mapped[list[Any]] = mapped_column(json_value, default=list)
    body: Mapped[str] = mapped_column(Text)


class WorkingCopy(Base):
    """What one editor has typed and not yet saved: one row per post and editor, overwritten."""

    __tablename__ = "working_copy"
    __table_args__ = (
        Index(
            "idx_working_copy_account",
            "account_id",
            info={"query": "the working copies of an account, which goes with them"},
        ),
    )

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
    )
    base_revision_id: Mapped[int | None] = mapped_column(big_id)
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    title: Mapped[str] = mapped_column(String(255), default="")
    slug: Mapped[str | None] = mapped_column(String(255))
    excerpt: Mapped[str | None] = mapped_column(Text)
    image: Mapped[str | None] = mapped_column(String(1024))
    tags: Mapped[list[Any]] = mapped_column(json_value, default=list)
    body: Mapped[str] = mapped_column(Text, default="")


class Tag(Base):
    """A subject readers click on. `post_count` counts published posts, scheduled ones included."""

    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(big_id, primary_key=True)
    slug: Mapped[str] = mapped_column(String(255), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    description: Mapped[str] = mapped_column(Text, default="", server_default="")
    post_count: Mapped[int] = mapped_column(Integer, default=0, server_default="0")


class PostTag(Base):
    """A post's tag. `publish_at` repeats the post's while it is published, else it is null, so that
    one index serves a tag's page at any depth."""

    __tablename__ = "post_tag"
    __table_args__ = (
        Index(
            "idx_post_tag_published",
            "tag_id",
            text("publish_at DESC"),
            text("post_id DESC"),
            sqlite_where=text("publish_at IS NOT NULL"),
            postgresql_where=text("publish_at IS NOT NULL"),
            info={"query": "published posts of a tag, the newest first"},
        ),
    )

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True)
    publish_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PostAuthor(Base):
    """A post's authors in order (`position` 0 is `post.author_id`). `publish_at`: see `PostTag`."""

    __tablename__ = "post_author"
    __table_args__ = (
        Index(
            "idx_post_author_published",
            "account_id",
            text("publish_at DESC"),
            text("post_id DESC"),
            sqlite_where=text("publish_at IS NOT NULL"),
            postgresql_where=text("publish_at IS NOT NULL"),
            info={"query": "published posts of an author, the newest first"},
        ),
    )

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, default=0)
    publish_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PostMonth(Base):
    """How many posts (scheduled ones included) a month of the archive has; month is `2026-11`."""

    __tablename__ = "post_month"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    post_count: Mapped[int] = mapped_column(Integer, default=0, server_default="0")


class Redirect(Base):
    """An old path below the blog's prefix, and the post (or path) that answers for it now."""

    __tablename__ = "redirect"
    __table_args__ = (
        Index(
            "idx_redirect_post",
            "post_id",
            info={"query": "the old addresses of a post"},
        ),
    )

    id: Mapped[int] = mapped_column(big_id, primary_key=True)
    path: Mapped[str] = mapped_column(String(1024), unique=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    target: Mapped[str | None] = mapped_column(String(1024))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
