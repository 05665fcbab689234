"""Links to a draft for people without an account: signed, for a while, and taken back at any time.

A link shows the newest saved text of its post, whatever the post's state. Its address holds the
row's number and a signature of the row; neither the database nor an old address opens another one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, bindparam, delete, func, select
from sqlalchemy.orm import Session

from blog_core.content.acting import actor_of, now, rows_changed
from blog_core.content.desk import POST, DeskPost
from blog_core.content.locked import lock_post
from blog_core.content.text import refused
from blog_core.errors import NotFound
from blog_core.model import Account, PreviewLink, UtcDateTime
from blog_core.ports import Query
from blog_core.site import Site

LONGEST_DAYS = 90
PURPOSE = "preview"
MOST_LINKS = 20
"""Of one post at a time."""

_now = bindparam("now", type_=UtcDateTime())
_LINK = select(PreviewLink.id, PreviewLink.post_id, PreviewLink.created_at, PreviewLink.expires_at)
LINK = Query(
    "preview.link", _LINK.where(PreviewLink.id == bindparam("id"), PreviewLink.expires_at > _now)
)
LINKS = Query(
    "preview.links",
    _LINK.add_columns(Account.name.label("account_name"))
    .outerjoin(Account, Account.id == PreviewLink.account_id)
    .where(PreviewLink.post_id == bindparam("post_id"), PreviewLink.expires_at > _now)
    .order_by(PreviewLink.expires_at, PreviewLink.id),
)


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that works: its last part of the address, until when, and who made it."""

    id: int
    token: str
    expires_at: datetime
    account_name: str | None = None


def add_preview_link(session: Session, *, post_id: int, days: int) -> int:
    """Let a post be seen by link for some days; the link's id.

    Raises `ValidationError`, `NotFound` or `Forbidden`.
    """
    post = lock_post(session, post_id, permission="edit-posts")
    if not 1 <= days <= LONGEST_DAYS:
        raise refused("days", "out_of_range", f"found {days}, expected 1 to {LONGEST_DAYS} days")
    instant = now(session)
    is_open = PreviewLink.post_id == post.id, PreviewLink.expires_at > instant
    count = session.scalar(select(func.count()).select_from(PreviewLink).where(*is_open)) or 0
    if count >= MOST_LINKS:
        raise refused("days", "too_many", f"found {count} open links, end one of them first")
    link = PreviewLink(
        post_id=post.id,
        account_id=actor_of(session).account_id,
        created_at=instant,
        expires_at=instant + timedelta(days=days),
    )
    session.add(link)
    session.flush()
    return link.id


def end_preview_link(session: Session, *, post_id: int, link_id: int) -> None:
    """Take a link back: nobody sees the post by it from now on."""
    post = lock_post(session, post_id, permission="edit-posts")
    gone = delete(PreviewLink).where(PreviewLink.id == link_id, PreviewLink.post_id == post.id)
    if not rows_changed(session, gone):
        raise NotFound("preview link", link_id)


def links_of(site: Site, post_id: int) -> tuple[OpenLink, ...]:
    """The open links of a post that the actor may edit, the first to end first. One statement."""
    rows = site.read(LINKS, {"post_id": post_id, "now": site.clock()})
    return tuple(
        OpenLink(row["id"], _token(site, row), row["expires_at"], row["account_name"])
        for row in rows
    )


def post_by_link(site: Site, token: str) -> tuple[DeskPost, datetime]:
    """The post that a link shows, and until when. `NotFound` for any token that opens nothing.

    Two statements, none for a token that was never given out.
    """
    text = site.access.signed_text(PURPOSE, token)
    number = text.partition("-")[0] if text else ""
    rows = site.read(LINK, {"id": int(number), "now": site.clock()}) if number else ()
    if not rows or _signed_text(rows[0]) != text:
        raise NotFound("preview link", token)
    posts = site.read(POST, {"post_id": rows[0]["post_id"]})
    if not posts:
        raise NotFound("preview link", token)
    return DeskPost(posts[0], None), rows[0]["expires_at"]


def _token(site: Site, row: RowMapping) -> str:
    return site.access.sign(PURPOSE, _signed_text(row))


def _signed_text(row: RowMapping) -> str:
    # The instant too: a database may give a number a second time.
    return f"{row['id']}-{row['post_id']}-{row['created_at']:%Y%m%d%H%M%S%f}"
