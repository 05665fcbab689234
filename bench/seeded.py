"""Blogs with many posts: seeded once in a run, for every benchmark that looks at them.

Making a million posts takes a quarter of an hour for each database.
"""

import atexit
import os
import tempfile
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from bench.machine import plugins
from blog_core.background import background_work
from blog_core.importing.seed import seed_blog
from blog_core.testing.services import PostgresServer
from blog_core.testing.trial import TrialBlog

FEW = 1_000
MANY = int(os.environ.get("BENCH_POSTS", "1000000"))
COMMENTS_PER_POST = 5
PER_PAGE = 5
"""No more than the fullest month of a small archive has: lists of any size show as much."""

_until_the_end = ExitStack()
atexit.register(_until_the_end.close)


@cache
def seeded(database: str, posts: int) -> TrialBlog:
    """A blog with this many posts on "sqlite" or "postgresql", and five comments a post on average.

    It has one connection, so that the server's work can be counted.
    """
    prefix = f"blog-{posts}-"
    folder = Path(_until_the_end.enter_context(tempfile.TemporaryDirectory(prefix=prefix)))
    url = f"sqlite:///{folder / 'blog.db'}"
    if database == "postgresql":
        url = _server().create_database()
    blog = TrialBlog(
        folder,
        database_url=url,
        plugins=plugins(),
        posts_per_page=PER_PAGE,
        db_opt={"pool_size": 2, "budget": "warning"},
    )
    _until_the_end.callback(blog.close)
    comments = posts * COMMENTS_PER_POST
    with background_work():
        seed_blog(blog.site, posts=posts, comments=comments, on_progress=lambda *_: None)
    return blog


@cache
def _server() -> PostgresServer:
    return _until_the_end.enter_context(PostgresServer.start())
