"""What readers may see, in one place, and the columns a list of posts shows."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, literal_column, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute, aliased
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeEngine

from blog_core.content.json_lists import json_rows
from blog_core.model import Account, Post, PostAuthor, PostTag, Tag, UtcDateTime

NOW = bindparam("now", type_=UtcDateTime())


class _Listed(FunctionElement[Any]):
    """`status = 'published'`, in the very words of the index `idx_post_published`."""

    # Not a Boolean: SQLite would be asked for `... = 1`, which no index answers.
    name = "listed"
    type: TypeEngine[Any] = NullType()
    inherit_cache = True


@compiles(_Listed)
def _in_words(element: _Listed, compiler: SQLCompiler, **kw: Any) -> str:
    return f"{compiler.process(element.clauses, **kw)} = 'published'"


@compiles(_Listed, "sqlite")
def _in_words_of_sqlite(element: _Listed, compiler: SQLCompiler, **kw: Any) -> str:
    # Without statistics SQLite believes that few posts have one status: it took `idx_post_status`
    # and sorted, which at a million posts was 6 s instead of 0.4 ms.
    return f"likely({compiler.process(element.clauses, **kw)} = 'published')"


is_published: ColumnElement[bool] = Post.status == literal_column("'published'")
"""Published or scheduled."""


def listed(status: Any) -> ColumnElement[bool]:
    """Whether a post with this status is published or scheduled, for walking by publication."""
    return _Listed(status)


is_listed: ColumnElement[bool] = listed(Post.status)
"""The same, for statements that walk the posts in their order of publication."""

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
    .where(_Listed(_coming.status), _coming.publish_at > NOW)
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
