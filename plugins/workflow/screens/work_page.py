"""My work: what was given to me, my posts on their way, what happened, and what comes by mail."""

from flask import Response, request, url_for
from sqlalchemy import BindParameter, and_, bindparam, func, select

from blog_core.api import Account, Post, Query, Revision, current_site, render_admin
from plugins.workflow.model import WorkflowStage
from plugins.workflow.own import own_stages
from plugins.workflow.people.model import WorkflowAssignment
from plugins.workflow.people.notices import (
    KINDS,
    MUTED,
    NOTICES,
    SHOWN,
    choose_mail,
    mark_read,
    prune_notices,
)
from plugins.workflow.screens.asked import SAID, form_number
from plugins.workflow.screens.board import titles
from plugins.workflow.screens.model import WorkflowCard

WORK_SHOWN, POSTS_SHOWN = 100, 20
_ME: BindParameter[int] = bindparam("account_id")
_title = func.coalesce(Revision.title, Post.title).label("title")

WORK = Query(
    "workflow.my_work",
    select(
        WorkflowAssignment.post_id,
        WorkflowAssignment.stage_id,
        WorkflowAssignment.due_on,
        WorkflowStage.state,
        _title,
    )
    .join(Post, Post.id == WorkflowAssignment.post_id)
    .outerjoin(Revision, Revision.id == Post.head_revision_id)
    .outerjoin(
        WorkflowStage,
        and_(
            WorkflowStage.post_id == WorkflowAssignment.post_id,
            WorkflowStage.stage_id == WorkflowAssignment.stage_id,
        ),
    )
    .where(WorkflowAssignment.account_id == _ME, WorkflowAssignment.done_at.is_(None))
    .order_by(
        WorkflowAssignment.due_on.is_(None), WorkflowAssignment.due_on, WorkflowAssignment.post_id
    )
    .limit(WORK_SHOWN),
)
MY_POSTS = Query(
    "workflow.my_posts",
    select(WorkflowCard.post_id, WorkflowCard.stage_id, WorkflowCard.moved_at, _title)
    .join(Post, Post.id == WorkflowCard.post_id)
    .outerjoin(Revision, Revision.id == Post.head_revision_id)
    .where(WorkflowCard.author_id == _ME)
    .order_by(WorkflowCard.stage_id, WorkflowCard.moved_at.desc())
    .limit(POSTS_SHOWN),
)
HAS_MAIL = Query("workflow.my_address", select(Account.email).where(Account.id == _ME))


def mine(said: str = "") -> Response:
    """The page of whoever looks."""
    site = current_site()
    me = {"account_id": site.access.current_actor().account_id or 0}
    address = site.read(HAS_MAIL, me)
    muted = {row["kind"] for row in site.read(MUTED, me)}
    return render_admin(
        "workflow/mine.html",
        work=site.read(WORK, me),
        posts=site.read(MY_POSTS, me),
        notices=site.read(NOTICES, {**me, "limit": SHOWN}),
        titles={stage_id: title for stage_id, _, title in titles(own_stages(site).catalogue)},
        kinds=KINDS,
        muted=muted,
        address=address[0]["email"] if address else None,
        today=site.clock().date(),
        said=SAID.get(said, ""),
    )


def read_notices() -> Response:
    """All notices up to the newest one shown have been read; very old ones go."""
    site = current_site()
    with site.transaction() as session:
        mark_read(session, up_to=form_number("up_to", 0))
        account_id = session.info["actor"].account_id
        if account_id is not None:
            prune_notices(session, account_id)
    return _back("read")


def choose() -> Response:
    """What comes by mail from now on."""
    with current_site().transaction() as session:
        choose_mail(session, kinds=request.form.getlist("kinds"))
    return _back("mail")


def _back(told: str) -> Response:
    return Response(status=303, headers={"Location": url_for(".workflow_mine", said=told)})
