"""Telling people what happened: in the app, and by mail unless they switched that off.

Both are written in the transaction of the event, under a key of event and person: none is lost,
none comes twice.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import BindParameter, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from blog_core.api import (
    Account,
    Actor,
    FieldError,
    Post,
    Query,
    Site,
    ValidationError,
    enqueue_mail,
    insert_on,
)
from plugins.workflow.people.addresses import page_address
from plugins.workflow.people.model import WorkflowMuted, WorkflowNotice
from plugins.workflow.people.post_seen import PostSeen

KINDS: Mapping[str, str] = {
    "assigned": "Work is given to me",
    "note": "Somebody writes a note on my post, or answers mine",
    "verdict": "Somebody approves my post, or asks for changes",
    "moved": "A post I work on moves to another stage",
}
"""What people are told of, and can switch off by mail."""

SHOWN = 100
_ACCOUNT_ID: BindParameter[int] = bindparam("account_id")

NOTICES = Query(
    "workflow.notices",
    select(
        WorkflowNotice.id,
        WorkflowNotice.post_id,
        WorkflowNotice.stage_id,
        WorkflowNotice.kind,
        WorkflowNotice.message,
        WorkflowNotice.at,
        WorkflowNotice.read_at,
        Post.title.label("post_title"),
    )
    .join(Post, Post.id == WorkflowNotice.post_id)
    .where(WorkflowNotice.account_id == _ACCOUNT_ID)
    .order_by(WorkflowNotice.id.desc())
    .limit(bindparam("limit")),
)
MUTED = Query(
    "workflow.muted", select(WorkflowMuted.kind).where(WorkflowMuted.account_id == _ACCOUNT_ID)
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something to tell of. `key` names it once and for all; `message` is one sentence."""

    kind: str
    key: str
    message: str
    stage_id: str = ""
    detail: str = ""


def tell(session: Session, post: PostSeen, event: Event, account_ids: Iterable[int]) -> None:
    """Tell each of these people, save the one who acts, once."""
    actor: Actor = session.info["actor"]
    told = set(account_ids) - {actor.account_id}
    if not told:
        return
    fresh = _note(session, post, event, told)
    people = session.execute(
        select(Account.id, Account.email).where(
            Account.id.in_(fresh), Account.is_active, Account.email.contains("@")
        )
    ).all()
    quiet = _quiet(session, fresh, event.kind)
    for person in people:
        if person.id not in quiet:
            _send(session, post, event, person.id, person.email)


def _note(session: Session, post: PostSeen, event: Event, told: Collection[int]) -> set[int]:
    """Write the notices; those people for whom it was news."""
    site: Site = session.info["site"]
    shared = {
        "post_id": post.id,
        "stage_id": event.stage_id,
        "kind": event.kind,
        "event_key": event.key,
        "message": event.message,
        "at": site.clock(),
    }
    rows = [{"account_id": account_id, **shared} for account_id in sorted(told)]
    once = insert_on(session, WorkflowNotice).values(rows).on_conflict_do_nothing()
    return set(session.scalars(once.returning(WorkflowNotice.account_id)))


def _quiet(session: Session, account_ids: Collection[int], kind: str) -> set[int]:
    muted = select(WorkflowMuted.account_id).where(
        WorkflowMuted.account_id.in_(account_ids), WorkflowMuted.kind == kind
    )
    return set(session.scalars(muted))


def _send(session: Session, post: PostSeen, event: Event, account_id: int, email: str) -> None:
    site: Site = session.info["site"]
    lines = [event.message]
    if event.detail:
        lines += ["", event.detail]
    lines += ["", page_address(site, f"/workflow/posts/{post.id}")]
    enqueue_mail(
        session,
        to_address=email,
        subject=_one_line(f"{post.heading[:120]}: {event.message[:120]}"),
        body="\n".join(lines),
        unique_key=f"workflow:{event.key}:{account_id}",
        account_id=account_id,
    )


def _one_line(text: str) -> str:
    """A text as it can stand in the head of a mail."""
    return "".join(character for character in text if character.isprintable())


def mark_read(session: Session, *, up_to: int) -> None:
    """The actor has seen their notices up to this one."""
    site: Site = session.info["site"]
    account_id = session.info["actor"].account_id
    session.execute(
        update(WorkflowNotice)
        .where(
            WorkflowNotice.account_id == account_id,
            WorkflowNotice.id <= up_to,
            WorkflowNotice.read_at.is_(None),
        )
        .values(read_at=site.clock())
    )


def choose_mail(session: Session, *, kinds: Collection[str]) -> None:
    """The actor wants mail about these kinds of events, and about no others."""
    unknown = sorted(set(kinds) - set(KINDS))
    if unknown:
        message = f"found {unknown[0][:40]!r}, expected some of {', '.join(KINDS)}"
        raise ValidationError([FieldError("kinds", "unknown", message)])
    account_id = session.info["actor"].account_id
    session.execute(delete(WorkflowMuted).where(WorkflowMuted.account_id == account_id))
    session.add_all(
        WorkflowMuted(account_id=account_id, kind=kind) for kind in KINDS if kind not in kinds
    )


def prune_notices(session: Session, account_id: int, *, keep: int = 500) -> None:
    """Keep only a person's newest notices."""
    newest = (
        select(WorkflowNotice.id)
        .where(WorkflowNotice.account_id == account_id)
        .order_by(WorkflowNotice.id.desc())
        .offset(keep)
        .limit(1)
        .scalar_subquery()
    )
    session.execute(
        delete(WorkflowNotice).where(
            WorkflowNotice.account_id == account_id, WorkflowNotice.id <= func.coalesce(newest, 0)
        )
    )
