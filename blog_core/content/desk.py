"""What editors get: one post with its head text, revisions, working copies, comments to moderate.

The functions check who asks. The list of posts is in `desk_lists`.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, Select, bindparam, func, literal_column, select
from sqlalchemy.orm import aliased

from blog_core.access.permissions import Subject
from blog_core.content.desk_lists import LIST_COLUMNS
from blog_core.content.keyset import (
    START,
    Cursor,
    Page,
    older_than_cursor,
    page_of,
)
from blog_core.errors import NotFound
from blog_core.model import Account, Comment, Post, PostAuthor, Revision, WorkingCopy
from blog_core.ports import Actor, Query
from blog_core.site import Site

_head = aliased(Revision)
_POST: Select[*tuple[Any, ...]] = (
    select(
        *LIST_COLUMNS,
        Post.author_id,
        Post.comments_open,
        Post.source_key,
        _head.number.label("head_number"),
        _head.title.label("head_title"),
        _head.body.label("head_body"),
        _head.excerpt.label("head_excerpt"),
        _head.image.label("head_image"),
        _head.tags.label("head_tags"),
        _head.created_at.label("head_created_at"),
    )
    .outerjoin(_head, _head.id == Post.head_revision_id)
    .where(Post.id == bindparam("post_id"))
)
POST = Query("desk.post", _POST)

REVISIONS = Query(
    "desk.revisions",
    select(
        Revision.id, Revision.number, Revision.created_at, Revision.note, Revision.account_id,
        Revision.title, Account.name.label("account_name"),
    )
    .outerjoin(Account, Account.id == Revision.account_id)
    .where(Revision.post_id == bindparam("post_id"), Revision.number < bindparam("before"))
    .order_by(Revision.number.desc())
    .limit(bindparam("limit")),
)  # fmt: skip
REVISION = Query(
    "desk.revision",
    select(*Revision.__table__.c).where(
        Revision.post_id == bindparam("post_id"), Revision.id == bindparam("revision_id")
    ),
)
REVISIONS_BY_NUMBER = Query(
    "desk.revisions_by_number",
    select(*Revision.__table__.c, Account.name.label("account_name"))
    .outerjoin(Account, Account.id == Revision.account_id)
    .where(
        Revision.post_id == bindparam("post_id"),
        Revision.number.in_((bindparam("first"), bindparam("second"))),
    ),
)
WORKING_COPY = Query(
    "desk.working_copy",
    select(*WorkingCopy.__table__.c).where(
        WorkingCopy.post_id == bindparam("post_id"),
        WorkingCopy.account_id == bindparam("account_id"),
    ),
)

_COMMENTS = select(
    Comment.id, Comment.post_id, Comment.status, Comment.created_at, Comment.author_name,
    Comment.author_email, Comment.author_url, Comment.html,
    Post.title.label("post_title"), Post.slug.label("post_slug"),
).join(Post, Post.id == Comment.post_id)  # fmt: skip


_of_own_posts = _COMMENTS.join(PostAuthor, PostAuthor.post_id == Comment.post_id).where(
    PostAuthor.account_id == bindparam("account_id")
)


def _comments(status: str, *, own: bool = False) -> Query:
    rows = _of_own_posts if own else _COMMENTS
    rows = rows.where(
        Comment.status == literal_column(f"'{status}'"),
        older_than_cursor(Comment.created_at, Comment.id),
    )
    newest_first = rows.order_by(Comment.created_at.desc(), Comment.id.desc())
    name = f"desk.{'own_' if own else ''}comments_{status}"
    return Query(name, newest_first.limit(bindparam("limit")))


COMMENTS = {status: _comments(status) for status in ("pending", "approved", "spam", "deleted")}
"""The moderation queue by status, newest first."""

OWN_COMMENTS = {status: _comments(status, own=True) for status in COMMENTS}
"""The same of the posts of `:account_id`."""


MOST_WAITING = 100
"""Comments that wait are counted up to here: the queue may be long."""


def _waiting(*, own: bool) -> Query:
    rows = select(Comment.id).where(Comment.status == literal_column("'pending'"))
    if own:
        of_theirs = PostAuthor.post_id == Comment.post_id
        rows = rows.join(PostAuthor, of_theirs).where(
            PostAuthor.account_id == bindparam("account_id")
        )
    counted = select(func.count().label("waiting"))
    counted = counted.select_from(rows.limit(MOST_WAITING).subquery())
    return Query(f"desk.{'own_' if own else ''}comments_waiting", counted)


WAITING, OWN_WAITING = _waiting(own=False), _waiting(own=True)


@dataclass(frozen=True, slots=True)
class DeskPost:
    """A post for its editor: its row with the head text, and the editor's own working copy."""

    row: RowMapping
    working_copy: RowMapping | None

    @property
    def subject(self) -> Subject:
        return _subject(self.row)


def post(site: Site, actor: Actor, post_id: int) -> DeskPost:
    """A post that the actor may read in any state, else `NotFound`. At most two statements."""
    rows = site.read(POST, {"post_id": post_id})
    if not rows:
        raise NotFound("post", post_id)
    site.access.require(actor, "read-drafts", on=_subject(rows[0]))
    return DeskPost(rows[0], _working_copy(site, actor, post_id))


def revisions(
    site: Site, actor: Actor, post_id: int, *, before: int | None = None, limit: int
) -> tuple[RowMapping, ...]:
    """A post's revisions without their bodies, newest first, below number `before`."""
    return revisions_of(site, post(site, actor, post_id), before=before, limit=limit)


def revisions_of(
    site: Site, of: DeskPost, *, before: int | None = None, limit: int
) -> tuple[RowMapping, ...]:
    """The same for a post that was read before. One statement."""
    params = {"post_id": of.row["id"], "before": before or 2**31 - 1, "limit": limit}
    return tuple(site.read(REVISIONS, params))


def revision(site: Site, actor: Actor, post_id: int, revision_id: int) -> RowMapping:
    """One revision with its text, else `NotFound`."""
    found = revision_by_id(site, post(site, actor, post_id), revision_id)
    if found is None:
        raise NotFound("revision", revision_id)
    return found


def revision_by_id(site: Site, of: DeskPost, revision_id: int) -> RowMapping | None:
    """A revision of a post that was read before, if it has one of this id. One statement."""
    rows = site.read(REVISION, {"post_id": of.row["id"], "revision_id": revision_id})
    return rows[0] if rows else None


def revisions_by_number(site: Site, of: DeskPost, *numbers: int) -> dict[int, RowMapping]:
    """One or two revisions of a post that was read before, with their texts. One statement."""
    params = {"post_id": of.row["id"], "first": numbers[0], "second": numbers[-1]}
    return {row["number"]: row for row in site.read(REVISIONS_BY_NUMBER, params)}


def comments(
    site: Site, actor: Actor, *, status: str, cursor: Cursor | None = None, limit: int
) -> Page[RowMapping]:
    """A page of the moderation queue, newest first. One statement.

    Who may not moderate the whole blog gets the comments on their own posts.
    """
    if status not in COMMENTS:
        raise NotFound("comment status", status)
    site.access.require(actor, "moderate-comments")
    own = _moderates_own_only(site, actor)
    place = cursor or START
    params: dict[str, object] = {"at": place.at, "id": place.id, "limit": limit + 1}
    if own:
        params["account_id"] = actor.account_id or 0
    query = (OWN_COMMENTS if own else COMMENTS)[status]
    return page_of(site.read(query, params), cursor, limit, at="created_at")


def comments_waiting(site: Site, actor: Actor) -> int:
    """How many comments the actor has to judge, up to `MOST_WAITING`. At most one statement."""
    if not site.access.allows(actor, "moderate-comments"):
        return 0
    own = _moderates_own_only(site, actor)
    params = {"account_id": actor.account_id or 0} if own else {}
    found: int = site.read(OWN_WAITING if own else WAITING, params)[0]["waiting"]
    return found


def _moderates_own_only(site: Site, actor: Actor) -> bool:
    return not site.access.allows(actor, "moderate-comments", Subject("comments", "of anybody"))


def _working_copy(site: Site, actor: Actor, post_id: int) -> RowMapping | None:
    if actor.account_id is None:
        return None
    rows = site.read(WORKING_COPY, {"post_id": post_id, "account_id": actor.account_id})
    return rows[0] if rows else None


def _subject(row: RowMapping) -> Subject:
    owners = frozenset({row["author_id"], *(author["id"] for author in row["authors"])})
    return Subject("post", row["id"], owners=owners, is_public=row["status"] == "published")
