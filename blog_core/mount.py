"""Mount a blog in its app: the blueprint with every declared route, error pages and commands."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from flask import Blueprint, Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from blog_core import admin, reader, rest
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
    for owned in site.host.contributions.rest_routes:
        site.routes.add(rest.below(site, owned.routes), owner=owned.owner)
    site.routes.add(rest.routes(site), owner="rest")
    site.routes.add(admin.routes(site, theme, reader.post_model), owner="admin")
    site.routes.add(reader.routes(theme), owner="reader")
    site.routes.bind(blueprint, site, guard)
    _answer_errors(site, blueprint, app, reader.Errors(theme), standalone=standalone)
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
    site: Site, blueprint: Blueprint, app: Flask, pages: reader.Errors, *, standalone: bool
) -> None:
    """As a page, or as problem+json below the API's prefix.

    A host app keeps its own error pages outside the blog's prefix.
    """
    problems = rest.Problems()
    api = f"{site.url_prefix}{site.settings.core.rest_prefix}/"

    def answering() -> reader.Errors | rest.Problems:
        return problems if request.path.startswith(api) else pages

    def http_error(error: HTTPException) -> Response:
        return answering().http_error(error)

    blueprint.register_error_handler(BlogError, lambda error: answering().blog_error(error))
    blueprint.register_error_handler(HTTPException, http_error)
    if standalone:
        app.register_error_handler(HTTPException, http_error)
    if not (app.debug or app.testing):
        blueprint.register_error_handler(Exception, lambda error: answering().unexpected(error))
