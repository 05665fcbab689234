"""A blog filled with made-up posts and comments, a million of them in minutes.

Each batch of posts comes with all its comments, lists and counters in one transaction, with the
triggers suspended. Stopped between or inside batches, the blog is whole, and the next run goes on
with the first post that is missing.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Table, bindparam, select, text, update
from sqlalchemy.orm import Session

from blog_core.changes import bulk
from blog_core.content.accounts import ensure_author
from blog_core.content.tags import ensure_tags
from blog_core.importing.bulk_rows import free_ids, insert_rows
from blog_core.importing.prepare import Progress
from blog_core.importing.seed_posts import COLUMNS, Batch, Maker, key_of
from blog_core.importing.seed_shares import Popular
from blog_core.importing.seed_texts import FIRST_NAMES, LAST_NAMES, TAG_NAMES
from blog_core.model import Account, Base, Post, PostMonth, Revision, Tag
from blog_core.model.upsert import insert_on
from blog_core.ports import Query
from blog_core.site import SYSTEM, Site

SEED = 1
BATCH_POSTS = 5_000
_WINDOW = 20
_SPAN = timedelta(days=15 * 365)
_KNOWN = Query(
    "seed.known",
    select(Post.source_key).where(Post.source_key.in_(bindparam("keys", expanding=True))),
)


@dataclass(frozen=True, slots=True)
class Seeded:
    """How many posts and comments were made, and how many made-up posts there are now."""

    posts: int
    comments: int
    total_posts: int


def seed_blog(
    site: Site,
    *,
    posts: int,
    comments: int,
    on_progress: Progress,
    batch_posts: int = BATCH_POSTS,
) -> Seeded:
    """Bring the blog to `posts` made-up posts, over which `comments` are spread.

    The first posts keep what they have; only missing ones are made, with their share of comments.
    """
    first = next_number(site, posts)
    if first >= posts:
        return Seeded(0, 0, first)
    with site.transaction(SYSTEM) as session:
        tag_names, authors = _tags(session), _authors(session, posts)
    maker = Maker(
        comments=comments,
        tag_names=tag_names,
        authors=authors,
        begin=site.clock() - _SPAN,
        now=site.clock(),
        count=posts,
        seed=SEED,
    )
    made_comments = 0
    for start in range(first, posts, batch_posts):
        numbers = range(start, min(start + batch_posts, posts))
        with site.transaction(SYSTEM) as session, bulk(session):
            made_comments += _write(session, maker, numbers)
        on_progress("seeding", numbers.stop, posts)
    _gather_statistics(site)
    return Seeded(posts - first, made_comments, posts)


def next_number(site: Site, limit: int) -> int:
    """The number of the first made-up post that is missing, found by halving.

    A few neighbours are asked for together, so that deleting some posts does not lead astray.
    """
    low, high = 0, limit
    while low < high:
        middle = (low + high) // 2
        if _known(site, middle):
            low = middle + 1
        else:
            high = middle
    last = _known(site, max(0, low - _WINDOW)) if low else set()
    return max((number + 1 for number in last), default=0)


def _known(site: Site, number: int) -> set[int]:
    keys = [key_of(each) for each in range(number, number + _WINDOW)]
    rows = site.read(_KNOWN, {"keys": keys})
    return {int(row["source_key"].partition(":")[2]) for row in rows}


def _tags(session: Session) -> dict[int, str]:
    """The tags by id, from the most popular to the rarest."""
    ensure_tags(session, TAG_NAMES)
    rows = session.execute(select(Tag.name, Tag.id).where(Tag.name.in_(TAG_NAMES))).all()
    ids = {row.name: row.id for row in rows}
    return {ids[name]: name for name in TAG_NAMES if name in ids}


def _authors(session: Session, posts: int) -> Popular:
    """More posts have more authors, up to 200."""
    names = [f"{first} {last}" for last in LAST_NAMES for first in FIRST_NAMES]
    count = max(3, min(200, posts // 500))
    return Popular([ensure_author(session, name=name).id for name in names[:count]])


def _write(session: Session, maker: Maker, numbers: range) -> int:
    connection = session.connection()
    post_ids = free_ids(connection, _table(Post), len(numbers))
    revision_ids = free_ids(connection, _table(Revision), len(numbers))
    batch = Batch()
    for number, post_id, revision_id in zip(numbers, post_ids, revision_ids, strict=True):
        maker.add(batch, number, post_id, revision_id)
    for model, columns in COLUMNS.items():
        insert_rows(connection, _table(model), columns, batch.rows[model])
    _count(session, Tag, batch.tag_counts)
    _count(session, Account, batch.account_counts)
    for month, count in sorted(batch.month_counts.items()):
        row = insert_on(session, PostMonth).values(month=month, post_count=count)
        more = {"post_count": PostMonth.post_count + count}
        session.execute(row.on_conflict_do_update(index_elements=["month"], set_=more))
    return batch.comments


def _count(session: Session, model: type[Tag] | type[Account], counts: Counter[int]) -> None:
    rows: Sequence[dict[str, int]] = [
        {"row_id": id_, "more": count} for id_, count in sorted(counts.items())
    ]
    if rows:
        counted = update(model).where(model.id == bindparam("row_id"))
        session.connection().execute(
            counted.values(post_count=model.post_count + bindparam("more")), rows
        )


def _gather_statistics(site: Site) -> None:
    """Tell the planner what the tables hold now. PostgreSQL would notice only after a while, and
    SQLite never: it would still look for published posts by their status alone."""
    with site.transaction(SYSTEM) as session:
        if session.connection().dialect.name == "postgresql":
            session.execute(text("SET LOCAL statement_timeout = 0"))
        session.execute(text("ANALYZE"))


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101  every model of ours is one table
    return table
