"""The textbook list of posts with their comments, and `get_posts_by_status` with the same rows.

`--posts N` sets how many posts there are, with five comments each on average. Both sides have the
indexes of the blog.
"""

import contextlib
import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.sql import Select

from bench.declare import Comparison, Metric, Prepare, Sample, at_most, benchmark
from bench.seeded import COMMENTS_PER_POST, MANY, seeded
from blog_core.model import Comment, Post
from blog_core.testing.trial import TrialBlog
from plugins.db_opt.advise.pages_read import page_bytes_read
from plugins.db_opt.posts import POSTS_BY_STATUS

LIMIT = 10
RUNS = 50
PROMISED = 1_000_000
"""The size that the goal for the time is meant for: the textbook side grows, ours does not."""

_own = [column for column in Post.__table__.c if column.name != "comment_count"]
TEXTBOOK: Select[Any] = (
    select(
        *_own,
        func.count(Comment.id).label("comment_count"),
        func.max(Comment.created_at).label("last_comment"),
    )
    .outerjoin(Comment, and_(Comment.post_id == Post.id, Comment.status == "approved"))
    .where(Post.status == "published")
    .group_by(Post.id)
    .order_by(Post.updated_at.desc(), Post.id.desc())
    .limit(LIMIT)
)
_statement: Any = POSTS_BY_STATUS.statement  # any Executable; this one is a Select
OURS = _statement.limit(LIMIT).params(status="published")

Cost = Callable[[str, int], tuple[float, float]]
"""Blocks, and microseconds of the server, of a statement that is run so many times."""


def _sql(blog: TrialBlog, statement: Any) -> str:
    compiled = statement.compile(blog.engine, compile_kwargs={"literal_binds": True})
    return str(compiled)


def _check_rows(blog: TrialBlog) -> None:
    with blog.engine.connect() as connection:
        if blog.engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET statement_timeout = 0")
        names = ("id", "comment_count", "last_comment")
        sides = [
            [tuple(row[name] for name in names) for row in connection.execute(one).mappings()]
            for one in (OURS, TEXTBOOK)
        ]
        connection.invalidate()
    if sides[0] != sides[1] or len(sides[0]) != LIMIT:
        raise AssertionError(f"The two sides do not give the same rows: {sides}")


def _on_postgres(blog: TrialBlog) -> Cost:
    """As the server says; temporary files count with the blocks."""

    def cost(sql: str, runs: int) -> tuple[float, float]:
        explain = f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {sql}"
        found = []
        with blog.engine.connect() as connection:
            connection.exec_driver_sql("SET statement_timeout = 0")
            for _ in range(runs):
                (content,) = connection.exec_driver_sql(explain).one()
                found.append((json.loads(content) if isinstance(content, str) else content)[0])
            connection.invalidate()
        kinds = ("Shared Hit", "Shared Read", "Temp Read", "Temp Written")
        blocks = sum(found[-1]["Plan"].get(f"{kind} Blocks", 0) for kind in kinds)
        return float(blocks), median(float(one["Execution Time"]) for one in found) * 1000

    return cost


def _on_sqlite(blog: TrialBlog) -> Cost:
    """Pages that a new connection reads; then the time on one that has them."""
    file = Path(str(blog.engine.url.database)).absolute()

    def cost(sql: str, runs: int) -> tuple[float, float]:
        with contextlib.closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as driver:
            driver.execute("PRAGMA mmap_size = 0")
            driver.execute("PRAGMA cache_size = -1048576")
            ((page_bytes,),) = driver.execute("PRAGMA page_size").fetchall()
            driver.execute("SELECT count(*) FROM sqlite_master").fetchall()
            before = page_bytes_read()
            times = [_timed(driver, sql)]
            after = page_bytes_read()
            if before is None or after is None:
                raise OSError("The system counts no reads, so pages cannot be counted here.")
            times += [_timed(driver, sql) for _ in range(runs - 1)]
        return (after - before) / page_bytes, median(times) * 1e6

    return cost


def _timed(driver: sqlite3.Connection, sql: str) -> float:
    began = time.perf_counter()
    driver.execute(sql).fetchall()
    return time.perf_counter() - began


def _against_the_textbook(database: str) -> Prepare:
    def prepare() -> Iterator[Comparison]:
        blog = seeded(database, MANY)
        _check_rows(blog)
        cost = (_on_postgres if database == "postgresql" else _on_sqlite)(blog)
        ours, textbook = _sql(blog, OURS), _sql(blog, TEXTBOOK)
        yield Comparison(
            lambda: Sample(cost(ours, RUNS)),
            lambda: Sample(cost(textbook, 1)),
            note=f"{MANY:,} posts, {MANY * COMMENTS_PER_POST:,} comments, the same ten rows",
        )

    return prepare


METRICS: Sequence[Metric] = (
    Metric("blocks", "blocks", at_most(20), is_absolute=True),
    Metric("server time", "us", at_most(0.0001) if MANY >= PROMISED else None),
)
for _database in ("sqlite", "postgresql"):
    benchmark(f"db posts by status, {_database}", *METRICS, repeats=3)(
        _against_the_textbook(_database)
    )
