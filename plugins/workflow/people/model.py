"""The tables of people: who does what until when, who approved which text, who was told of it."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from blog_core.api import Base, UtcDateTime, big_id


class WorkflowAssignment(Base):
    """Who does a sub-stage of a post, and until when. `done_at`: the sub-stage was completed."""

    __tablename__ = "workflow_assignment"
    __table_args__ = (
        Index("idx_workflow_assignment_account", "account_id", "done_at", "due_on", "post_id"),
        Index("idx_workflow_assignment_due", "due_on", "post_id"),
    )

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    stage_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    due_on: Mapped[date | None] = mapped_column(Date)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WorkflowReviewLink(Base):
    """A link by which one reviewer without an account sees one revision, and decides on it once.

    `token_digest` recognises the link; the link itself is kept nowhere.
    """

    __tablename__ = "workflow_review_link"
    __table_args__ = (Index("idx_workflow_review_link_post", "post_id", "id"),)

    id: Mapped[int] = mapped_column(big_id, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    revision_id: Mapped[int] = mapped_column(big_id)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    reviewer: Mapped[str] = mapped_column(String(255))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WorkflowApproval(Base):
    """Somebody's verdict on one text, known by its digest. Rows are only ever added: of each
    person the last one counts, and only while the post has this text."""

    __tablename__ = "workflow_approval"
    __table_args__ = (Index("idx_workflow_approval_post", "post_id", "id"),)

    id: Mapped[int] = mapped_column(big_id, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    revision_id: Mapped[int] = mapped_column(big_id)
    digest: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    link_id: Mapped[int | None] = mapped_column(
        ForeignKey("workflow_review_link.id", ondelete="SET NULL")
    )
    reviewer: Mapped[str] = mapped_column(String(255))
    verdict: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class WorkflowNote(Base):
    """A remark on a draft, or (`thread_id`) an answer to one. `quote` is the place it speaks of,
    `before` and `after` what stood around it."""

    __tablename__ = "workflow_note"
    __table_args__ = (Index("idx_workflow_note_post", "post_id", "id"),)

    id: Mapped[int] = mapped_column(big_id, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    thread_id: Mapped[int | None] = mapped_column(
        ForeignKey("workflow_note.id", ondelete="CASCADE")
    )
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    link_id: Mapped[int | None] = mapped_column(
        ForeignKey("workflow_review_link.id", ondelete="SET NULL")
    )
    author: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    body: Mapped[str] = mapped_column(Text)
    quote: Mapped[str] = mapped_column(Text, default="")
    before: Mapped[str] = mapped_column(String(64), default="")
    after: Mapped[str] = mapped_column(String(64), default="")
    place: Mapped[int] = mapped_column(Integer, default=0)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_by: Mapped[str] = mapped_column(String(255), default="")


class WorkflowNotice(Base):
    """Something that happened, told to one person once (`event_key`)."""

    __tablename__ = "workflow_notice"
    __table_args__ = (
        Index("idx_workflow_notice_event", "account_id", "event_key", unique=True),
        Index("idx_workflow_notice_newest", "account_id", text("id DESC")),
    )

    id: Mapped[int] = mapped_column(big_id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    stage_id: Mapped[str] = mapped_column(String(100), default="")
    kind: Mapped[str] = mapped_column(String(20))
    event_key: Mapped[str] = mapped_column(String(200))
    message: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WorkflowMuted(Base):
    """A kind of notice that a person does not want by mail."""

    __tablename__ = "workflow_muted"

    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)


class WorkflowPresence(Base):
    """When somebody's browser last said that it has a post open."""

    __tablename__ = "workflow_presence"
    __table_args__ = (Index("idx_workflow_presence_seen", "seen_at"),)

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
    )
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    place: Mapped[str] = mapped_column(String(100), default="")


PEOPLE_TABLES = (
    WorkflowAssignment,
    WorkflowReviewLink,
    WorkflowApproval,
    WorkflowNote,
    WorkflowNotice,
    WorkflowMuted,
    WorkflowPresence,
)
