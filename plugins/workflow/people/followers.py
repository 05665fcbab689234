"""Who wants to know what happens to a post: all who had a hand in it."""

from sqlalchemy import Select, select, union
from sqlalchemy.orm import Session

from plugins.workflow.people.model import (
    WorkflowApproval,
    WorkflowAssignment,
    WorkflowNote,
    WorkflowReviewLink,
)
from plugins.workflow.people.post_seen import PostSeen

_Table = WorkflowAssignment | WorkflowNote | WorkflowApproval | WorkflowReviewLink


def followers(session: Session, post: PostSeen) -> set[int]:
    """The accounts of a post's authors, of those its work was given to, of those who wrote notes or
    verdicts on it, and of those who invited reviewers."""

    def of(table: type[_Table]) -> Select[int | None]:
        return select(table.account_id).where(
            table.post_id == post.id, table.account_id.is_not(None)
        )

    tables = WorkflowAssignment, WorkflowNote, WorkflowApproval, WorkflowReviewLink
    found = session.scalars(union(*(of(table) for table in tables)))
    return {account_id for account_id in found if account_id is not None} | post.subject.owners
