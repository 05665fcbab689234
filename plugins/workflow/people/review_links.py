"""Links for reviewers without an account: one person, one revision, one verdict.

A link is a random text with the blog's signature, so a made-up one is refused without asking the
database; kept is only its digest. Looking does not use it up, since mail programs look at links
by themselves: the verdict does.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from blog_core.api import (
    Account,
    BlogError,
    FieldError,
    NotFound,
    Query,
    Revision,
    Site,
    ValidationError,
    legal_text,
)
from plugins.workflow.people.model import WorkflowReviewLink
from plugins.workflow.people.post_seen import seen

PURPOSE = "workflow review"
DEFAULT_DAYS, MAX_DAYS = 14, 90
MAX_LINKS = 100

LINKS = Query(
    "workflow.review_links",
    select(
        WorkflowReviewLink.id,
        WorkflowReviewLink.reviewer,
        WorkflowReviewLink.created_at,
        WorkflowReviewLink.expires_at,
        WorkflowReviewLink.used_at,
        WorkflowReviewLink.revoked_at,
        Account.name.label("inviter"),
        Revision.number,
    )
    .join(Revision, Revision.id == WorkflowReviewLink.revision_id)
    .outerjoin(Account, Account.id == WorkflowReviewLink.account_id)
    .where(WorkflowReviewLink.post_id == bindparam("post_id"))
    .order_by(WorkflowReviewLink.id.desc())
    .limit(MAX_LINKS),
)


class LinkEnded(BlogError):
    """A review link that was used, taken back, or has expired."""

    status = 410

    def __init__(self, why: str) -> None:
        super().__init__(f"This link {why}. Ask whoever sent it to you for a new one.")


@dataclass(frozen=True, slots=True)
class Invitation:
    """A new link: its token, to be shown once, and until when it can be used."""

    token: str
    expires_at: datetime


def invite(
    session: Session, *, post_id: int, reviewer: str, days: int = DEFAULT_DAYS
) -> Invitation:
    """A link to a post's head revision for somebody of this name, for some days.

    Raises `ValidationError` with every fault, and `Forbidden` for those who may not edit the post.
    """
    post = seen(session, post_id, "edit-posts", lock=True)
    name = " ".join(legal_text(reviewer).split())
    _check(name, days)
    site: Site = session.info["site"]
    token = site.access.sign(PURPOSE, secrets.token_urlsafe(24))
    expires_at = site.clock() + timedelta(days=days)
    session.add(
        WorkflowReviewLink(
            post_id=post_id,
            revision_id=post.revision_id,
            token_digest=_digest(token),
            reviewer=name,
            account_id=session.info["actor"].account_id,
            created_at=site.clock(),
            expires_at=expires_at,
        )
    )
    return Invitation(token, expires_at)


def revoke(session: Session, *, post_id: int, link_id: int) -> None:
    """Take a link back. What was said by it stays."""
    seen(session, post_id, "edit-posts")
    site: Site = session.info["site"]
    link = session.get(WorkflowReviewLink, link_id)
    if link is None or link.post_id != post_id:
        raise NotFound("review link", link_id)
    link.revoked_at = link.revoked_at or site.clock()


def is_signed(site: Site, token: str) -> bool:
    """Whether this blog made such a link; asks no database."""
    return site.access.signed_text(PURPOSE, token) is not None


def opened(session: Session, token: str) -> WorkflowReviewLink:
    """The link of a token that can still be used. Raises `NotFound` or `LinkEnded`."""
    site: Site = session.info["site"]
    wanted = select(WorkflowReviewLink).where(WorkflowReviewLink.token_digest == _digest(token))
    link = session.scalar(wanted) if is_signed(site, token) else None
    if link is None:
        raise NotFound("review link", f"{token[:8]}…")
    if link.revoked_at is not None:
        raise LinkEnded("was taken back")
    if link.used_at is not None:
        raise LinkEnded("was used for a verdict, which is the one thing it is for")
    if link.expires_at <= site.clock():
        raise LinkEnded(f"ended on {link.expires_at:%Y-%m-%d}")
    return link


def use_up(session: Session, link: WorkflowReviewLink) -> None:
    """Take the one verdict of a link. Of two at once only one gets it."""
    site: Site = session.info["site"]
    used = (
        update(WorkflowReviewLink)
        .where(WorkflowReviewLink.id == link.id, WorkflowReviewLink.used_at.is_(None))
        .values(used_at=site.clock())
        .returning(WorkflowReviewLink.id)
    )
    if session.scalar(used) is None:
        raise LinkEnded("was used for a verdict, which is the one thing it is for")


def _check(name: str, days: int) -> None:
    errors = []
    if not name or len(name) > 100:
        message = f"found {len(name)} characters, expected a name of 1 to 100"
        errors.append(FieldError("reviewer", "length", message, 100))
    if not 1 <= days <= MAX_DAYS:
        message = f"found {days}, expected 1 to {MAX_DAYS} days"
        errors.append(FieldError("days", "range", message, MAX_DAYS))
    if errors:
        raise ValidationError(errors)


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()
