"""Comments as readers send them: who may, what waits for a moderator, and who hears of it.

Spam is kept off without a third party: by where a request comes from (every writing route), a trap
that people do not see, a limit for each address, a hold on a writer's first comment, and one on
many links. No page carries a token for it, so that pages can be kept by caches.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from blog_core.access.rate_limits import Limit, refuse, take
from blog_core.content.acting import actor_of, now, site_of
from blog_core.content.comments import AddedComment, add_comment
from blog_core.errors import Refused
from blog_core.jobs import enqueue_mail
from blog_core.model import Comment, Post
from blog_core.rendering import legal_text
from blog_core.site import SYSTEM, Site

if TYPE_CHECKING:
    from collections.abc import Mapping

    from blog_core.settings.core import CommentSettings

_TWICE_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class SentComment:
    """What a reader sent. `trap` is a field that people do not see; whoever fills it is none."""

    body: str
    name: str = ""
    email: str = ""
    trap: str = ""


def comments_close_at(settings: "CommentSettings", publish_at: datetime) -> datetime | None:
    """When the comments of a post published then close; None for never."""
    days = settings.close_after_days
    return publish_at + timedelta(days=days) if days else None


def may_be_commented(site: Site, post: "Mapping[Any, Any]", at: datetime) -> bool:
    """Whether readers may comment on a visible post at an instant."""
    settings = site.settings.core.comments
    closes_at = comments_close_at(settings, post["publish_at"])
    return bool(
        settings.enabled and post["comments_open"] and (closes_at is None or at < closes_at)
    )


def take_turn(site: Site, address_digest: str) -> None:
    """Count an attempt of an address, whatever comes of it. Raises `TooManyRequests`."""
    per_hour = site.settings.core.comments.per_hour
    limit = Limit("comment", burst=per_hour, refill_s=3600 / per_hour)
    with site.transaction(SYSTEM) as session:
        wait_s = take(session, limit, address_digest, at=site.clock())
    refuse("Commenting", (wait_s,))


def send_comment(
    session: Session, *, post_id: int, sent: SentComment, address_digest: str, queue_url: str
) -> AddedComment:
    """Add a reader's comment as `[comments]` wants it; the same one sent twice is added once.

    Raises `ValidationError` with every fault, `NotFound`, or `Refused` where comments are closed.
    `queue_url` is where a moderator finds it.
    """
    settings = site_of(session).settings.core.comments
    _refuse_closed(session, post_id)
    known = _just_sent(session, post_id, sent, address_digest)
    if known is not None:
        return known
    added = add_comment(
        session,
        post_id=post_id,
        body=sent.body,
        author_name=sent.name,
        author_email=sent.email or None,
        address_digest=address_digest,
        held=_is_held(session, sent, settings),
        is_spam=bool(sent.trap),
        max_chars=settings.max_chars,
    )
    if added.status == "pending":
        _tell_moderators(session, post_id, settings, queue_url)
    return added


def _refuse_closed(session: Session, post_id: int) -> None:
    site = site_of(session)
    columns = Post.publish_at, Post.comments_open
    post = session.execute(select(*columns).where(Post.id == post_id)).mappings().one_or_none()
    is_out = post is not None and post["publish_at"] is not None
    if post is not None and is_out and not may_be_commented(site, post, now(session)):
        raise Refused("post", post_id, "comment", "its comments are closed")


def _just_sent(
    session: Session, post_id: int, sent: SentComment, address_digest: str
) -> AddedComment | None:
    """The comment that a second click, or a page sent again, would repeat."""
    found = session.execute(
        select(Comment.id, Comment.status).where(
            Comment.post_id == post_id,
            Comment.address_digest == address_digest,
            Comment.created_at > now(session) - _TWICE_WITHIN,
            Comment.body == legal_text(sent.body).strip(),
        )
    ).first()
    return AddedComment(found.id, found.status) if found else None


def _is_held(session: Session, sent: SentComment, settings: "CommentSettings") -> bool:
    if settings.hold == "all" or _links(sent.body) > settings.max_links:
        return True
    if settings.hold == "none" or actor_of(session).is_signed_in:
        return False
    email = "".join(sent.email.split()).lower()
    approved = select(Comment.id).where(Comment.author_email == email, Comment.status == "approved")
    return not email or session.scalar(approved.limit(1)) is None


def _links(body: str) -> int:
    return body.count("://") + body.lower().count("www.")


def _tell_moderators(
    session: Session, post_id: int, settings: "CommentSettings", queue_url: str
) -> None:
    """One message an hour, however many comments wait."""
    title = session.scalar(select(Post.title).where(Post.id == post_id)) or ""
    hour = f"{now(session):%Y-%m-%dT%H}"
    for address in settings.mail_to:
        enqueue_mail(
            session,
            to_address=address,
            subject="A comment waits for you",
            body=f"A comment on “{title}” waits to be approved:\n\n{queue_url}\n\n"
            "Further ones within the hour are not told of.\n",
            unique_key=f"comments:{hour}:{address}",
        )
