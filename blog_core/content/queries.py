"""The readers' statements, by name. Each is one range of one index, at any depth of any list.

A list page takes `:at`, `:id` and `:limit`; `reading` fills them in so that the range ends at the
present. That range is `visible` said by one row value: with a second bound beside it, a database
may choose the wrong one and walk through everything in between.
"""

from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, func, literal_column, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import String

from blog_core.content.around_post import newer, older, related
from blog_core.content.keyset import newer_than_cursor, older_than_cursor
from blog_core.content.visible import (
    LIST_COLUMNS,
    NOW,
    is_listed,
    is_published,
    next_publish_at,
    visible,
)
from blog_core.model import (
    Account,
    Comment,
    Post,
    PostAuthor,
    PostMonth,
    PostTag,
    Redirect,
    Tag,
    UtcDateTime,
)
from blog_core.ports import Query

_LIMIT: BindParameter[int] = bindparam("limit")
_SLUG: BindParameter[str] = bindparam("slug")

Rows = Select[*tuple[Any, ...]]


def _older(rows: Rows, at: Any, id_: Any) -> Rows:
    return rows.where(older_than_cursor(at, id_)).order_by(at.desc(), id_.desc()).limit(_LIMIT)


def _newer(rows: Rows, at: Any, id_: Any) -> Rows:
    upwards = rows.where(newer_than_cursor(at, id_), at <= NOW)
    return upwards.order_by(at.asc(), id_.asc()).limit(_LIMIT)


# --- lists of posts -------------------------------------------------------------------------------

_published = select(*LIST_COLUMNS, next_publish_at).where(is_listed)
POSTS_OLDER = Query("reader.posts_older", _older(_published, Post.publish_at, Post.id))
POSTS_NEWER = Query("reader.posts_newer", _newer(_published, Post.publish_at, Post.id))

_since = bindparam("since", type_=UtcDateTime())
_until = bindparam("until", type_=UtcDateTime())
MONTH_OLDER = Query(
    "reader.month_older",
    _older(_published.where(Post.publish_at >= _since), Post.publish_at, Post.id),
)
MONTH_NEWER = Query(
    "reader.month_newer",
    _newer(_published.where(Post.publish_at < _until), Post.publish_at, Post.id),
)

# The tag is a scalar subquery, not a join: its id is one constant, and the index gives the order.
_tag_id = select(Tag.id).where(Tag.slug == _SLUG).scalar_subquery()
_of_tag = (
    select(
        *LIST_COLUMNS,
        next_publish_at,
        PostTag.tag_id,
        select(Tag.name).where(Tag.slug == _SLUG).scalar_subquery().label("tag_name"),
        select(Tag.description).where(Tag.slug == _SLUG).scalar_subquery().label("tag_description"),
    )
    .select_from(PostTag)
    .join(Post, Post.id == PostTag.post_id)
    .where(PostTag.tag_id == _tag_id, PostTag.publish_at.is_not(None))
)
TAG_OLDER = Query("reader.tag_older", _older(_of_tag, PostTag.publish_at, PostTag.post_id))
TAG_NEWER = Query("reader.tag_newer", _newer(_of_tag, PostTag.publish_at, PostTag.post_id))

_account_id = select(Account.id).where(Account.slug == _SLUG).scalar_subquery()
_of_author = (
    select(
        *LIST_COLUMNS,
        next_publish_at,
        PostAuthor.account_id,
        select(Account.name).where(Account.slug == _SLUG).scalar_subquery().label("author_name"),
        select(Account.bio).where(Account.slug == _SLUG).scalar_subquery().label("author_bio"),
    )
    .select_from(PostAuthor)
    .join(Post, Post.id == PostAuthor.post_id)
    .where(PostAuthor.account_id == _account_id, PostAuthor.publish_at.is_not(None))
)
AUTHOR_OLDER = Query(
    "reader.author_older", _older(_of_author, PostAuthor.publish_at, PostAuthor.post_id)
)
AUTHOR_NEWER = Query(
    "reader.author_newer", _newer(_of_author, PostAuthor.publish_at, PostAuthor.post_id)
)

# --- one post -------------------------------------------------------------------------------------

POST_COLUMNS = (
    *LIST_COLUMNS,
    Post.created_at,
    Post.updated_at,
    Post.comments_open,
    Post.words,
    Post.version,
    Post.status,
    Post.toc,
    Post.html,
)
# A scheduled post is found too: so a 404 made of it is known to hold until it comes out.
POST_BY_SLUG = Query(
    "reader.post",
    select(
        *POST_COLUMNS, newer, older, related, next_publish_at, visible.label("is_visible")
    ).where(Post.slug == _SLUG, is_published),
)

POST_BY_ID = Query(
    "reader.post_by_id",
    select(*POST_COLUMNS, visible.label("is_visible")).where(
        Post.id == bindparam("post_id"), is_published
    ),
)

POST_COMMENTS = Query(
    "reader.comments",
    select(
        Comment.id,
        Comment.account_id,
        Comment.created_at,
        Comment.author_name,
        Comment.author_url,
        Comment.html,
    )
    .where(Comment.post_id == bindparam("post_id"), Comment.status == literal_column("'approved'"))
    .order_by(Comment.created_at, Comment.id)
    .limit(_LIMIT),
)

REDIRECT = Query(
    "reader.redirect",
    select(Redirect.target, Post.id, Post.slug)
    .select_from(Redirect)
    .outerjoin(Post, and_(Post.id == Redirect.post_id, visible))
    .where(Redirect.path.in_((bindparam("path"), bindparam("other"))))
    # The path as it was asked for comes first.
    .order_by((Redirect.path == bindparam("path")).desc()),
)

# --- overviews ------------------------------------------------------------------------------------


class month_of(GenericFunction[str]):  # noqa: N801  a function of SQL, spelt like one
    """The month (UTC) of an instant, as `2026-11`."""

    type = String()
    inherit_cache = True


@compiles(month_of, "sqlite")
def _month_on_sqlite(element: month_of, compiler: SQLCompiler, **kw: Any) -> str:
    return f"substr({compiler.process(element.clauses, **kw)}, 1, 7)"


@compiles(month_of, "postgresql")
def _month_on_postgresql(element: month_of, compiler: SQLCompiler, **kw: Any) -> str:
    return f"to_char({compiler.process(element.clauses, **kw)} AT TIME ZONE 'UTC', 'YYYY-MM')"


# The counters count scheduled posts too, so that no clock has to move them: the few that are still
# to come are subtracted here.
_coming = (
    select(month_of(Post.publish_at).label("month"), func.count().label("posts"))
    .where(is_listed, Post.publish_at > NOW)
    .group_by(month_of(Post.publish_at))
    .subquery()
)
_in_month = PostMonth.post_count - func.coalesce(_coming.c.posts, 0)
MONTHS = Query(
    "reader.months",
    select(PostMonth.month, _in_month.label("posts"), next_publish_at)
    .outerjoin(_coming, _coming.c.month == PostMonth.month)
    .where(_in_month > 0)
    .order_by(PostMonth.month.desc()),
)

_tag_coming = (
    select(func.count())
    .where(PostTag.tag_id == Tag.id, PostTag.publish_at > NOW)
    .correlate(Tag)
    .scalar_subquery()
)
_tag_posts = Tag.post_count - _tag_coming
TAGS = Query(
    "reader.tags",
    select(Tag.name, Tag.slug, _tag_posts.label("posts"), next_publish_at)
    .where(Tag.post_count > 0, _tag_posts > 0)
    .order_by(Tag.name, Tag.id)
    .limit(_LIMIT),
)

_author_coming = (
    select(func.count())
    .where(PostAuthor.account_id == Account.id, PostAuthor.publish_at > NOW)
    .correlate(Account)
    .scalar_subquery()
)
_author_posts = Account.post_count - _author_coming
AUTHORS = Query(
    "reader.authors",
    select(Account.name, Account.slug, _author_posts.label("posts"), next_publish_at)
    .where(Account.post_count > 0, _author_posts > 0)
    .order_by(Account.name, Account.id)
    .limit(_LIMIT),
)

NEXT_CHANGE = Query("reader.next_change", select(next_publish_at))

# --- feeds and the sitemap ------------------------------------------------------------------------

_entries = _published.add_columns(Post.updated_at, Post.html)
FEED = Query("reader.feed", _older(_entries, Post.publish_at, Post.id))
TAG_FEED = Query(
    "reader.tag_feed",
    _older(_of_tag.add_columns(Post.updated_at, Post.html), PostTag.publish_at, PostTag.post_id),
)
AUTHOR_FEED = Query(
    "reader.author_feed",
    _older(
        _of_author.add_columns(Post.updated_at, Post.html),
        PostAuthor.publish_at,
        PostAuthor.post_id,
    ),
)

SITEMAP_LAST = Query(
    "reader.sitemap_last",
    select(Post.id, next_publish_at)
    .where(is_listed, Post.publish_at <= NOW)
    .order_by(Post.id.desc())
    .limit(1),
)
SITEMAP_PART = Query(
    "reader.sitemap_part",
    select(Post.slug, Post.updated_at, next_publish_at)
    .where(Post.id > bindparam("after"), Post.id <= bindparam("up_to"), visible)
    .order_by(Post.id),
)

READER_QUERIES: tuple[Query, ...] = tuple(
    value for value in list(globals().values()) if isinstance(value, Query)
)
"""All of the above: what the plan tests walk through."""
