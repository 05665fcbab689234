"""What readers may see, in one place, and the columns a list of posts shows."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, literal_column, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from blog_core.content.json_lists import json_rows
from blog_core.model import Account, Post, PostAuthor, PostTag, Tag, UtcDateTime

NOW = bindparam("now", type_=UtcDateTime())

is_published: ColumnElement[bool] = Post.status == literal_column("'published'")
"""Published or scheduled. A literal, since a partial index is only found by one."""

visible: ColumnElement[bool] = is_published & (Post.publish_at <= NOW)
"""What strangers may see at `:now`. A range up to a cursor says the same (see `queries`)."""


def authors_of(*columns: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """The authors of a post in their order, as a list of objects with these columns."""
    return json_rows(
        select(*columns)
        .join(PostAuthor, PostAuthor.account_id == Account.id)
        .where(PostAuthor.post_id == Post.id)
        .order_by(PostAuthor.position, Account.id)
        .correlate(Post)
    ).label("authors")


authors = authors_of(Account.name, Account.slug)

tags = json_rows(
    select(Tag.name, Tag.slug)
    .join(PostTag, PostTag.tag_id == Tag.id)
    .where(PostTag.post_id == Post.id)
    .order_by(Tag.name, Tag.id)
    .correlate(Post)
).label("tags")

_coming = aliased(Post)
next_publish_at: ColumnElement[datetime | None] = (
    select(func.min(_coming.publish_at))
    .where(_coming.status == literal_column("'published'"), _coming.publish_at > NOW)
    .correlate(None)
    .scalar_subquery()
    .label("next_publish_at")
)
"""When the next scheduled post comes out: a list read now is right until then."""

LIST_COLUMNS: tuple[InstrumentedAttribute[Any] | ColumnElement[Any], ...] = (
    Post.id,
    Post.slug,
    Post.title,
    Post.excerpt,
    Post.image,
    Post.publish_at,
    Post.comment_count,
    Post.reading_time_min,
    authors,
    tags,
)
"""Of a post in a list; `authors` and `tags` are lists of `{"name", "slug"}`."""
