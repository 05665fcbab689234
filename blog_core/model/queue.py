"""What is still to be done: the outbox of changes, jobs, and mail."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from blog_core.model.declarative import Base, UtcDateTime, big_id, json_value

OUTBOX_KEPT_S = 3_600
"""How long rows stay in the outbox. Who has not looked for that long takes all as touched."""


class Outbox(Base):
    """A cache tag that a committed write touched. Written by triggers, in the writer's transaction.

    `transaction_id` is PostgreSQL's `pg_current_xact_id()`; SQLite has one writer and needs none.
    `created_at_s` (Unix seconds, set by the trigger) serves only the clean-up.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "idx_outbox_transaction",
            "transaction_id",
            info={"query": "changes of transactions that others had not ended"},
        ),
        # Numbers are never used twice, so a missing one tells that rows were removed.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(big_id, primary_key=True)
    transaction_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at_s: Mapped[int] = mapped_column(BigInteger)
    cache_tag: Mapped[str] = mapped_column(Text)


class Job(Base):
    """Work to be done once, at or after `due_at`, by whoever holds the lease."""

    __tablename__ = "job"
    __table_args__ = (
        Index(
            "idx_job_due",
            "status",
            "due_at",
            "id",
            info={"query": "the next job that is due"},
        ),
    )

    id: Mapped[int] = mapped_column(big_id, primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    arguments: Mapped[dict[str, Any]] = mapped_column(json_value, default=dict)
    unique_key: Mapped[str | None] = mapped_column(String(255), unique=True)
    status: Mapped[str] = mapped_column(String(20), default="waiting")
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    lease_owner: Mapped[str | None] = mapped_column(String(100))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str] = mapped_column(Text, default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Mail(Base):
    """A message to be sent; `unique_key` (event and recipient) keeps it from being sent twice."""

    __tablename__ = "mail"
    __table_args__ = (
        Index(
            "idx_mail_unsent",
            "sent_at",
            "id",
            info={"query": "mail that is still to be sent"},
        ),
    )

    id: Mapped[int] = mapped_column(big_id, primary_key=True)
    unique_key: Mapped[str] = mapped_column(String(255), unique=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    to_address: Mapped[str] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(String(255))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    last_error: Mapped[str] = mapped_column(Text, default="", server_default="")
