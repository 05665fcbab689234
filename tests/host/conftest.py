"""A host with the plugins a test gives, without an app: ports and metrics are real."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine

from blog_core.changes import Stamps
from blog_core.host import Patience, PluginHost, PluginStatus, Setup
from blog_core.metrics import Metrics
from blog_core.ports import Ports
from blog_core.settings import Settings, load_settings

SHORT = Patience(failures=3, rest_s=0.05)


@dataclass(frozen=True)
class Loaded:
    """What the host made."""

    host: PluginHost
    settings: Settings
    ports: Ports
    metrics: Metrics

    def status(self, name: str) -> PluginStatus:
        return next(status for status in self.host.statuses if status.name == name)

    def count(self, what: str, plugin: str, port: str, method: str) -> float:
        name = f"blog_plugin_{what}_total"
        return self.metrics.value(name, plugin=plugin, port=port, method=method)


Load = Callable[..., Loaded]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """`load(plugin, "name", ..., env={...}, config={...})` loads plugins in this order."""
    monkeypatch.chdir(tmp_path)

    def load(
        *plugins: object,
        env: Mapping[str, str] | None = None,
        config: Mapping[str, Any] | None = None,
        tolerant: bool = False,
    ) -> Loaded:
        overrides = {"plugins": plugins, "data_dir": tmp_path, **(config or {})}
        raw = load_settings(environ=env or {}, overrides=overrides)
        host = PluginHost(raw, tolerant=tolerant, patience=SHORT)
        settings = host.load()
        metrics = Metrics()
        metrics.declare(*host.contributions.metrics)
        setup = Setup(
            app=Flask("test"),
            settings=settings,
            metrics=metrics,
            open_engine=lambda **_: create_engine("sqlite://"),
            stamps=Stamps(None),
        )
        return Loaded(host, settings, host.resolve_ports(setup), metrics)

    return load
