"""A blog with its tables, an account of each role, and a clock that the test moves."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session

from blog_core.access.permissions import Permissions
from blog_core.content.comments import add_comment
from blog_core.content.posts import create_post, set_authors
from blog_core.content.publishing import publish
from blog_core.content.text import PostText
from blog_core.model import Account, Base
from blog_core.ports import Actor
from blog_core.site import SYSTEM


class Clock:
    def __init__(self):
        self.now = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

    def __call__(self):
        return self.now

    def forward(self, **by):
        self.now += timedelta(**by)


class StubSite:
    def __init__(self, url, data_dir):
        self.engine = create_engine(url)
        if url.startswith("sqlite"):
            @event.listens_for(self.engine, "connect")
            def _(c, _r):
                c.isolation_level = None
                c.execute("PRAGMA foreign_keys=ON"); c.execute("PRAGMA journal_mode=WAL"); c.execute("PRAGMA busy_timeout=5000")
            @event.listens_for(self.engine, "begin")
            def _(c):
                c.exec_driver_sql("BEGIN IMMEDIATE")
        self.data_dir = data_dir
        self.clock = Clock()
        self.access = Permissions()
        self.refusal = None
        self.ports = SimpleNamespace(stages=SimpleNamespace(may=lambda *a: self.refusal), executor=SimpleNamespace(engine=self.engine))
        self.statements = []
        self.reader = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    def read(self, query, params=None):
        self.statements.append(query.name)
        with self.reader.connect() as c:
            return c.execute(query.statement, params or {}).mappings().all()

    @contextmanager
    def transaction(self, actor=None):
        with Session(self.engine) as s:
            s.info["site"] = self
            s.info["actor"] = actor or SYSTEM
            with s.begin():
                yield s


@contextmanager
def open_site(url, data_dir):
    site = StubSite(url, data_dir)
    Base.metadata.create_all(site.engine)
    yield site
    site.engine.dispose()


@pytest.fixture(scope="session")
def opened():
    """`with opened(url, data_dir) as site:` makes a blog with its tables."""
    return open_site


@pytest.fixture
def site(opened, database_url, tmp_path) -> Iterator[Any]:
    with opened(database_url, tmp_path / "data") as site:
        yield site


@pytest.fixture
def ran(site):
    return site.statements


@pytest.fixture
def refusing(site):
    def refuse(refusal):
        site.refusal = refusal
    return refuse


def add_people(site):
    roles = ("admin", "editor", "author", "contributor")
    with site.transaction() as session:
        for role in roles:
            at = site.clock()
            session.add(
                Account(name=role.title(), slug=role, role=role, created_at=at, updated_at=at)
            )
            session.flush()
    actors = {role: Actor(n, role.title(), role) for n, role in enumerate(roles, 1)}
    return SimpleNamespace(**actors, stranger=Actor(None, "A stranger", "stranger"))


@pytest.fixture
def people(site):
    """One actor a role; their ids are 1 to 4."""
    return add_people(site)


class Draft:
    """`draft(actor, title=..., body=..., tags=...)` makes a draft; `in_(session)` in a running one."""

    def __init__(self, site):
        self._site = site

    def __call__(self, actor, **text):
        with self._site.transaction(actor) as session:
            return self.in_(session, **text)

    @staticmethod
    def in_(session, *, title="A title", body="text", tags=(), **more):
        return create_post(session, text=PostText(title=title, body=body, tags=tags, **more))


@pytest.fixture
def draft(site):
    return Draft(site)


@pytest.fixture
def published(site, draft, people):
    """`published(actor, title=..., at=..., authors=...)` makes a post that readers see."""

    def make(actor, *, at=None, authors=(), **text):
        with site.transaction(actor) as session:
            post = draft.in_(session, **text)
            done = publish(session, post_id=post.post_id, version=1, publish_at=at)
        if authors:
            with site.transaction(people.editor) as session:
                ids = [actor.account_id, *(author.account_id for author in authors)]
                set_authors(session, post_id=post.post_id, version=None, author_ids=ids)
        return done

    return make


@pytest.fixture
def comment(site, people):
    """`comment(post_id, body=...)` adds an approved comment, unless it is `held`."""

    def add(post_id, *, actor=people.stranger, body="Good!", held=False):
        with site.transaction(actor) as session:
            return add_comment(session, post_id=post_id, body=body, author_name="Rea", held=held)

    return add
