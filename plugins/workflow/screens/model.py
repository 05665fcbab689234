"""Which sub-stage a post stands in on the board."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from blog_core.api import Base, UtcDateTime, big_id

stage_name = String(100).with_variant(String(100, collation="C"), "postgresql")
"""Ordered by its bytes on both databases: the board reads ranges between names."""


class WorkflowCard(Base):
    """A post on the board. `author_id` repeats the post's, so that one index serves each
    author's own board at any number of posts."""

    __tablename__ = "workflow_card"
    __table_args__ = (
        Index("idx_workflow_card_stage", "stage_id", text("moved_at DESC"), text("post_id DESC")),
        Index(
            "idx_workflow_card_author",
            "author_id",
            "stage_id",
            text("moved_at DESC"),
            text("post_id DESC"),
        ),
    )

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    stage_id: Mapped[str] = mapped_column(stage_name)
    author_id: Mapped[int] = mapped_column(big_id)
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    moved_by: Mapped[str] = mapped_column(String(255))
