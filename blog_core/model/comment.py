"""Readers' comments."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from blog_core.model.declarative import Base, UtcDateTime, big_id

COMMENT_STATUSES = ("pending", "approved", "spam", "deleted")


class Comment(Base):
    """A comment. Only approved ones are shown and counted."""

    __tablename__ = "comment"
    __table_args__ = (
        Index(
            "idx_comment_post",
            "post_id",
            "status",
            "created_at",
            "id",
            info={"query": "approved comments of a post in their order"},
        ),
        Index(
            "idx_comment_author",
            "author_email",
            "status",
            sqlite_where=text("author_email IS NOT NULL"),
            postgresql_where=text("author_email IS NOT NULL"),
            info={"query": "comments of somebody who was approved before"},
        ),
        Index(
            "idx_comment_status",
            "status",
            text("created_at DESC"),
            text("id DESC"),
            info={"query": "comments of a status, the newest first"},
        ),
    )

    id: Mapped[int] = mapped_column(big_id, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    status: Mapped[str] = mapped_column(String(20), default="pending")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    author_name: Mapped[str] = mapped_column(String(255))
    author_email: Mapped[str | None] = mapped_column(String(320))
    author_url: Mapped[str | None] = mapped_column(String(1024))
    address_digest: Mapped[str | None] = mapped_column(String(64))
    source_key: Mapped[str | None] = mapped_column(String(255), unique=True)
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
