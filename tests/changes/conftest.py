"""A blog with an empty, migrated database, a post to write to, and an ear for cache tags."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from sqlalchemy import delete, insert, text

from blog_core import create_app
from blog_core.changes import bulk
from blog_core.model import Account, Comment, Post, PostAuthor, PostTag, Tag
from blog_core.model.database import reading
from blog_core.model.migrate import migrate
from blog_core.site import SYSTEM, Site
from tests.changes.rows import NOW, account, post

UNTOUCHED = "nothing-touches-this"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database_url(request, tmp_path_factory):
    """One database for the tests of a file: making one takes longer than most of the tests."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('database') / 'blog.db'}"
        return
    server = request.getfixturevalue("postgres_server")
    url = server.create_database()
    yield url
    server.drop_database(url)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def app(database_url, data_dir):
    app = create_app({"database_url": database_url, "data_dir": data_dir})
    yield app
    for site in app.extensions["blog"].values():
        site.changes.close()
        site.ports.executor.close()


@pytest.fixture(scope="module")
def site(app) -> Site:
    site: Site = app.extensions["blog"]["blog"]
    migrate(site)
    site.changes.relay.look_now()  # the first look takes everything as touched
    return site


@dataclass
class Heard:
    """The tags that the outbox got inside the block, and whether stamps moved by its end."""

    tags: set[str] = field(default_factory=set)
    moved: bool = False
    all_moved: bool = False


class Ear:
    """`with ear() as heard:` hears what a block touches."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def rows(self) -> list[tuple[int, str]]:
        with reading(self.site.ports.executor.engine) as connection:
            return [tuple(row) for row in connection.execute(_ROWS)]

    @contextmanager
    def __call__(self) -> Iterator[Heard]:
        heard, before = Heard(), max((id_ for id_, _ in self.rows()), default=0)
        stamps = self.site.changes.stamps
        nothing, moment = stamps.read([UNTOUCHED]), stamps.now()
        yield heard
        heard.all_moved = stamps.moved(nothing)
        heard.tags = {tag for id_, tag in self.rows() if id_ > before}
        heard.moved = bool(heard.tags) and all(
            stamps.read_since(moment, [tag]) is None for tag in heard.tags
        )


_ROWS = text("SELECT id, cache_tag FROM outbox")


@pytest.fixture
def ear(site) -> Ear:
    return Ear(site)


@pytest.fixture
def filled(site: Site) -> Site:
    """Post 1 (published, tag 1, author 1), post 2 (a draft), post 3 (published); nothing else."""
    with site.transaction(SYSTEM) as session, bulk(session):
        for table in (Comment, PostTag, PostAuthor, Post, Tag, Account):
            session.execute(delete(table))
        session.add_all([account(1), account(2)])
        session.flush()
        session.execute(insert(Tag), [{"id": n, "slug": f"t{n}", "name": f"T{n}"} for n in (1, 2)])
        session.add_all([post(1), post(2, status="draft", publish_at=None), post(3)])
        session.flush()
        session.add(PostTag(post_id=1, tag_id=1, publish_at=NOW))
        session.add_all([PostAuthor(post_id=n, account_id=1, publish_at=NOW) for n in (1, 3)])
    return site
