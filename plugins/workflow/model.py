"""The plugin's tables: which definition a post follows, where it stands, and how it got there."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from blog_core.api import Base, UtcDateTime, big_id, json_value


class WorkflowPost(Base):
    """The definition that was chosen for a post. No row: the settings decide."""

    __tablename__ = "workflow_post"

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    definition: Mapped[str] = mapped_column(String(41))


class WorkflowStage(Base):
    """A post in one sub-stage. No row means NOT_STARTED at version 0.

    `definition` and `definition_version` say what it was last written under, `revision_id` which
    text the post had when its state last changed, and `digest` is that of its newest history row.
    """

    __tablename__ = "workflow_stage"

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    stage_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    state: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(Integer)
    fields: Mapped[dict[str, Any]] = mapped_column(json_value)
    definition: Mapped[str] = mapped_column(String(41))
    definition_version: Mapped[int] = mapped_column(Integer)
    revision_id: Mapped[int | None] = mapped_column(big_id)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    digest: Mapped[str] = mapped_column(String(64))


class WorkflowHistory(Base):
    """One change of one sub-stage; rows are only ever added.

    `changed` holds each changed field with its value `before` and `after`. `digest` covers the row
    and the digest of the row before it.
    """

    __tablename__ = "workflow_history"
    __table_args__ = (
        Index("idx_workflow_history_stage", "post_id", "stage_id", "version", unique=True),
    )

    id: Mapped[int] = mapped_column(big_id, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    stage_id: Mapped[str] = mapped_column(String(100))
    version: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[int | None] = mapped_column(big_id)
    actor: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(20))
    action: Mapped[str | None] = mapped_column(String(41))
    state: Mapped[str] = mapped_column(String(20))
    changed: Mapped[dict[str, Any]] = mapped_column(json_value)
    note: Mapped[str] = mapped_column(String(500))
    definition: Mapped[str] = mapped_column(String(41))
    definition_version: Mapped[int] = mapped_column(Integer)
    revision_id: Mapped[int | None] = mapped_column(big_id)
    digest: Mapped[str] = mapped_column(String(64))
