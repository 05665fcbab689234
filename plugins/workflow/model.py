"""The plugin's tables: where each post stands, and how it got there."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from blog_core.api import Base, UtcDateTime, big_id, json_value


class WorkflowStage(Base):
    """A post in one sub-stage. No row means NOT_STARTED at version 0."""

    __tablename__ = "workflow_stage"

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    stage_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    state: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(Integer)
    fields: Mapped[dict[str, Any]] = mapped_column(json_value)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WorkflowHistory(Base):
    """One change of one sub-stage; rows are only ever added."""

    __tablename__ = "workflow_history"
    __table_args__ = (Index("idx_workflow_history_stage", "post_id", "stage_id", "version"),)

    id: Mapped[int] = mapped_column(big_id, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    stage_id: Mapped[str] = mapped_column(String(100))
    version: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[int | None] = mapped_column(big_id)
    actor: Mapped[str] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(20))
    changed: Mapped[dict[str, Any]] = mapped_column(json_value)
