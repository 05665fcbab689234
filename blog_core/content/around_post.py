"""What stands around a post, as columns of its statement: its neighbours in time, and its kin.

Each is a list of `{"title", "slug"}`. Related posts are looked for among the newest of the post's
rarest tag, which says most about it; those that share the most tags come first.
"""

from typing import Any

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import aliased

from blog_core.content.json_lists import json_rows
from blog_core.content.visible import NOW, listed
from blog_core.model import Post, PostTag, Tag

RELATED = 3
_LOOKED_AT = 20

_near = aliased(Post)
_place, _here = tuple_(_near.publish_at, _near.id), tuple_(Post.publish_at, Post.id)
_neighbour = select(_near.title, _near.slug).where(listed(_near.status)).limit(1).correlate(Post)

newer: ColumnElement[Any] = json_rows(
    _neighbour.where(_place > _here, _near.publish_at <= NOW).order_by(_near.publish_at, _near.id)
).label("newer")
older: ColumnElement[Any] = json_rows(
    _neighbour.where(_place < _here).order_by(_near.publish_at.desc(), _near.id.desc())
).label("older")

_own, _rare, _theirs, _kin = aliased(PostTag), aliased(PostTag), aliased(PostTag), aliased(Post)
_rarest_tag = (
    select(Tag.id)
    .join(_own, _own.tag_id == Tag.id)
    .where(_own.post_id == Post.id, Tag.post_count > 1)
    .order_by(Tag.post_count, Tag.id)
    .limit(1)
    .correlate(Post)
    .scalar_subquery()
)
_newest_of_it = (
    select(_rare.post_id)
    .where(
        _rare.tag_id == _rarest_tag,
        _rare.publish_at.is_not(None),
        _rare.publish_at <= NOW,
        _rare.post_id != Post.id,
    )
    .order_by(_rare.publish_at.desc(), _rare.post_id.desc())
    .limit(_LOOKED_AT)
    .correlate(Post)
    .scalar_subquery()
)
_shared = (
    select(func.count())
    .select_from(_own)
    .join(_theirs, _theirs.tag_id == _own.tag_id)
    .where(_own.post_id == Post.id, _theirs.post_id == _kin.id)
    .correlate(Post, _kin)
    .label("shared")
)
related: ColumnElement[Any] = json_rows(
    # The count is a column of its own: SQLite knows the post around it there, and not in ORDER BY.
    select(_kin.title, _kin.slug, _shared)
    .where(_kin.id.in_(_newest_of_it))
    .order_by(_shared.desc(), _kin.publish_at.desc(), _kin.id.desc())
    .limit(RELATED)
    .correlate(Post)
).label("related")
