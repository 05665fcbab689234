"""A whole blog in process: the real app on a real database, and a clock that the test moves."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert

from blog_core import create_app
from blog_core.content.comments import add_comment
from blog_core.content.posts import create_post
from blog_core.content.publishing import publish
from blog_core.content.text import PostText
from blog_core.model import Account
from blog_core.model.migrate import migrate
from blog_core.ports import Actor
from blog_core.site import STRANGER, SYSTEM, Site

PASSWORD = "correct horse battery"
COUNTED = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"})
ROLES = ("admin", "editor", "author", "contributor")


class Clock:
    """The blog's clock; it stands until the test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class World:
    """An app with one migrated blog."""

    app: Flask
    site: Site
    clock: Clock

    def client(self) -> FlaskClient:
        """A stranger's browser."""
        return self.app.test_client()

    def get(self, path: str, **headers: str) -> Any:
        """What a stranger gets at a path."""
        return self.client().get(path, headers=headers)

    def account(self, role: str) -> Actor:
        """A new account of a role, called after it, that can sign in with `PASSWORD`."""
        with self.site.transaction(SYSTEM) as session:
            values = {
                "name": role.title(),
                "slug": role,
                "email": f"{role}@example.com",
                "role": role,
                "password_hash": self.site.access.passwords.hash(PASSWORD),
                "created_at": self.clock(),
                "updated_at": self.clock(),
            }
            added = insert(Account).values(values).returning(Account.id)
            account_id = session.execute(added).scalar_one()
        return Actor(account_id, role.title(), role)

    def signed_in(self, role: str) -> FlaskClient:
        """The browser of somebody of a role, signed in through the form."""
        client = self.client()
        answer = client.post(
            "/admin/sign-in",
            data={"email": f"{role}@example.com", "password": PASSWORD},
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return client

    def draft(self, actor: Actor, title: str, *, body: str = "Some text.", **more: Any) -> int:
        """A draft; its id."""
        with self.site.transaction(actor) as session:
            text = PostText(title=title, body=body, **more)
            return create_post(session, text=text).post_id

    def post(self, actor: Actor, title: str, *, at: datetime | None = None, **more: Any) -> int:
        """A published (or, with `at` to come, scheduled) post; its id."""
        post_id = self.draft(actor, title, **more)
        with self.site.transaction(actor) as session:
            publish(session, post_id=post_id, version=None, publish_at=at)
        return post_id

    def comment(self, post_id: int, body: str) -> None:
        """An approved comment of a stranger."""
        with self.site.transaction(STRANGER) as session:
            add_comment(session, post_id=post_id, body=body, author_name="Rea", held=False)

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """The statements sent inside the block, without BEGIN, COMMIT and PRAGMA."""
        sent: list[str] = []

        def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
            if statement.split(maxsplit=1)[0].upper() in COUNTED:
                sent.append(statement)

        engine = self.site.ports.executor.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def make_world(tmp_path: Path) -> Iterator[Callable[..., World]]:
    """`make_world(database_url, plugins=[...])` makes and migrates a blog."""
    made: list[World] = []

    def make(database_url: str, **config: Any) -> World:
        app = create_app(
            {
                "database_url": database_url,
                "data_dir": str(tmp_path / f"data{len(made)}"),
                "environment": "test",
                **config,
            }
        )
        app.testing = True
        site: Site = app.extensions["blog"]["blog"]
        site.clock = clock = Clock()
        with site.activate():
            migrate(site)
        made.append(World(app, site, clock))
        return made[-1]

    yield make
    for world in made:
        world.site.changes.close()
        world.site.ports.executor.close()


@pytest.fixture
def world(make_world: Callable[..., World], database_url: str) -> World:
    """A blog without plugins, on each database."""
    return make_world(database_url)
