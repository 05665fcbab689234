"""A blog with its tables, an account of each role, and a clock that the test moves."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import event

from blog_core import create_app
from blog_core.content.comments import add_comment
from blog_core.content.posts import create_post, set_authors
from blog_core.content.publishing import publish
from blog_core.content.text import PostText
from blog_core.defaults.stages import DraftAndPublished
from blog_core.model import Account
from blog_core.model.migrate import migrate
from blog_core.ports import Actor
from blog_core.site import Site


class Clock:
    def __init__(self):
        self.now = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

    def __call__(self):
        return self.now

    def forward(self, **by):
        self.now += timedelta(**by)


@contextmanager
def open_site(url: str, data_dir: Path) -> Iterator[Site]:
    """A blog without plugins, with its tables, active, and with a clock that stands still."""
    config = {"plugins": [], "database_url": url, "data_dir": data_dir, "environment": "test"}
    app = create_app(config)
    site: Site = app.extensions["blog"]["blog"]
    site.clock = Clock()
    with site.activate():
        migrate(site)
        yield site
        site.changes.close()
        site.ports.executor.close()


@pytest.fixture(scope="session")
def opened():
    """How to make a blog with its tables: by address and folder, in a `with`."""
    return open_site


@pytest.fixture
def site(opened, database_url, tmp_path) -> Iterator[Site]:
    with opened(database_url, tmp_path / "data") as site:
        yield site


@pytest.fixture
def ran(site):
    """The tables that statements read first, in the order in which they ran."""
    tables: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        found = re.findall(r"\bFROM (?:\w+\.)?(\w+)", statement)
        if found:
            tables.append(found[-1])

    engine = site.ports.executor.engine
    event.listen(engine, "before_cursor_execute", note)
    yield tables
    event.remove(engine, "before_cursor_execute", note)


class RefusingStages(DraftAndPublished):
    """Lets nobody through."""

    def __init__(self, executor, refusal):
        super().__init__(executor)
        self._refusal = refusal

    def may(self, post_id, actor, transition):
        return self._refusal


@pytest.fixture
def refusing(site):
    """`refusing(refusal)` makes every stage refuse from now on."""

    def refuse(refusal):
        stages = RefusingStages(site.ports.executor, refusal)
        site.ports = replace(site.ports, stages=stages)

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
    """Makes a draft: `draft(actor, title=..., tags=...)`, or `draft.in_(session, title=...)`."""

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
