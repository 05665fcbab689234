"""Where posts stand on the board: they are moved by hand, and on by themselves as work is done."""

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from blog_core.api import SYSTEM, Actor, BlogError, Post, Query, Site, insert_on
from plugins.workflow.definition import State
from plugins.workflow.own import own_stages
from plugins.workflow.people.assigning import note_done
from plugins.workflow.people.followers import followers
from plugins.workflow.people.notices import Event, tell
from plugins.workflow.people.post_seen import PostSeen, seen
from plugins.workflow.screens.model import WorkflowCard
from plugins.workflow.standing import Standing

NEW = ""
"""Stands for the place of drafts that were not put anywhere yet."""

STRAY = Query(
    "workflow.stray_card",
    select(WorkflowCard.post_id)
    .join(Post, Post.id == WorkflowCard.post_id)
    .where(WorkflowCard.post_id == bindparam("post_id"), WorkflowCard.author_id != Post.author_id),
)


class MovedMeanwhile(BlogError):
    """Somebody else moved the post since the board was shown."""

    status = 412

    def __init__(self, post: PostSeen, stage_id: str, moved_by: str) -> None:
        super().__init__(
            f"“{post.heading}” stands in {stage_id} by now: {moved_by} moved it meanwhile. "
            f"Look at the board again, and move it from there."
        )


def move(session: Session, *, post_id: int, stage_id: str, seen_in: str | None = None) -> None:
    """Put a post into a sub-stage on the board; its people are told.

    `seen_in` is where the actor saw it (`NEW` for nowhere; None takes any place). Raises
    `MovedMeanwhile`, `NotFound` for an unknown post or stage, or `Forbidden`.
    """
    site: Site = session.info["site"]
    stages = own_stages(site)
    stages.catalogue.check_stage(stage_id)
    post = seen(session, post_id, "edit-posts", lock=True)
    part = stages.standing(post_id).definition.find(stage_id)
    card = _card(session, post_id)
    here, moved_by = (card.stage_id, card.moved_by) if card else (NEW, "")
    if seen_in is not None and seen_in != here:
        raise MovedMeanwhile(post, here or "no stage", moved_by or "somebody")
    if here == stage_id:
        return
    place(session, post_id, stage_id)
    actor: Actor = session.info["actor"]
    key = f"moved:{post_id}:{stage_id}:{site.clock().timestamp()}"
    message = f"{actor.name} moved “{post.heading}” to {part.title}."
    tell(session, post, Event("moved", key, message, stage_id), followers(session, post))


def take_off(session: Session, *, post_id: int) -> None:
    """Take a post off the board. Its stages stay as they are."""
    seen(session, post_id, "edit-posts")
    session.execute(delete(WorkflowCard).where(WorkflowCard.post_id == post_id))


def stage_changed(session: Session, standing: Standing, stage_id: str, state: State) -> None:
    """A sub-stage got this state: a card that stood there moves on when it was completed, a post
    without a card stands where work began, and the list of whoever did it gets shorter."""
    post_id, is_done = standing.post_id, state == "COMPLETED"
    note_done(session, post_id=post_id, stage_id=stage_id, is_done=is_done)
    card = _card(session, post_id)
    if card is None:
        if not is_done:
            place(session, post_id, stage_id)
    elif is_done and card.stage_id == stage_id:
        following = _following(standing, stage_id)
        if following:
            place(session, post_id, following)


def follow_author(site: Site, post_id: int) -> None:
    """After a change of the post: its card belongs to its author as it is now. One statement,
    unless there is something to write."""
    if site.read(STRAY, {"post_id": post_id}):
        with site.transaction(SYSTEM) as session:
            author_id = session.scalar(select(Post.author_id).where(Post.id == post_id))
            session.execute(
                update(WorkflowCard)
                .where(WorkflowCard.post_id == post_id)
                .values(author_id=author_id)
            )


def place(session: Session, post_id: int, stage_id: str) -> None:
    """Set where a post stands, whoever may."""
    site: Site = session.info["site"]
    values = {
        "stage_id": stage_id,
        "author_id": session.scalar(select(Post.author_id).where(Post.id == post_id)),
        "moved_at": site.clock(),
        "moved_by": session.info["actor"].name,
    }
    row = insert_on(session, WorkflowCard).values(post_id=post_id, **values)
    session.execute(row.on_conflict_do_update(index_elements=["post_id"], set_=values))


def _card(session: Session, post_id: int) -> WorkflowCard | None:
    found = select(WorkflowCard).where(WorkflowCard.post_id == post_id)
    return session.scalar(found.execution_options(populate_existing=True))


def _following(standing: Standing, stage_id: str) -> str | None:
    """The next sub-stage that is not completed; None after the last one."""
    every = tuple(standing.definition.parts)
    after = every[every.index(stage_id) + 1 :] if stage_id in every else every
    return next((each for each in after if standing.row(each).state != "COMPLETED"), None)
