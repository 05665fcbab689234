"""Verdicts on a text: bound to its digest, so that they lapse by themselves when it changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

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
    legal_text,
)
from plugins.workflow.definition import Approvals, Gate
from plugins.workflow.gates import Missing
from plugins.workflow.own import own_stages
from plugins.workflow.people.followers import followers
from plugins.workflow.people.model import WorkflowApproval, WorkflowReviewLink
from plugins.workflow.people.notices import Event, tell
from plugins.workflow.people.post_seen import PostSeen, seen
from plugins.workflow.standing import Standing

VERDICTS: dict[str, str] = {"approved": "approves", "changes": "asks for changes of"}
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
class Verdict:
    """Somebody's last word on a post. `is_outdated`: it was about another text."""

    reviewer: str
    verdict: str
    note: str
    at: datetime
    is_outdated: bool
    is_closed: bool
    is_own_work: bool
    is_guest: bool
    role: str
    inviter: str

    @property
    def lapsed(self) -> str:
        """Why it does not count any more, or nothing."""
        if self.is_outdated:
            return "the text has changed since"
        if self.is_closed:
            return "the account is closed"
        return "they have changed the text themselves" if self.is_own_work else ""


def verdicts(site: Site, post_id: int) -> tuple[Verdict, ...]:
    """The last verdict of each person on a post, newest first. One statement."""
    return last_verdicts(site.read(APPROVALS, {"post_id": post_id}))


def last_verdicts(rows: Iterable[RowMapping]) -> tuple[Verdict, ...]:
    """Of rows, newest first, each person's first one."""
    last: dict[tuple[int | None, int | None, str], RowMapping] = {}
    for row in rows:
        last.setdefault((row["account_id"], row["link_id"], _stranger(row)), row)
    return tuple(_verdict(row) for row in last.values())


def missing_approvals(found: Sequence[Verdict], needs: Approvals) -> tuple[str, ...]:
    """What keeps a text from having the approvals it needs, as sentences; empty when it has."""
    counted = [verdict for verdict in found if _counts(verdict, needs)]
    missing = [
        f"{verdict.reviewer} asks for changes"
        for verdict in counted
        if verdict.verdict == "changes"
    ]
    approving = [verdict for verdict in counted if verdict.verdict == "approved"]
    members = sum(not verdict.is_guest for verdict in approving)
    guests = min(needs.guests, len(approving) - members)
    if members + guests < needs.count:
        missing.append(_too_few(members + guests, found, needs))
    return tuple(missing)


def approvals_missing(site: Site, standing: Standing, gate: Gate) -> tuple[Missing, ...]:
    """The same for a gate; asked on every road to published."""
    if gate.approvals is None:
        return ()
    missing = missing_approvals(verdicts(site, standing.post_id), gate.approvals)
    return tuple(Missing("approvals", text) for text in missing)


def decide(
    session: Session,
    *,
    post_id: int,
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
    note = legal_text(note).strip()
    _check(verdict, note)
    if post.digest != digest:
        raise Refused(
            "post", post_id, verdict, "The text has changed since you read it. Read it again"
        )
    actor: Actor = session.info["actor"]
    site: Site = session.info["site"]
    is_own = link is None and has_changed(session, post, actor)
    if is_own and verdict == "approved" and not _may_be_own(site, post_id):
        reason = "You have changed this text yourself, and nobody approves their own work"
        raise Refused("post", post_id, verdict, reason, ("the approval of somebody else",))
    row = WorkflowApproval(
        post_id=post_id,
        revision_id=post.revision_id,
        digest=digest,
        account_id=actor.account_id,
        link_id=link.id if link else None,
        reviewer=link.reviewer if link else actor.name,
        verdict=verdict,
        note=note,
        at=site.clock(),
    )
    session.add(row)
    session.flush()
    message = f"{row.reviewer} {VERDICTS[verdict]} “{post.heading}”."
    event = Event("verdict", f"verdict:{row.id}", message, detail=row.note)
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
    if verdict == "changes" and not note:
        errors.append(FieldError("note", "required", "found nothing, expected what to change"))
    if errors:
        raise ValidationError(errors)


def _stranger(row: RowMapping) -> str:
    """Tells reviewers apart whose account or link is gone."""
    is_known = row["account_id"] is not None or row["link_id"] is not None
    return "" if is_known else str(row["reviewer"])


def _verdict(row: RowMapping) -> Verdict:
    is_guest = row["link_id"] is not None
    return Verdict(
        reviewer=row["reviewer"],
        verdict=row["verdict"],
        note=row["note"],
        at=row["at"],
        is_outdated=row["digest"] != row["head_digest"],
        is_closed=not is_guest and not row["is_active"],
        is_own_work=bool(not is_guest and row["is_own_work"] and row["verdict"] == "approved"),
        is_guest=is_guest,
        role=row["role"] or "",
        inviter=row["inviter"] or "",
    )


def _counts(verdict: Verdict, needs: Approvals) -> bool:
    if verdict.is_closed or (verdict.is_outdated and needs.lapse):
        return False
    if verdict.is_own_work and not needs.own_work:
        return False
    return verdict.is_guest or verdict.role in needs.roles or verdict.verdict == "changes"


def _may_be_own(site: Site, post_id: int) -> bool:
    """Whether a gate of the post's definition counts approvals of one's own work."""
    gates = own_stages(site).standing(post_id).definition.gate
    return any(gate.approvals is not None and gate.approvals.own_work for gate in gates)


def _too_few(count: int, found: Sequence[Verdict], needs: Approvals) -> str:
    who = " or ".join(sorted(needs.roles))
    text = f"{needs.count - count} more of {needs.count} approvals by {who}"
    lapsed = [v.reviewer for v in found if v.verdict == "approved" and not _counts(v, needs)]
    return f"{text} (not counted: {', '.join(lapsed)})" if lapsed else text
