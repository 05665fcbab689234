"""One blog of one app at run time: its settings, ports and rooms, as plain attributes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import ref

from blog_core.current import activated
from blog_core.errors import NoCurrentBlog
from blog_core.ports import Actor, CacheTags, Ports, Query

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import RowMapping
    from sqlalchemy.orm import Session

    from blog_core.access import Access
    from blog_core.admin.pages import Pages
    from blog_core.assets import Assets
    from blog_core.caching import PageCache
    from blog_core.changes import Changes
    from blog_core.host import PluginHost
    from blog_core.jobs import Jobs
    from blog_core.metrics import Metrics
    from blog_core.reader.ahead import Ahead
    from blog_core.routes import RouteTable
    from blog_core.settings import Settings
    from blog_core.webhooks import Webhooks

SYSTEM = Actor(account_id=None, name="system", role="system")
STRANGER = Actor(account_id=None, name="A stranger", role="stranger")


@dataclass(frozen=True, slots=True)
class PostChange:
    """What a committed transaction did to one post; `kind` is created, updated, published,
    unpublished, deleted or commented."""

    post_id: int
    kind: str
    actor: Actor = SYSTEM


@dataclass(frozen=True, slots=True)
class Health:
    """How a part is: `status` is ok, degraded or ill; `text` says why and what to do."""

    name: str
    status: str
    text: str
    elapsed_s: float = 0.0


@dataclass(slots=True, weakref_slot=True, eq=False)
class Site:
    """Made once by `Blog.init_app`; rooms reach each other through it and nothing else."""

    name: str
    app_ref: "ref[Flask]" = field(repr=False)
    settings: "Settings" = field(repr=False)
    data_dir: Path
    metrics: "Metrics" = field(repr=False)
    host: "PluginHost" = field(repr=False)
    ports: Ports = field(repr=False)
    changes: "Changes" = field(repr=False)
    access: "Access" = field(repr=False)
    routes: "RouteTable" = field(repr=False)
    jobs: "Jobs" = field(repr=False)
    assets: "Assets" = field(repr=False)
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC), repr=False)
    url_prefix: str = ""
    pages: "PageCache" = field(init=False, repr=False)
    webhooks: "Webhooks" = field(init=False, repr=False)
    admin: "Pages" = field(init=False, repr=False)
    ahead: "Ahead" = field(init=False, repr=False)

    @property
    def app(self) -> "Flask":
        """The Flask app this blog is mounted in."""
        app = self.app_ref()
        if app is None:
            raise NoCurrentBlog(())
        return app

    def read(
        self, query: Query, params: Mapping[str, object] | None = None
    ) -> "Sequence[RowMapping]":
        """All rows of a named statement, read in AUTOCOMMIT."""
        return self.ports.executor.run(query, params)

    def transaction(self, actor: Actor | None = None) -> "AbstractContextManager[Session]":
        """The one way to write: an ORM session, committed at the end, rolled back on any error.

        What it changed is in the outbox with it; stamps move after the commit and before this
        returns. `session.info["actor"]` is `actor`, else the current one.
        """
        return self.changes.transaction(actor or self.access.current_actor())

    @contextmanager
    def activate(self) -> Iterator["Site"]:
        """Make this the current blog inside the block, with an app context."""
        with self.app.app_context(), activated(self):
            yield self


__all__ = ["STRANGER", "SYSTEM", "Actor", "CacheTags", "Health", "PostChange", "Site"]
