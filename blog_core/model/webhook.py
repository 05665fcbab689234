"""Webhooks, and every message they still owe or have sent."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, text, true
from sqlalchemy.orm import Mapped, mapped_column

from blog_core.model.declarative import Base, UtcDateTime, big_id, json_value

DELIVERY_STATUSES = ("waiting", "sent", "dead", "dropped")


class Webhook(Base):
    """An address that is told of events. `salt` and the blog's key give its secret."""

    __tablename__ = "webhook"

    id: Mapped[int] = mapped_column(big_id, primary_key=True)
    url: Mapped[str] = mapped_column(String(1024))
    events: Mapped[list[Any]] = mapped_column(json_value, default=list)
    salt: Mapped[str] = mapped_column(String(64))
    is_active: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WebhookDelivery(Base):
    """A message to one webhook, written in the transaction that it tells of.

    `event_key` names the event: one event gives one message, however often it is reported.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        Index(
            "uq_webhook_delivery",
            "webhook_id",
            "event_key",
            unique=True,
            info={"query": "the one delivery of an event to a webhook"},
        ),
        Index(
            "idx_webhook_delivery_status",
            "status",
            text("id DESC"),
            info={"query": "deliveries of a status, the newest first"},
        ),
    )

    id: Mapped[int] = mapped_column(big_id, primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    event_key: Mapped[str] = mapped_column(String(255))
    event: Mapped[str] = mapped_column(String(50))
    payload: Mapped[dict[str, Any]] = mapped_column(json_value)
    status: Mapped[str] = mapped_column(String(20), default="waiting", server_default="waiting")
    attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    answer_status: Mapped[int | None] = mapped_column(Integer)
    last_error: Mapped[str] = mapped_column(Text, default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
