"""`Blog`, the Flask extension, and `create_app`, the blog as an app of its own."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from flask import Flask, Request

from blog_core.boot import build_site
from blog_core.current import current_site, remember
from blog_core.errors import ConfigError, SettingFault
from blog_core.mount import mount
from blog_core.site import Site

if TYPE_CHECKING:
    from flask_sqlalchemy import SQLAlchemy

    from blog_core.access import HostUser

Identity = Callable[[Request], "HostUser | None"]


class Blog:
    """A blog in a Flask app.

    `db` is the app's Flask-SQLAlchemy (found by itself when it was initialised before the blog);
    `identity(request)` maps the app's signed-in user to id, name, email and role, or None;
    `name` tells several blogs in one app apart and is the prefix of their endpoints.
    One `Blog` may be initialised for many apps; nothing is kept at module level.

        blog = Blog(app, url_prefix="/journal")
    """

    def __init__(
        self,
        app: Flask | None = None,
        db: "SQLAlchemy | None" = None,
        identity: Identity | None = None,
        name: str = "blog",
        *,
        url_prefix: str | None = None,
        config: Mapping[str, object] | None = None,
    ) -> None:
        if not name.isidentifier():
            raise ConfigError(
                [SettingFault("name", repr(name), "a Python identifier, such as 'news'")]
            )
        self.name = name
        self._db, self._identity = db, identity
        self._url_prefix, self._config = url_prefix, config
        self._sites: WeakKeyDictionary[Flask, Site] = WeakKeyDictionary()
        if app is not None:
            self.init_app(app)

    def init_app(
        self,
        app: Flask,
        *,
        url_prefix: str | None = None,
        config: Mapping[str, object] | None = None,
        standalone: bool = False,
    ) -> Site:
        """Mount the blog at `url_prefix` (`/<name>` unless said otherwise). No database is asked.

        Raises `ConfigError` with every wrong setting, or `PluginError`, each saying what to do.
        """
        sites: dict[str, Site] = app.extensions.setdefault("blog", {})
        if self.name in sites:
            raise ConfigError(
                [
                    SettingFault(
                        f"Blog(name={self.name!r})",
                        "a blog of this name in this app already",
                        "another name for the second one, as in Blog(app, name='news')",
                    )
                ]
            )
        prefix = next(
            (p for p in (url_prefix, self._url_prefix) if p is not None),
            "" if standalone else f"/{self.name}",
        ).rstrip("/")
        site = build_site(
            app,
            name=self.name,
            db=self._db,
            identity=self._identity,
            url_prefix=prefix,
            overrides=config if config is not None else self._config or {},
            environ=os.environ,
            standalone=standalone,
        )
        mount(site, app, standalone=standalone)
        sites[self.name] = self._sites[app] = site
        remember(site)
        return site

    def site(self) -> Site:
        """This blog in the current app, or in the only app it was initialised for."""
        if len(self._sites) == 1:
            return next(iter(self._sites.values()))
        return current_site()

    @contextmanager
    def activate(self) -> Iterator[Site]:
        """Make this the current blog inside the block: `with blog.activate(): ...`."""
        with self.site().activate() as site:
            yield site


def create_app(config: Mapping[str, object] | None = None) -> Flask:
    """The blog as an app of its own, at `/`.

    `config` wins over `app.config`, the environment and blog.toml, for example
    `{"plugins": ["cache"], "database_url": "sqlite:///x.db", "cache": {"redis_url": "..."}}`.
    """
    app = Flask("blog_core", static_folder=None, template_folder=None)
    Blog().init_app(app, config=config or {}, standalone=True)
    return app


__all__ = ["Blog", "Identity", "create_app"]
