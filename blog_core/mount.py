"""Mount a blog in its app: the blueprint with every declared route, error pages and commands."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from flask import Blueprint, Flask
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from blog_core import admin, reader
from blog_core.cli import make_group
from blog_core.dispatch import guard
from blog_core.errors import BlogError
from blog_core.routes import Route
from blog_core.site import Site


def mount(site: Site, app: Flask, *, standalone: bool) -> None:
    """Register the blog's blueprint and commands. Raises `ConfigError` for an undeclared route."""
    blueprint = Blueprint(site.name, "blog_core", cli_group=None)
    theme = reader.Theme(site)
    site.ahead = reader.Ahead(site)
    for owned in site.host.contributions.routes:
        site.routes.add(owned.routes, owner=owned.owner)
    for owned in site.host.contributions.admin_routes:
        site.routes.add(_below(site.settings.core.admin_prefix, owned.routes), owner=owned.owner)
    site.routes.add(admin.routes(site, theme, reader.post_model), owner="admin")
    site.routes.add(reader.routes(theme), owner="reader")
    site.routes.bind(blueprint, site, guard)
    _answer_errors(blueprint, app, reader.Errors(theme), standalone=standalone)
    app.register_blueprint(blueprint, url_prefix=site.url_prefix or None)
    site.routes.verify(app, site.name)
    app.cli.add_command(make_group(site.name, lambda: site))
    if standalone and site.settings.core.trusted_proxies:
        _believe_proxies(app, site.settings.core.trusted_proxies)


def _believe_proxies(app: Flask, count: int) -> None:
    """Take the visitor's address and scheme from what `count` proxies in front say.

    Each of them adds an address, but usually one alone names the scheme. The host is not taken from
    them: many hand on what a visitor says about it, and keep `Host` as it is.
    """
    fixed = ProxyFix(app.wsgi_app, x_for=count, x_proto=1, x_host=0)
    app.wsgi_app = fixed.__call__  # type: ignore[method-assign]


def _below(prefix: str, routes: Iterable[Route]) -> Iterator[Route]:
    return (replace(route, rule=f"{prefix}{route.rule}") for route in routes)


def _answer_errors(
    blueprint: Blueprint, app: Flask, errors: reader.Errors, *, standalone: bool
) -> None:
    """A host app keeps its own error pages outside the blog's prefix."""
    blueprint.register_error_handler(BlogError, errors.blog_error)
    blueprint.register_error_handler(HTTPException, errors.http_error)
    if standalone:
        app.register_error_handler(HTTPException, errors.http_error)
    if not (app.debug or app.testing):
        blueprint.register_error_handler(Exception, errors.unexpected)
