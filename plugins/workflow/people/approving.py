"""Verdicts on a text: bound to its digest, so that they lapse by themselves when it changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import RowMapping, bindparam, exists, func, select
from sqlalchemy.orm import Session, aliased

from blog_core.api import (
    Account,
    Actor,
    FieldError,
    Post,
    Query,
    Refused,
    Revision,
    Site,
    ValidationError,
)
from plugins.workflow.people.followers import followers
from plugins.workflow.people.model import WorkflowApproval, WorkflowReviewLink
from plugins.workflow.people.notices import Event, tell
from plugins.workflow.people.post_seen import PostSeen, seen

VerdictName = Literal["approved", "changes"]
VERDICTS: dict[str, str] = {"approved": "approves", "changes": "asks for changes"}
MAX_NOTE_CHARS = 5_000
MAX_SHOWN = 200

_head, _published, _change = aliased(Revision), aliased(Revision), aliased(Revision)
_inviter = aliased(Account)

_published_number = func.coalesce(
    select(_published.number)
    .where(_published.id == Post.published_revision_id, _published.id != _head.id)
    .correlate(Post, _head)
    .scalar_subquery(),
    0,
)
_is_own_work = exists(
    select(_change.id)
    .where(
        _change.post_id == Post.id,
        _change.account_id == WorkflowApproval.account_id,
        _change.number <= _head.number,
        _change.number > _published_number,
    )
    .correlate(Post, _head, WorkflowApproval)
).label("is_own_work")
"""Whether whoever judged has changed the text since it was last published."""

APPROVALS = Query(
    "workflow.approvals",
    select(
        WorkflowApproval.id,
        WorkflowApproval.stage_id,
        WorkflowApproval.account_id,
        WorkflowApproval.link_id,
        WorkflowApproval.reviewer,
        WorkflowApproval.verdict,
        WorkflowApproval.note,
        WorkflowApproval.at,
        WorkflowApproval.digest,
        WorkflowApproval.revision_id,
        _head.digest.label("head_digest"),
        Account.role,
        Account.is_active,
        _is_own_work,
        _inviter.name.label("inviter"),
    )
    .join(Post, Post.id == WorkflowApproval.post_id)
    .outerjoin(_head, _head.id == Post.head_revision_id)
    .outerjoin(Account, Account.id == WorkflowApproval.account_id)
    .outerjoin(WorkflowReviewLink, WorkflowReviewLink.id == WorkflowApproval.link_id)
    .outerjoin(_inviter, _inviter.id == WorkflowReviewLink.account_id)
    .where(WorkflowApproval.post_id == bindparam("post_id"))
    .order_by(WorkflowApproval.id.desc())
    .limit(MAX_SHOWN),
)


@dataclass(frozen=True, slots=True)
class Requirement:
    """How many must approve: `needed` people with one of the `roles`, at most `guests` of them
    reviewers without an account."""

    needed: int
    roles: frozenset[str] = frozenset({"admin", "editor"})
    guests: int = 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """Somebody's last word on a post. `lapsed` says why it does not count, or is empty."""

    reviewer: str
    verdict: str
    note: str
    at: datetime
    lapsed: str
    is_guest: bool
    role: str
    inviter: str

    @property
    def said(self) -> str:
        """What they say, as a verb: *approves* or *asks for changes*."""
        return VERDICTS[self.verdict]


def verdicts(site: Site, post_id: int, stage_id: str) -> tuple[Verdict, ...]:
    """The last verdict of each person on a sub-stage, newest first. One statement."""
    rows = site.read(APPROVALS, {"post_id": post_id})
    return last_verdicts(row for row in rows if row["stage_id"] == stage_id)


def last_verdicts(rows: Iterable[RowMapping]) -> tuple[Verdict, ...]:
    """Of rows, newest first, each person's first one."""
    last: dict[tuple[int | None, int | None, str], RowMapping] = {}
    for row in rows:
        last.setdefault((row["account_id"], row["link_id"], _stranger(row)), row)
    return tuple(_verdict(row) for row in last.values())


def missing_approvals(found: Sequence[Verdict], requirement: Requirement) -> tuple[str, ...]:
    """What keeps a text from having the approvals it needs, as sentences; empty when it has."""
    current = [verdict for verdict in found if not verdict.lapsed]
    missing = [
        f"{verdict.reviewer} asks for changes"
        for verdict in current
        if verdict.verdict == "changes"
    ]
    approving = [verdict for verdict in current if verdict.verdict == "approved"]
    members = sum(not v.is_guest and v.role in requirement.roles for v in approving)
    guests = min(requirement.guests, sum(verdict.is_guest for verdict in approving))
    if members + guests < requirement.needed:
        missing.append(_too_few(members + guests, found, requirement))
    return tuple(missing)


def decide(
    session: Session,
    *,
    post_id: int,
    stage_id: str,
    digest: str,
    verdict: str,
    note: str = "",
    link: WorkflowReviewLink | None = None,
) -> None:
    """Approve the text with this digest, or ask for changes of it.

    Raises `Refused` when the post has another text by now, or when the actor has changed this one:
    nobody approves their own work. With `link` a reviewer without an account decides.
    """
    post = seen(session, post_id, "read-drafts", lock=True)
    _check(verdict, note)
    if post.digest != digest:
        raise Refused(
            "post", post_id, verdict, "The text has changed since you read it. Read it again"
        )
    actor: Actor = session.info["actor"]
    if link is None and verdict == "approved" and has_changed(session, post, actor):
        reason = "You have changed this text yourself, and nobody approves their own work"
        raise Refused("post", post_id, verdict, reason, ("the approval of somebody else",))
    site: Site = session.info["site"]
    row = WorkflowApproval(
        post_id=post_id,
        stage_id=stage_id,
        revision_id=post.revision_id,
        digest=digest,
        account_id=actor.account_id,
        link_id=link.id if link else None,
        reviewer=link.reviewer if link else actor.name,
        verdict=verdict,
        note=note.strip(),
        at=site.clock(),
    )
    session.add(row)
    session.flush()
    message = f"{row.reviewer} {VERDICTS[verdict]} of “{post.heading}” ({stage_id})."
    if verdict == "approved":
        message = f"{row.reviewer} approves “{post.heading}” ({stage_id})."
    event = Event("verdict", f"verdict:{row.id}", message, stage_id, row.note)
    tell(session, post, event, followers(session, post))


def has_changed(session: Session, post: PostSeen, actor: Actor) -> bool:
    """Whether somebody changed a post's text since it was last published."""
    if actor.account_id is None:
        return False
    since = (
        select(func.coalesce(func.max(_published.number), 0))
        .join(Post, Post.published_revision_id == _published.id)
        .where(Post.id == post.id, _published.id != post.revision_id)
        .scalar_subquery()
    )
    changes = select(Revision.id).where(
        Revision.post_id == post.id,
        Revision.account_id == actor.account_id,
        Revision.number > since,
    )
    return session.scalar(changes.limit(1)) is not None


def _check(verdict: str, note: str) -> None:
    errors = []
    if verdict not in VERDICTS:
        message = f"found {verdict[:40]!r}, expected one of {', '.join(VERDICTS)}"
        errors.append(FieldError("verdict", "unknown", message, ", ".join(VERDICTS)))
    if len(note) > MAX_NOTE_CHARS:
        message = f"found {len(note):,} characters, expected at most {MAX_NOTE_CHARS:,}"
        errors.append(FieldError("note", "too_long", message, MAX_NOTE_CHARS))
    if verdict == "changes" and not note.strip():
        errors.append(FieldError("note", "required", "found nothing, expected what to change"))
    if errors:
        raise ValidationError(errors)


def _stranger(row: RowMapping) -> str:
    """Tells reviewers apart whose account or link is gone."""
    is_known = row["account_id"] is not None or row["link_id"] is not None
    return "" if is_known else str(row["reviewer"])


def _verdict(row: RowMapping) -> Verdict:
    return Verdict(
        reviewer=row["reviewer"],
        verdict=row["verdict"],
        note=row["note"],
        at=row["at"],
        lapsed=_lapsed(row),
        is_guest=row["link_id"] is not None,
        role=row["role"] or "",
        inviter=row["inviter"] or "",
    )


def _lapsed(row: RowMapping) -> str:
    if row["digest"] != row["head_digest"]:
        return "the text has changed since"
    if row["link_id"] is None and not row["is_active"]:
        return "the account is closed"
    if row["link_id"] is None and row["is_own_work"] and row["verdict"] == "approved":
        return "they have changed the text themselves"
    return ""


def _too_few(count: int, found: Sequence[Verdict], requirement: Requirement) -> str:
    who = " or ".join(sorted(requirement.roles))
    text = f"{requirement.needed - count} more of {requirement.needed} approvals by {who}"
    lapsed = [v.reviewer for v in found if v.lapsed and v.verdict == "approved"]
    return f"{text} (no longer counted: {', '.join(lapsed)})" if lapsed else text
