"""Whether pages cost more when the archive grows: each page at 1,000 posts and at a million.

`--posts N` sets the larger number; each post has five comments on average.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from flask.testing import FlaskClient
from sqlalchemy import text

from bench.cpu import cost_us
from bench.declare import Comparison, Metric, Prepare, Sample, at_most, benchmark
from bench.seeded import FEW, MANY, seeded
from blog_core.content.keyset import Cursor
from blog_core.model import UtcDateTime
from blog_core.testing.trial import TrialBlog

ROUNDS = 60
PAGES = (
    *("home", "home, deepest", "tag", "tag, deepest", "author", "month", "post", "archive"),
    *("tags", "feed", "admin list", "admin list, deepest", "admin post"),
)


@dataclass(frozen=True)
class Grown:
    """A blog with many posts, the browsers of a stranger and of an editor, and what they open."""

    blog: TrialBlog
    stranger: FlaskClient
    editor: FlaskClient
    paths: Mapping[str, Sequence[str]]

    def measure(self) -> Sample:
        """The cost of each page, in the order of `PAGES`."""
        costs = []
        for page in PAGES:
            client = self.editor if page.startswith("admin") else self.stranger
            costs.append(cost_us(client, self.paths[page], self.blog.engine, rounds=ROUNDS))
        return Sample(tuple(costs))


@cache
def grown(database: str, posts: int) -> Grown:
    """A blog with this many posts, and two browsers."""
    blog = seeded(database, posts)
    blog.account("editor")
    stranger = blog.client()
    stranger.set_cookie("bench", "1")  # somebody with a cookie is answered without the cache
    return Grown(blog, stranger, blog.signed_in("editor"), _paths(blog))


def _paths(blog: TrialBlog) -> Mapping[str, Sequence[str]]:
    """What is opened as each page. Posts are such with an average number of comments."""
    oldest = "WHERE status = 'published' ORDER BY publish_at, id LIMIT 1 OFFSET 20"
    deep = f"/?page={_cursor(blog, f'SELECT publish_at AS at, id FROM post {oldest}')}"
    edited = _cursor(
        blog, "SELECT updated_at AS at, id FROM post ORDER BY updated_at, id LIMIT 1 OFFSET 20"
    )
    with blog.engine.connect() as connection:
        posts = connection.execute(
            text(
                "SELECT id, slug FROM post WHERE status = 'published' AND comment_count = 3"
                " AND id > 100 ORDER BY id LIMIT 20"
            )
        ).all()
        tag = connection.execute(text("SELECT slug FROM tag ORDER BY post_count DESC")).scalar()
        author = connection.execute(text("SELECT slug FROM account ORDER BY id LIMIT 1 OFFSET 1"))
        author_slug = author.scalar()
        month = connection.execute(
            text("SELECT month FROM post_month ORDER BY post_count DESC, month LIMIT 1")
        ).scalar()
    last_of_tag = (
        "SELECT t.publish_at AS at, t.post_id AS id FROM post_tag t JOIN tag ON tag.id = t.tag_id"
        " WHERE tag.slug = :slug AND t.publish_at IS NOT NULL"
        " ORDER BY t.publish_at, t.post_id LIMIT 1 OFFSET 20"
    )
    return {
        "home": ["/"],
        "home, deepest": [deep],
        "tag": [f"/tags/{tag}"],
        "tag, deepest": [f"/tags/{tag}?page={_cursor(blog, last_of_tag, slug=tag)}"],
        "author": [f"/authors/{author_slug}"],
        "month": [f"/archive/{month}"],
        "post": [f"/posts/{post.slug}" for post in posts],
        "archive": ["/archive"],
        "tags": ["/tags"],
        "feed": ["/feed.atom"],
        "admin list": ["/admin/"],
        "admin list, deepest": [f"/admin/?page={edited}"],
        "admin post": [f"/admin/posts/{post.id}" for post in posts],
    }


def _cursor(blog: TrialBlog, sql: str, **values: object) -> Cursor:
    with blog.engine.connect() as connection:
        row = connection.execute(text(sql).columns(at=UtcDateTime()), values).one()
    return Cursor(row.at, row.id)


def _growth(database: str) -> Prepare:
    def prepare() -> Iterator[Comparison]:
        many, few = grown(database, MANY), grown(database, FEW)
        yield Comparison(
            many.measure, few.measure, note=f"{MANY:,} posts against {FEW:,}, uncached"
        )

    return prepare


for _database in ("sqlite", "postgresql"):
    benchmark(
        f"db growth, {_database}",
        *(Metric(page, "us CPU/request", at_most(1.25)) for page in PAGES),
        repeats=5,
    )(_growth(_database))
