"""What editors get of tags and of old addresses: lists that are bounded, and one tag."""

from sqlalchemy import RowMapping, bindparam, func, or_, select

from blog_core.content.keyset import (
    START,
    Cursor,
    Page,
    newer_than_cursor,
    older_than_cursor,
    page_of,
)
from blog_core.content.like import ESCAPE, containing
from blog_core.errors import NotFound
from blog_core.model import Post, Redirect, Tag
from blog_core.ports import Actor, Query
from blog_core.site import Site

MOST_TAGS = 200
_TAG = select(Tag.slug, Tag.name, Tag.description, Tag.post_count)
TAGS = Query(
    "desk.tags",
    _TAG.where(
        or_(
            func.lower(Tag.name).like(bindparam("pattern"), escape=ESCAPE),
            Tag.slug.like(bindparam("pattern"), escape=ESCAPE),
        )
    )
    .order_by(Tag.post_count.desc(), Tag.slug)
    .limit(MOST_TAGS),
)
TAG = Query("desk.tag", _TAG.where(Tag.slug == bindparam("slug")))


def _redirects(*, newer: bool) -> Query:
    at, id_ = Redirect.created_at, Redirect.id
    place = (newer_than_cursor if newer else older_than_cursor)(at, id_)
    order = (at.asc(), id_.asc()) if newer else (at.desc(), id_.desc())
    rows = (
        select(Redirect.id, Redirect.path, Redirect.target, at, Post.slug.label("post_slug"))
        .outerjoin(Post, Post.id == Redirect.post_id)
        .where(place)
        .order_by(*order)
        .limit(bindparam("limit"))
    )
    return Query(f"desk.redirects_{'newer' if newer else 'older'}", rows)


REDIRECTS = {newer: _redirects(newer=newer) for newer in (False, True)}


def tags(site: Site, actor: Actor, *, search: str = "") -> tuple[RowMapping, ...]:
    """The most used tags, at most `MOST_TAGS`, by a part of their name. One statement."""
    site.access.require(actor, "manage-tags")
    return tuple(site.read(TAGS, {"pattern": containing(search.lower())}))


def tag(site: Site, actor: Actor, slug: str) -> RowMapping:
    """One tag, or `NotFound`. One statement."""
    site.access.require(actor, "manage-tags")
    rows = site.read(TAG, {"slug": slug})
    if not rows:
        raise NotFound("tag", slug)
    return rows[0]


def redirects(
    site: Site, actor: Actor, *, cursor: Cursor | None = None, limit: int
) -> Page[RowMapping]:
    """A page of old addresses, the newest first. One statement."""
    site.access.require(actor, "manage-redirects")
    place = cursor or START
    params = {"at": place.at, "id": place.id, "limit": limit + 1}
    query = REDIRECTS[cursor is not None and cursor.newer]
    return page_of(site.read(query, params), cursor, limit, at="created_at")
