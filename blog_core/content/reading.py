"""What readers get, a function a page: each runs the statements of `queries` that it names.

Each also says what its answer depends on (`changes.depend`) and until when it holds, so that
whoever stores a page made of it need not know.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import RowMapping

from blog_core.changes import depend, expire_at
from blog_core.content import queries
from blog_core.content.keyset import Cursor, Page, page_of, start
from blog_core.errors import NotFound
from blog_core.ports import Query
from blog_core.site import Site
from blog_core.validation import is_name

MAX_COMMENTS = 500
MAX_OVERVIEW = 5_000
SITEMAP_POSTS = 5_000
"""Ids in one file of the sitemap. A file is a range of ids, so no file costs more than another."""

POSTS = queries.POSTS_OLDER, queries.POSTS_NEWER
TAG = queries.TAG_OLDER, queries.TAG_NEWER
AUTHOR = queries.AUTHOR_OLDER, queries.AUTHOR_NEWER
MONTH = queries.MONTH_OLDER, queries.MONTH_NEWER

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])\Z")


@dataclass(frozen=True, slots=True)
class PostPage:
    """A post as strangers see it, with its approved comments, oldest first."""

    post: RowMapping
    comments: tuple[RowMapping, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """Where an old path leads: a post's present slug, or a path or address."""

    slug: str | None
    target: str | None


def posts(
    site: Site, cursor: Cursor | None = None, *, limit: int, now: datetime | None = None
) -> Page[RowMapping]:
    """A page of the published posts, newest first. One statement.

    `now` is another instant than the present, for a look at what will be.
    """
    depend("posts")
    return _page(site, POSTS, cursor, limit, now=now)


def posts_of_tag(
    site: Site, slug: str, cursor: Cursor | None = None, *, limit: int
) -> Page[RowMapping]:
    """A page of a tag's posts; rows also hold `tag_name` and `tag_description`. One statement.

    Raises `NotFound` when no post is visible there: a tag that only drafts have is no news.
    """
    _refuse_odd("tag", slug)
    page = _not_empty(_page(site, TAG, cursor, limit, slug=slug), "tag", slug)
    depend(f"tag:{page.rows[0]['tag_id']}")
    return page


def posts_of_author(
    site: Site, slug: str, cursor: Cursor | None = None, *, limit: int
) -> Page[RowMapping]:
    """A page of an author's posts; rows also hold `author_name` and `author_bio`. One statement.

    Raises `NotFound` when no post is visible there.
    """
    _refuse_odd("author", slug)
    page = _not_empty(_page(site, AUTHOR, cursor, limit, slug=slug), "author", slug)
    depend(f"account:{page.rows[0]['account_id']}")
    return page


def posts_of_month(
    site: Site, month: str, cursor: Cursor | None = None, *, limit: int
) -> Page[RowMapping]:
    """A page of the posts of a month such as `2026-11` (UTC). One statement.

    Raises `NotFound` when the month is none or has no visible post.
    """
    since, until = month_bounds(month)
    # Ids begin at 1: (until, 0) lies after the month's last post and before the next one's first.
    depend("posts")
    ends = Cursor(until, 0), Cursor(since, 0)
    page = _page(site, MONTH, cursor, limit, ends=ends, since=since, until=until)
    return _not_empty(page, "month", month)


def post(site: Site, slug: str, *, now: datetime | None = None) -> RowMapping:
    """A post that is visible (`now`: at that instant) by its slug, or `NotFound`.

    It comes with its `newer`, `older` and `related` posts. One statement.
    """
    _refuse_odd("post", slug)
    rows = site.read(queries.POST_BY_SLUG, {"slug": slug, "now": now or site.clock()})
    found = _visible(rows, slug)
    # Its neighbours and its kin may be any posts.
    depend("posts", "tags")
    _until_next(site, rows)
    return found


def post_by_id(site: Site, post_id: int) -> RowMapping:
    """A visible post by its id, or `NotFound`. One statement."""
    rows = site.read(queries.POST_BY_ID, {"post_id": post_id, "now": site.clock()})
    return _visible(rows, post_id)


def _visible(rows: Sequence[RowMapping], key: object) -> RowMapping:
    if not rows or not rows[0]["is_visible"]:
        depend("posts", "redirects")
        if rows:
            expire_at(rows[0]["publish_at"])
        raise NotFound("post", key)
    depend(f"post:{rows[0]['id']}")
    return rows[0]


def post_page(site: Site, slug: str, *, now: datetime | None = None) -> PostPage:
    """A visible post and its comments, or `NotFound`. Two statements; one without comments."""
    found = post(site, slug, now=now)
    return PostPage(found, comments(site, found) if found["comment_count"] else ())


def comments(site: Site, of: RowMapping, *, limit: int = MAX_COMMENTS) -> tuple[RowMapping, ...]:
    """The approved comments of a post that was read before, oldest first. One statement."""
    depend(f"post:{of['id']}")
    return tuple(site.read(queries.POST_COMMENTS, {"post_id": of["id"], "limit": limit}))


def moved(site: Site, path: str) -> Moved | None:
    """What answers for an old path below the blog's prefix, if it may be seen. One statement.

    A path is found with and without the slash at its end.
    """
    if not is_name(path):
        return None
    depend("redirects", "posts")
    other = path.rstrip("/") if path.endswith("/") else f"{path}/"
    params = {"path": path, "other": other, "now": site.clock()}
    for row in site.read(queries.REDIRECT, params):
        if row["slug"] or row["target"]:
            if row["slug"]:
                depend(f"post:{row['id']}")
            return Moved(row["slug"], row["target"])
        _until_next(site, ())  # it leads to a post that is not out yet
    return None


def months(site: Site) -> tuple[RowMapping, ...]:
    """`month` and `posts` of every month with visible posts, newest first. One statement."""
    depend("posts")
    return _until_next(site, site.read(queries.MONTHS, {"now": site.clock()}))


def tags(site: Site) -> tuple[RowMapping, ...]:
    """`name`, `slug` and `posts` of every tag with visible posts, by name. One statement."""
    depend("tags")
    return _until_next(site, site.read(queries.TAGS, {"now": site.clock(), "limit": MAX_OVERVIEW}))


def authors(site: Site) -> tuple[RowMapping, ...]:
    """`name`, `slug` and `posts` of every author with visible posts, by name. One statement."""
    depend("accounts")
    return _until_next(
        site, site.read(queries.AUTHORS, {"now": site.clock(), "limit": MAX_OVERVIEW})
    )


def next_change(site: Site) -> datetime | None:
    """When the next scheduled post appears: until then lists change by saves only."""
    rows = site.read(queries.NEXT_CHANGE, {"now": site.clock()})
    instant: datetime | None = rows[0]["next_publish_at"]
    return instant


def feed(
    site: Site, *, limit: int, tag: str | None = None, author: str | None = None
) -> tuple[RowMapping, ...]:
    """The newest posts with `updated_at` and `html`: all, a tag's or an author's. One statement."""
    query = queries.TAG_FEED if tag else queries.AUTHOR_FEED if author else queries.FEED
    slug = {"slug": tag or author} if tag or author else {}
    first = start(site.clock())
    params = {"now": first.at, "at": first.at, "id": first.id, "limit": limit, **slug}
    depend("updates")
    return _until_next(site, site.read(query, params))


def sitemap_parts(site: Site) -> int:
    """How many files the sitemap has. One statement."""
    rows = site.read(queries.SITEMAP_LAST, {"now": site.clock()})
    depend("updates")
    _until_next(site, rows)
    return -(-rows[0]["id"] // SITEMAP_POSTS) if rows else 0


def sitemap_part(site: Site, number: int) -> tuple[RowMapping, ...]:
    """`slug` and `updated_at` of the visible posts of file `number`, from 1. One statement."""
    after = (number - 1) * SITEMAP_POSTS
    params = {"after": after, "up_to": after + SITEMAP_POSTS, "now": site.clock()}
    depend("updates")
    return _until_next(site, site.read(queries.SITEMAP_PART, params))


def month_bounds(month: str) -> tuple[datetime, datetime]:
    """The first instant of a month such as `2026-11`, and the first one after it."""
    match = _MONTH.match(month)
    if not match or match[1] in {"0000", "9999"}:
        raise NotFound("month", month)
    year, number = int(match[1]), int(match[2])
    following = (year + 1, 1) if number == 12 else (year, number + 1)
    return datetime(year, number, 1, tzinfo=UTC), datetime(*following, 1, tzinfo=UTC)


def _page(
    site: Site,
    pair: tuple[Query, Query],
    cursor: Cursor | None,
    limit: int,
    *,
    ends: tuple[Cursor, Cursor] | None = None,
    now: datetime | None = None,
    **params: object,
) -> Page[RowMapping]:
    """The page at `cursor`, by the older or the newer one of a pair of statements.

    A cursor outside the list (of the future, or beyond its `ends`) is moved to its end: one from
    the future would show scheduled posts.
    """
    newest = start(now or site.clock())
    params["now"] = newest.at
    if ends:
        newest = min(newest, ends[0], key=_order)
    place = cursor or newest
    if place.newer:
        query, place = pair[1], max(place, ends[1], key=_order) if ends else place
    else:
        query, place = pair[0], min(place, newest, key=_order)
    found = site.read(query, {**params, "at": place.at, "id": place.id, "limit": limit + 1})
    depend(*(f"post:{row['id']}" for row in found))
    return page_of(_until_next(site, found), cursor, limit, at="publish_at")


def _refuse_odd(kind: str, name: str) -> None:
    if not is_name(name):
        raise NotFound(kind, name[:80])


def _order(cursor: Cursor) -> tuple[datetime, int]:
    return cursor.at, cursor.id


def _until_next(site: Site, rows: Sequence[RowMapping]) -> tuple[RowMapping, ...]:
    """The rows, which hold until the next scheduled post comes out."""
    instant = rows[0]["next_publish_at"] if rows else next_change(site)
    if instant is not None:
        expire_at(instant)
    return tuple(rows)


def _not_empty(page: Page[RowMapping], kind: str, key: str) -> Page[RowMapping]:
    if not page.rows:
        depend("posts", "tags" if kind == "tag" else "accounts")
        raise NotFound(kind, key)
    return page
