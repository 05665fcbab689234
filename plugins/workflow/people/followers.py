"""Who wants to know what happens to a post: all who had a hand in it."""

from sqlalchemy import Select, select, union
from sqlalchemy.orm import Session

from plugins.workflow.people.model import WorkflowApproval, WorkflowAssignment, WorkflowNote
from plugins.workflow.people.post_seen import PostSeen


def followers(session: Session, post: PostSeen) -> set[int]:
    """The accounts of a post's authors, of those its work was given to, and of those who wrote
    notes or verdicts on it."""

    def of(table: type[WorkflowAssignment | WorkflowNote | WorkflowApproval]) -> Select[int | None]:
        return select(table.account_id).where(
            table.post_id == post.id, table.account_id.is_not(None)
        )

    found = session.scalars(union(of(WorkflowAssignment), of(WorkflowNote), of(WorkflowApproval)))
    return {account_id for account_id in found if account_id is not None} | post.subject.owners
