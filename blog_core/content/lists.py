"""The lists a post stands in: its tags', its authors' and its month's, with their counters.

`relist` is the only function that writes `post_tag`, `post_author`, `post_month` and the counters
of `tag` and `account`. It compares the rows that stand there with what should stand there, and
takes its locks in one order (tags, accounts, month; each by id), so that two posts never deadlock.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from blog_core.model import Account, PostAuthor, PostMonth, PostTag, Tag
from blog_core.model.upsert import insert_on


@dataclass(frozen=True, slots=True)
class Listing:
    """Where a post stands: `publish_at` is None while it is neither published nor scheduled."""

    publish_at: datetime | None
    tag_ids: frozenset[int]
    author_ids: tuple[int, ...]


def listing_of(session: Session, post_id: int) -> Listing:
    """Where a post stands now, by the rows of its lists."""
    tag_ids = session.scalars(select(PostTag.tag_id).where(PostTag.post_id == post_id))
    authors = session.execute(
        select(PostAuthor.account_id, PostAuthor.publish_at)
        .where(PostAuthor.post_id == post_id)
        .order_by(PostAuthor.position)
    ).all()
    return Listing(
        publish_at=authors[0].publish_at if authors else None,
        tag_ids=frozenset(tag_ids),
        author_ids=tuple(author.account_id for author in authors),
    )


def relist(
    session: Session,
    post_id: int,
    *,
    publish_at: datetime | None,
    tag_ids: Collection[int] | None = None,
    author_ids: Sequence[int] | None = None,
) -> Listing:
    """Make a post stand in its lists at `publish_at` (None: in none), with these tags and authors.

    Tags and authors stay as they are where None is given. Returns where the post stood before.
    """
    before = listing_of(session, post_id)
    after = Listing(
        publish_at,
        before.tag_ids if tag_ids is None else frozenset(tag_ids),
        before.author_ids if author_ids is None else tuple(author_ids),
    )
    if after != before:
        _place_tags(session, post_id, before, after)
        _place_authors(session, post_id, before, after)
        _count_month(session, before.publish_at, after.publish_at)
    return before


def _place_tags(session: Session, post_id: int, before: Listing, after: Listing) -> None:
    gone, new = before.tag_ids - after.tag_ids, after.tag_ids - before.tag_ids
    if gone:
        session.execute(delete(PostTag).where(PostTag.post_id == post_id, PostTag.tag_id.in_(gone)))
    if before.publish_at != after.publish_at:
        moved = update(PostTag).where(PostTag.post_id == post_id)
        session.execute(moved.values(publish_at=after.publish_at))
    if new:
        rows = [
            {"post_id": post_id, "tag_id": tag_id, "publish_at": after.publish_at}
            for tag_id in sorted(new)
        ]
        session.execute(insert(PostTag), rows)
    for tag_id, step in _steps(before, after, before.tag_ids, after.tag_ids).items():
        counted = update(Tag).where(Tag.id == tag_id)
        session.execute(counted.values(post_count=Tag.post_count + step))


def _place_authors(session: Session, post_id: int, before: Listing, after: Listing) -> None:
    if before.author_ids != after.author_ids:
        session.execute(delete(PostAuthor).where(PostAuthor.post_id == post_id))
        rows = [
            {
                "post_id": post_id,
                "account_id": account_id,
                "position": position,
                "publish_at": after.publish_at,
            }
            for position, account_id in enumerate(after.author_ids)
        ]
        if rows:
            session.execute(insert(PostAuthor), rows)
    elif before.publish_at != after.publish_at:
        moved = update(PostAuthor).where(PostAuthor.post_id == post_id)
        session.execute(moved.values(publish_at=after.publish_at))
    steps = _steps(before, after, frozenset(before.author_ids), frozenset(after.author_ids))
    for account_id, step in steps.items():
        counted = update(Account).where(Account.id == account_id)
        session.execute(counted.values(post_count=Account.post_count + step))


def _steps(
    before: Listing, after: Listing, old: frozenset[int], new: frozenset[int]
) -> Mapping[int, int]:
    """By how much each counter moves, ordered by id; counters that stay are left out."""
    counted_before = old if before.publish_at else frozenset()
    counted_after = new if after.publish_at else frozenset()
    return {
        id_: 1 if id_ in counted_after else -1 for id_ in sorted(counted_before ^ counted_after)
    }


def month_name(at: datetime) -> str:
    """The key of a month's list: `2026-11`, in UTC."""
    return f"{at.year:04}-{at.month:02}"


def _count_month(session: Session, before: datetime | None, after: datetime | None) -> None:
    old, new = (month_name(at) if at else None for at in (before, after))
    if old == new:
        return
    for month, step in sorted((m, s) for m, s in ((old, -1), (new, 1)) if m):
        row = insert_on(session, PostMonth).values(month=month, post_count=step)
        counted = {"post_count": PostMonth.post_count + step}
        session.execute(row.on_conflict_do_update(index_elements=["month"], set_=counted))
