"""The desk's list of posts: in any state, filtered, searched, page by page.

A list shows an author or contributor their own posts only.
"""

from typing import Any, Literal, get_args

from sqlalchemy import RowMapping, and_, bindparam, func, literal_column, or_, select
from sqlalchemy.orm import aliased

from blog_core.access.permissions import Subject
from blog_core.content.keyset import (
    START,
    Cursor,
    Page,
    newer_than_cursor,
    older_than_cursor,
    page_of,
)
from blog_core.content.like import ESCAPE, containing
from blog_core.content.visible import NOW, authors_of, is_published, tags
from blog_core.model import Account, Post
from blog_core.ports import Actor, Query
from blog_core.site import Site
from blog_core.slugs import slugify

Shown = Literal["all", "draft", "scheduled", "published", "hidden", "archived"]
SHOWN: tuple[Shown, ...] = get_args(Shown)
"""The filters of the desk's list. *Scheduled* is a published post still to come."""

LIST_COLUMNS = (
    Post.id,
    Post.slug,
    Post.title,
    Post.status,
    Post.publish_at,
    Post.updated_at,
    Post.created_at,
    Post.version,
    Post.comment_count,
    Post.head_revision_id,
    Post.published_revision_id,
    authors_of(Account.id, Account.name, Account.slug),
    tags,
)
_OWN = Post.author_id == bindparam("author_id")
_STATES: dict[Shown, Any] = {
    "all": (),
    "scheduled": (is_published, Post.publish_at > NOW),
    "published": (is_published,),
    **{
        status: (Post.status == literal_column(f"'{status}'"),)
        for status in ("draft", "hidden", "archived")
    },
}


SEARCHED_POSTS = 10_000
"""Among how many posts a search looks, the last changed first; an exact address finds any post."""

_searched = aliased(Post)
_FOUND = or_(
    Post.slug == bindparam("slug"),
    and_(
        or_(
            func.lower(Post.title).like(bindparam("in_title"), escape=ESCAPE),
            Post.slug.like(bindparam("in_slug"), escape=ESCAPE),
        ),
        Post.id.in_(
            select(_searched.id)
            .order_by(_searched.updated_at.desc(), _searched.id.desc())
            .limit(SEARCHED_POSTS)
        ),
    ),
)


def _list(shown: Shown, *, own: bool, newer: bool, found: bool) -> Query:
    at = Post.publish_at if shown == "scheduled" else Post.updated_at
    place = (newer_than_cursor if newer else older_than_cursor)(at, Post.id)
    only = (*((_OWN,) if own else ()), *((_FOUND,) if found else ()))
    rows = select(*LIST_COLUMNS).where(*_STATES[shown], *only, place)
    order = (at.asc(), Post.id.asc()) if newer else (at.desc(), Post.id.desc())
    name = f"desk.{'own_' if own else ''}{'found_' if found else ''}{shown}"
    limited = rows.order_by(*order).limit(bindparam("limit"))
    return Query(f"{name}_{'newer' if newer else 'older'}", limited)


LISTS: dict[tuple[Shown, bool, bool, bool], Query] = {
    (shown, own, newer, found): _list(shown, own=own, newer=newer, found=found)
    for shown in SHOWN
    for own in (False, True)
    for newer in (False, True)
    for found in (False, True)
}
"""The statement of each list, by filter, whether only one author's, direction, and search."""


def posts(
    site: Site,
    actor: Actor,
    *,
    shown: Shown = "all",
    author_id: int | None = None,
    search: str = "",
    cursor: Cursor | None = None,
    limit: int,
) -> Page[RowMapping]:
    """A page of posts in any state, last changed first (scheduled ones: last to come out first).

    Who may not read others' drafts gets their own posts, whatever `author_id` says. `search` is a
    part of a title or an address. One statement.
    """
    site.access.require(actor, "read-drafts")
    if not _reads_all(site, actor):
        author_id = actor.account_id or 0  # no account yet: no posts yet
    own = author_id is not None
    query = LISTS[shown, own, cursor is not None and cursor.newer, bool(search)]
    place = cursor or START
    params: dict[str, object] = {"at": place.at, "id": place.id, "limit": limit + 1}
    if own:
        params["author_id"] = author_id
    if search:
        params |= _search_params(search)
    if shown == "scheduled":
        params["now"] = site.clock()
    at = "publish_at" if shown == "scheduled" else "updated_at"
    return page_of(site.read(query, params), cursor, limit, at=at)


def _search_params(text: str) -> dict[str, object]:
    """What `text` looks like in a title and in an address, with nothing of LIKE's own in it."""
    in_title = containing(text.lower())
    slug = slugify(text)
    in_slug = containing(slug) if slug else in_title
    return {"slug": text, "in_title": in_title, "in_slug": in_slug}


def _reads_all(site: Site, actor: Actor) -> bool:
    """Whether drafts of people the actor has nothing to do with are theirs to read."""
    return site.access.allows(actor, "read-drafts", Subject("post", "of anybody"))
