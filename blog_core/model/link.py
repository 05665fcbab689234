"""Addresses that stand for a sign-in, for a while: to read a draft, or to choose a password."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from blog_core.model.declarative import Base, UtcDateTime, big_id


class PreviewLink(Base):
    """A link to the newest saved text of a post. Its address is signed; this row is not enough."""

    __tablename__ = "preview_link"
    __table_args__ = (
        Index(
            "idx_preview_link_post",
            "post_id",
            info={"query": "the preview links of a post"},
        ),
    )

    id: Mapped[int] = mapped_column(big_id, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PasswordLink(Base):
    """A link to choose a password by, once. Kept as a digest, and gone when it is used."""

    __tablename__ = "password_link"
    __table_args__ = (
        Index(
            "idx_password_link_account",
            "account_id",
            info={"query": "the password links of an account, to withdraw them"},
        ),
    )

    token_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
