"""`blog check`: compares counters and list columns with the posts they repeat, and repairs them.

Nothing here is needed while all writing goes through the use cases; it proves that, and mends a
database that other programs wrote to. Each check is one statement that names the wrong rows and
what should stand there, by joins over whole tables, so that it ends on a large blog too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    null,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from blog_core.content.acting import require
from blog_core.content.queries import month_of
from blog_core.model import Account, Comment, Post, PostAuthor, PostMonth, PostTag, Tag
from blog_core.model.database import schema_of
from blog_core.model.triggers.search import refill, wrong_entries
from blog_core.site import SYSTEM, Site

Rows = Select[*tuple[Any, ...]]
_AT_ONCE = 1_000


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
    if session.get_bind().dialect.name == "postgresql":
        # The limit is for pages; these statements may take minutes.
        session.execute(text("SET LOCAL statement_timeout = 0"))
    findings = []
    for name, run in CHECKS.items():
        rows = run(session, repair)
        if rows:
            findings.append(Finding(name, rows, repaired=repair))
    return findings


def _mend(session: Session, table: Any, keys: tuple[str, ...], wrong: Rows, repair: bool) -> int:
    """Give the rows that `wrong` names (by `keys`) the values of its other columns."""
    rows = [row._asdict() for row in session.execute(wrong)]
    if repair and rows:
        columns = table.__table__.c
        names = [name for name in rows[0] if name not in keys]
        where = [columns[key] == bindparam(f"key_{key}") for key in keys]
        mended = update(table.__table__).where(*where)
        mended = mended.values({name: bindparam(f"new_{name}") for name in names})
        for start in range(0, len(rows), _AT_ONCE):
            session.connection().execute(
                mended,
                [
                    {f"{'key' if name in keys else 'new'}_{name}": row[name] for name in row}
                    for row in rows[start : start + _AT_ONCE]
                ],
            )
    return len(rows)


_listed_at = case((Post.status == "published", Post.publish_at), else_=null())


def _published_without_date(session: Session, repair: bool) -> int:
    """A published post has a date; one without would be in no list at all."""
    wrong = select(Post.id, Post.created_at.label("publish_at")).where(
        Post.status == "published", Post.publish_at.is_(None)
    )
    return _mend(session, Post, ("id",), wrong, repair)


def _first_authors(session: Session, repair: bool) -> int:
    """Every post has its author in `post_author`, at position 0."""
    is_first = and_(
        PostAuthor.post_id == Post.id,
        PostAuthor.account_id == Post.author_id,
        PostAuthor.position == 0,
    )
    wrong = select(Post.id, Post.author_id).where(~exists().where(is_first))
    rows = session.execute(wrong).all()
    for post_id, account_id in rows if repair else ():
        of_post = PostAuthor.post_id == post_id
        further = update(PostAuthor).where(of_post)
        session.execute(further.values(position=PostAuthor.position + 1))
        session.execute(delete(PostAuthor).where(of_post, PostAuthor.account_id == account_id))
        row = {"post_id": post_id, "account_id": account_id, "position": 0}
        session.execute(insert(PostAuthor), [row])
    return len(rows)


def _list_column(of: type[PostTag] | type[PostAuthor], key: str) -> Callable[[Session, bool], int]:
    def run(session: Session, repair: bool) -> int:
        wrong = (
            select(of.post_id, getattr(of, key), _listed_at.label("publish_at"))
            .join(Post, Post.id == of.post_id)
            .where(of.publish_at.is_distinct_from(_listed_at))
        )
        return _mend(session, of, ("post_id", key), wrong, repair)

    return run


def _counter(
    of: type[Tag] | type[Account], listed: type[PostTag] | type[PostAuthor], key: str
) -> Callable[[Session, bool], int]:
    owner = getattr(listed, key)
    counted = (
        select(owner.label("id"), func.count().label("posts"))
        .where(listed.publish_at.is_not(None))
        .group_by(owner)
        .subquery()
    )
    posts = func.coalesce(counted.c.posts, 0)

    def run(session: Session, repair: bool) -> int:
        wrong = (
            select(of.id, posts.label("post_count"))
            .outerjoin(counted, counted.c.id == of.id)
            .where(of.post_count != posts)
        )
        return _mend(session, of, ("id",), wrong, repair)

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
        rows = [{"month": name, "post_count": count} for name, count in sorted(truth.items())]
        if rows:
            session.execute(insert(PostMonth), rows)
    return len(wrong)


def _comment_counters(session: Session, repair: bool) -> int:
    """The counters move neither version nor `updated_at`, here as anywhere."""
    counted = (
        select(
            Comment.post_id,
            func.count().label("comments"),
            func.max(Comment.created_at).label("newest"),
        )
        .where(Comment.status == "approved")
        .group_by(Comment.post_id)
        .subquery()
    )
    comments = func.coalesce(counted.c.comments, 0)
    newest = counted.c.newest
    wrong = (
        select(Post.id, comments.label("comment_count"), newest.label("last_comment_at"))
        .outerjoin(counted, counted.c.post_id == Post.id)
        .where(or_(Post.comment_count != comments, Post.last_comment_at.is_distinct_from(newest)))
    )
    return _mend(session, Post, ("id",), wrong, repair)


def _search_index(session: Session, repair: bool) -> int:
    """Every published post is found by its present text, and nothing else is."""
    connection = session.connection()
    dialect, schema = connection.dialect.name, schema_of(connection.engine)
    if dialect == "postgresql" and schema is None:
        schema = connection.scalar(text("SELECT current_schema()"))
    options = {"no_parameters": True}
    wrong = wrong_entries(dialect, schema or "")
    rows = connection.exec_driver_sql(wrong, execution_options=options).scalar_one()
    for statement in refill(dialect, schema or "") if repair and rows else ():
        connection.exec_driver_sql(statement, execution_options=options)
    return int(rows)


CHECKS: dict[str, Callable[[Session, bool], int]] = {
    "published posts without a date": _published_without_date,
    "first authors": _first_authors,
    "tags' lists": _list_column(PostTag, "tag_id"),
    "authors' lists": _list_column(PostAuthor, "account_id"),
    "tags' counters": _counter(Tag, PostTag, "tag_id"),
    "accounts' counters": _counter(Account, PostAuthor, "account_id"),
    "months' counters": _months,
    "comment counters": _comment_counters,
    "search index": _search_index,
}
"""Name and check: the check takes the session and whether to repair, and returns the wrong rows."""
