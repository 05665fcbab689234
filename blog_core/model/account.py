"""Accounts, their login sessions and their API tokens."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, true
from sqlalchemy.orm import Mapped, mapped_column

from blog_core.model.declarative import Base, UtcDateTime, big_id, json_value

ROLES = ("admin", "editor", "author", "contributor")


class Account(Base):
    """A person who writes here. `password_hash` None: nobody can sign in as this account.

    Imported authors are such accounts; so are the users of a host app, known by `external_id`.
    """

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(big_id, primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    slug: Mapped[str] = mapped_column(String(255), unique=True)
    email: Mapped[str | None] = mapped_column(String(320), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    must_change_password: Mapped[bool] = mapped_column(Boolean, default=False)
    role: Mapped[str] = mapped_column(String(20), default="contributor")
    is_active: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    bio: Mapped[str] = mapped_column(Text, default="")
    external_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    post_count: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LoginSession(Base):
    """A signed-in browser. The primary key is a digest: the table alone opens no session."""

    __tablename__ = "login_session"
    __table_args__ = (
        Index(
            "idx_login_session_account",
            "account_id",
            info={"query": "the sessions of an account, to revoke them"},
        ),
    )

    token_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    user_agent: Mapped[str] = mapped_column(String(255), default="")
    address: Mapped[str] = mapped_column(String(64), default="")


class ApiToken(Base):
    """A program's key, shown once when it is made; only its digest is kept."""

    __tablename__ = "api_token"
    __table_args__ = (
        Index(
            "idx_api_token_account",
            "account_id",
            info={"query": "the tokens of an account"},
        ),
    )

    id: Mapped[int] = mapped_column(big_id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(255))
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[Any]] = mapped_column(json_value, default=list)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
