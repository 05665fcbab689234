"""A real blog on an empty folder, with what a test wants to do with it in one call each."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy import Engine

from blog_core.content.accounts import create_account, find_account
from blog_core.content.posts import create_post
from blog_core.content.publishing import publish
from blog_core.content.text import PostText
from blog_core.extension import create_app
from blog_core.model.migrate import migrate
from blog_core.ports import Actor
from blog_core.site import SYSTEM, Site
from blog_core.testing.clock import FakeClock
from blog_core.testing.query_log import QueryLog, recording

PASSWORD = "a-long-password-for-trials"  # noqa: S105 - of accounts that live as long as a test


class TrialBlog:
    """An app made by `create_app`, migrated, on a folder of its own, with a clock that stands."""

    def __init__(self, data_dir: Path, **config: Any) -> None:
        self.app: Flask = create_app(
            {"environment": "test", "data_dir": data_dir, "secret_key": "trial" * 8, **config}
        )
        self.site: Site = self.app.extensions["blog"]["blog"]
        self.clock = FakeClock()
        self.site.clock = self.clock
        migrate(self.site)

    @property
    def engine(self) -> Engine:
        """The engine of the blog's database."""
        return self.site.ports.executor.engine

    def client(self) -> FlaskClient:
        """A browser of a stranger."""
        return self.app.test_client()

    def account(self, role: str = "editor") -> Actor:
        """The actor of this role; its account is made at the first call."""
        email = f"{role}@example.org"
        found = find_account(self.site, email=email)
        if found is not None:
            return Actor(found["id"], role.title(), role)
        password_hash = self.site.access.passwords.hash(PASSWORD)
        with self.site.transaction(SYSTEM) as session:
            account = create_account(
                session, name=role.title(), role=role, email=email, password_hash=password_hash
            )
        return Actor(account.id, role.title(), role)

    def signed_in(self, role: str = "editor") -> FlaskClient:
        """A browser in which somebody of this role is signed in."""
        self.account(role)
        client = self.client()
        with self.app.test_request_context(), self.site.activate():
            token = self.site.access.sign_in(email=f"{role}@example.org", password=PASSWORD)
            cookie = self.site.access.keep(Response(), token).headers["Set-Cookie"]
        name, _, value = cookie.partition(";")[0].partition("=")
        client.set_cookie(name, value)
        return client

    def post(self, title: str, body: str = "Some text.", *, published: bool = True) -> int:
        """Write a post as the editor; its id."""
        editor = self.account("editor")
        with self.site.transaction(editor) as session:
            saved = create_post(session, text=PostText(title=title, body=body))
            if published:
                publish(session, post_id=saved.post_id, version=saved.version)
        return saved.post_id

    def statements(self) -> AbstractContextManager[QueryLog]:
        """Record the statements that run inside the block."""
        return recording(self.engine)

    def close(self) -> None:
        """Give connections and files back."""
        self.site.changes.close()
        self.site.ports.executor.close()
        self.site.metrics.close()


BlogMaker = Callable[..., TrialBlog]
