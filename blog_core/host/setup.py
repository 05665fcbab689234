"""What a provider hook gets: everything a plugin may build its port from, and nothing else."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from blog_core.errors import PluginError
from blog_core.host.contributions import Contributions
from blog_core.metrics import Metrics
from blog_core.settings import CoreSettings, Settings

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Engine

    from blog_core.changes import Stamps
    from blog_core.ports import Cache, QueryExecutor

S = TypeVar("S", bound=BaseModel)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Setup:
    """The blog while it is being made, as the plugin `plugin` sees it.

    `open_engine()` opens an engine on the blog's database with its schema and session rules;
    keyword arguments go to SQLAlchemy's `create_engine`. `stamps` says which cache tags moved,
    `contributions` what all plugins added.
    """

    app: "Flask" = field(repr=False)
    settings: Settings = field(repr=False)
    metrics: Metrics = field(repr=False)
    open_engine: "Callable[..., Engine]" = field(repr=False)
    stamps: "Stamps" = field(repr=False)
    clock: Callable[[], datetime] = field(default=_now, repr=False)
    blog: str = "blog"
    plugin: str = "core"
    provided: Mapping[str, Any] = field(default_factory=dict, repr=False)
    contributions: Contributions = field(default_factory=Contributions, repr=False)

    @property
    def core(self) -> CoreSettings:
        """The settings without a section."""
        return self.settings.core

    @property
    def data_dir(self) -> Path:
        """The blog's folder."""
        return self.settings.core.data_dir

    @property
    def logger(self) -> logging.Logger:
        """The plugin's logger, `blog.plugins.<name>`."""
        return logging.getLogger(f"blog.plugins.{self.plugin}")

    @property
    def executor(self) -> "QueryExecutor":
        """The query port. The hook `blog_query_executor` itself cannot ask for it."""
        port: QueryExecutor = self._port("executor")
        return port

    @property
    def cache(self) -> "Cache":
        """The cache port, for the hooks that are called after `blog_cache`."""
        port: Cache = self._port("cache")
        return port

    def _port(self, name: str) -> Any:
        if name not in self.provided:
            raise PluginError(
                f"Plugin {self.plugin!r} asked for setup.{name} before it was provided. Ports are "
                f"made in the order executor, cache, stages, text."
            )
        return self.provided[name]

    def section(self, model: type[S]) -> S:
        """The plugin's own settings, `setup.section(CacheSettings)`."""
        return self.settings.section(self.plugin, model)

    def for_plugin(self, plugin: str) -> "Setup":
        """The same, as another plugin sees it."""
        return replace(self, plugin=plugin)

    def providing(self, provided: Mapping[str, Any]) -> "Setup":
        """The same, with the ports made so far."""
        return replace(self, provided=dict(provided))
