"""Build one blog from its configuration, in the order in which the parts need each other."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import ref

from flask import Flask

from blog_core import admin
from blog_core.access import Access
from blog_core.assets import Assets
from blog_core.caching import PageCache
from blog_core.changes import Changes, Stamps
from blog_core.content.media_removal import REMOVAL_JOB, remove_files
from blog_core.content.media_variants import VARIANTS_JOB, make_variants
from blog_core.host import PluginHost, Setup
from blog_core.jobs import Jobs
from blog_core.metrics import Metrics
from blog_core.model.database import engine_opener
from blog_core.reader.theme import STATIC_DIR
from blog_core.routes import RouteTable
from blog_core.settings import Settings, load_settings
from blog_core.site import Site
from blog_core.webhooks import Webhooks

if TYPE_CHECKING:
    from flask_sqlalchemy import SQLAlchemy

    from blog_core.access import Identity


def build_site(
    app: Flask,
    *,
    name: str,
    db: "SQLAlchemy | None",
    identity: "Identity | None",
    url_prefix: str,
    overrides: Mapping[str, Any],
    environ: Mapping[str, str],
    standalone: bool,
) -> Site:
    """A complete `Site`, still without routes, made without asking the database anything."""
    raw = load_settings(
        name=name,
        app_config=app.config,
        overrides=overrides,
        environ=environ,
        in_host_app=not standalone,
        instance_path=None if standalone else Path(app.instance_path),
    )
    host = PluginHost(raw)
    settings = host.load()
    data_dir = settings.core.data_dir
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    metrics = Metrics(data_dir / "run" / "stats")
    metrics.declare(*host.contributions.metrics)
    metrics.share()
    setup = Setup(
        app=app,
        settings=settings,
        metrics=metrics,
        open_engine=engine_opener(app, name=name, settings=settings, db=db, standalone=standalone),
        stamps=Stamps(data_dir / "run" / "stamps"),
        blog=name,
        contributions=host.contributions,
    )
    ports = host.resolve_ports(setup)
    site = Site(
        name=name,
        app_ref=ref(app),
        settings=settings,
        data_dir=data_dir,
        metrics=metrics,
        host=host,
        ports=ports,
        changes=Changes(setup.stamps),
        access=Access(identity),
        routes=RouteTable(),
        jobs=Jobs(),
        assets=_assets(settings, host),
        url_prefix=url_prefix,
    )
    for room in (site.changes, site.access, site.jobs):
        room.bind(site)
    site.jobs.register(VARIANTS_JOB, make_variants)
    site.jobs.register(REMOVAL_JOB, remove_files)
    site.pages = PageCache(site)
    site.webhooks = Webhooks()
    site.webhooks.bind(site)
    return site


def _assets(settings: Settings, host: PluginHost) -> Assets:
    """The site's own static files before the theme's; those of plugins under their names."""
    own = [settings.core.theme_dir / "static"] if settings.core.theme_dir else []
    brought = {f"{a.owner}/{a.file.name}": a.file for a in host.contributions.assets}
    return Assets([*own, STATIC_DIR, admin.STATIC_DIR], brought)
