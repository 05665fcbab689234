"""Giving a sub-stage of a post to somebody, with a date by which it is due."""

from datetime import date

from sqlalchemy import RowMapping, bindparam, select, update
from sqlalchemy.orm import Session

from blog_core.api import Account, Actor, FieldError, Query, Site, ValidationError, insert_on
from plugins.workflow.own import own_stages
from plugins.workflow.people.model import WorkflowAssignment
from plugins.workflow.people.notices import Event, tell
from plugins.workflow.people.post_seen import PostSeen, seen

MAX_PEOPLE = 500

ASSIGNMENTS = Query(
    "workflow.assignments",
    select(
        WorkflowAssignment.stage_id,
        WorkflowAssignment.account_id,
        WorkflowAssignment.due_on,
        WorkflowAssignment.done_at,
        Account.name,
    )
    .outerjoin(Account, Account.id == WorkflowAssignment.account_id)
    .where(WorkflowAssignment.post_id == bindparam("post_id")),
)
PEOPLE = Query(
    "workflow.people",
    select(Account.id, Account.name, Account.role)
    .where(Account.is_active, Account.password_hash.is_not(None) | Account.external_id.is_not(None))
    .order_by(Account.name, Account.id)
    .limit(MAX_PEOPLE),
)


def assign(
    session: Session, *, post_id: int, stage_id: str, account_id: int | None, due_on: date | None
) -> None:
    """Give a sub-stage to an account until a day, or take both away (None).

    Who gets it must be able to edit the post, else `ValidationError` names those who are, and is
    told. Raises `UnknownStage`, `NotFound` or `Forbidden`, as for editing the post.
    """
    post = seen(session, post_id, "edit-posts", lock=True)
    site: Site = session.info["site"]
    own_stages(site).standing(post_id).definition.find(stage_id)
    _check(session, post, account_id)
    was = session.scalar(
        select(WorkflowAssignment.account_id).where(
            WorkflowAssignment.post_id == post_id, WorkflowAssignment.stage_id == stage_id
        )
    )
    values = {"account_id": account_id, "due_on": due_on}
    row = insert_on(session, WorkflowAssignment).values(
        post_id=post_id, stage_id=stage_id, **values
    )
    keys = ["post_id", "stage_id"]
    session.execute(row.on_conflict_do_update(index_elements=keys, set_=values))
    if account_id is not None and account_id != was:
        _tell(session, post, stage_id, account_id, due_on)


def note_done(session: Session, *, post_id: int, stage_id: str, is_done: bool) -> None:
    """The sub-stage was completed, or taken up again: it leaves its person's list, or is back."""
    site: Site = session.info["site"]
    session.execute(
        update(WorkflowAssignment)
        .where(WorkflowAssignment.post_id == post_id, WorkflowAssignment.stage_id == stage_id)
        .values(done_at=site.clock() if is_done else None)
    )


def who_can(site: Site, post: PostSeen) -> list[RowMapping]:
    """The accounts that may edit a post, by name. One statement."""
    return [row for row in site.read(PEOPLE) if _may_edit(site, post, row)]


def _may_edit(site: Site, post: PostSeen, row: RowMapping) -> bool:
    actor = Actor(row["id"], row["name"], row["role"])
    return site.access.allows(actor, "edit-posts", post.subject)


def _check(session: Session, post: PostSeen, account_id: int | None) -> None:
    if account_id is None:
        return
    site: Site = session.info["site"]
    able = {row["id"]: row["name"] for row in who_can(site, post)}
    if account_id not in able:
        names = ", ".join(list(able.values())[:20]) or "nobody"
        message = f"found account {account_id}, who can't edit this post; there are: {names}"
        raise ValidationError([FieldError("account", "unable", message, names)])


def _tell(
    session: Session, post: PostSeen, stage_id: str, account_id: int, due_on: date | None
) -> None:
    site: Site = session.info["site"]
    actor: Actor = session.info["actor"]
    due = f", due on {due_on.isoformat()}" if due_on else ""
    key = f"assigned:{post.id}:{stage_id}:{site.clock().timestamp()}"
    message = f"{actor.name} gave you {stage_id} of “{post.heading}”{due}."
    tell(session, post, Event("assigned", key, message, stage_id), [account_id])
