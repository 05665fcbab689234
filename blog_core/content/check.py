"""`blog check`: compares counters and list columns with the posts they repeat, and repairs them.

Nothing here is needed while all writing goes through the use cases; it proves that, and mends a
database that other programs wrote to. Each check is one statement that names the wrong rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Update,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from blog_core.content.acting import require, rows_changed
from blog_core.content.queries import month_of
from blog_core.model import Account, Comment, Post, PostAuthor, PostMonth, PostTag, Tag
from blog_core.site import SYSTEM, Site


@dataclass(frozen=True, slots=True)
class Finding:
    """Rows that do not say what the posts say."""

    name: str
    rows: int
    repaired: bool

    def __str__(self) -> str:
        done = "repaired" if self.repaired else "wrong"
        return f"{self.name}: {self.rows:,} row(s) {done}"


def check(site: Site, *, repair: bool) -> list[Finding]:
    """What is wrong, repaired in one transaction if asked for. Empty when all is well."""
    with site.transaction(SYSTEM) as session:
        return check_in(session, repair=repair)


def check_in(session: Session, *, repair: bool) -> list[Finding]:
    """As `check`, inside a transaction. Order matters: counters count what the lists say."""
    require(session, "manage-site")
    findings = []
    for name, run in CHECKS.items():
        rows = run(session, repair)
        if rows:
            findings.append(Finding(name, rows, repaired=repair))
    return findings


_listed_at = case((Post.status == "published", Post.publish_at), else_=null())
_approved = Comment.status == "approved"


def _counted(count: Any, *where: ColumnElement[bool]) -> Any:
    return select(count).where(*where).scalar_subquery()


def _wrong(session: Session, statement: Update, repair: bool) -> int:
    """Run an UPDATE of wrong rows, or count what it would change."""
    if repair:
        return rows_changed(session, statement)
    table = statement.table
    where = statement.whereclause
    assert where is not None  # noqa: S101  each check has one
    return session.scalar(select(func.count()).select_from(table).where(where)) or 0


def _first_authors(session: Session, repair: bool) -> int:
    """Every post has its author in `post_author`, at position 0."""
    is_first = and_(
        PostAuthor.post_id == Post.id,
        PostAuthor.account_id == Post.author_id,
        PostAuthor.position == 0,
    )
    wrong = select(Post.id, Post.author_id).where(~exists().where(is_first))
    rows = session.execute(wrong).all()
    if repair:
        for post_id, account_id in rows:
            others = PostAuthor.post_id == post_id
            session.execute(
                update(PostAuthor).where(others).values(position=PostAuthor.position + 1)
            )
            session.execute(delete(PostAuthor).where(others, PostAuthor.account_id == account_id))
            row = {"post_id": post_id, "account_id": account_id, "position": 0}
            session.execute(insert(PostAuthor), [row])
    return len(rows)


def _list_column(of: type[PostTag] | type[PostAuthor]) -> Callable[[Session, bool], int]:
    listed_at = _counted(_listed_at, Post.id == of.post_id)

    def run(session: Session, repair: bool) -> int:
        wrong = update(of).where(of.publish_at.is_distinct_from(listed_at))
        return _wrong(session, wrong.values(publish_at=listed_at), repair)

    return run


def _counter(
    of: type[Tag] | type[Account], list_: type[PostTag] | type[PostAuthor], key: Any
) -> Callable[[Session, bool], int]:
    count = _counted(func.count(), key == of.id, list_.publish_at.is_not(None))

    def run(session: Session, repair: bool) -> int:
        wrong = update(of).where(of.post_count != count)
        return _wrong(session, wrong.values(post_count=count), repair)

    return run


def _months(session: Session, repair: bool) -> int:
    month = month_of(Post.publish_at)
    published = and_(Post.status == "published", Post.publish_at.is_not(None))
    counted = select(month, func.count()).where(published).group_by(month)
    kept = select(PostMonth.month, PostMonth.post_count).where(PostMonth.post_count != 0)
    truth = {row[0]: row[1] for row in session.execute(counted)}
    stored = {row[0]: row[1] for row in session.execute(kept)}
    wrong = {name for name in truth.keys() | stored.keys() if truth.get(name) != stored.get(name)}
    if repair and wrong:
        session.execute(delete(PostMonth))
        session.execute(
            insert(PostMonth),
            [{"month": name, "post_count": count} for name, count in sorted(truth.items())],
        )
    return len(wrong)


def _comment_counters(session: Session, repair: bool) -> int:
    """The counters move neither version nor `updated_at`, here as anywhere."""
    count = _counted(func.count(), Comment.post_id == Post.id, _approved)
    newest = _counted(func.max(Comment.created_at), Comment.post_id == Post.id, _approved)
    differs = or_(Post.comment_count != count, Post.last_comment_at.is_distinct_from(newest))
    wrong = update(Post).where(differs).values(comment_count=count, last_comment_at=newest)
    return _wrong(session, wrong, repair)


def _published_without_date(session: Session, repair: bool) -> int:
    """A published post has a date; one without would be in no list at all."""
    wrong = and_(Post.status == "published", Post.publish_at.is_(None))
    return _wrong(session, update(Post).where(wrong).values(publish_at=Post.created_at), repair)


CHECKS: dict[str, Callable[[Session, bool], int]] = {
    "published posts without a date": _published_without_date,
    "first authors": _first_authors,
    "tags' lists": _list_column(PostTag),
    "authors' lists": _list_column(PostAuthor),
    "tags' counters": _counter(Tag, PostTag, PostTag.tag_id),
    "accounts' counters": _counter(Account, PostAuthor, PostAuthor.account_id),
    "months' counters": _months,
    "comment counters": _comment_counters,
}
"""Name and check: the check takes the session and whether to repair, and returns the wrong rows."""

__all__ = ["CHECKS", "Finding", "check", "check_in"]
