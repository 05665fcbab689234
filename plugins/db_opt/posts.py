"""`get_posts_by_status`: the textbook list, in the form that does not grow with the archive."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import RowMapping, bindparam, select

from blog_core.api import FieldError, Post, Query, ValidationError
from plugins.db_opt.here import site_for

STATUSES = ("draft", "published", "hidden", "archived")
MAX_LIMIT = 1000

# The counters stand on the post, so nothing is joined and nothing is grouped: `idx_post_status`
# gives the rows in their order, and only those that are shown are read.
POSTS_BY_STATUS = Query(
    "db_opt.posts_by_status",
    select(*Post.__table__.c, Post.last_comment_at.label("last_comment"))
    .where(Post.status == bindparam("status"))
    .order_by(Post.updated_at.desc(), Post.id.desc())
    .limit(bindparam("limit")),
)


def get_posts_by_status(status: str, limit: int = 10) -> Sequence[RowMapping]:
    """The posts of a status, the last changed first, with all columns of the post.

    Each row also holds `comment_count` (approved comments) and `last_comment` (when the last of
    them was written, or None). Raises `ValidationError` for an unknown status, or a limit outside
    1 to 1000.
    """
    _check(status, limit)
    site = site_for("get_posts_by_status()")
    return site.read(POSTS_BY_STATUS, {"status": status, "limit": limit})


def _check(status: Any, limit: Any) -> None:
    errors = []
    if status not in STATUSES:
        expected = ", ".join(STATUSES)
        errors.append(
            FieldError("status", "unknown", f"found {status!r}, expected one of {expected}")
        )
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MAX_LIMIT:
        message = f"found {limit!r}, expected a whole number from 1 to {MAX_LIMIT}"
        errors.append(FieldError("limit", "out_of_range", message, MAX_LIMIT))
    if errors:
        raise ValidationError(errors)
