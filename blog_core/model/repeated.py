"""Requests that must be carried out once, with the answer that a repeated one gets."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from blog_core.model.declarative import Base, UtcDateTime, json_value


class CarriedOut(Base):
    """A request that a client named by a key of its own. Written in the request's transaction."""

    __tablename__ = "carried_out"
    __table_args__ = (
        Index(
            "idx_carried_out_created",
            "created_at",
            info={"query": "requests that nobody repeats any more, to forget them"},
        ),
    )

    scope: Mapped[str] = mapped_column(String(100), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any]] = mapped_column(json_value)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
