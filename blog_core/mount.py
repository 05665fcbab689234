"""Mount a blog in its app: the blueprint with every declared route, error pages and commands."""

from typing import TYPE_CHECKING

from flask import Blueprint, Flask

from blog_core import admin, reader
from blog_core.cli import make_group
from blog_core.dispatch import guard
from blog_core.errors import BlogError
from blog_core.site import Site

if TYPE_CHECKING:
    from flask import Response


def mount(site: Site, app: Flask) -> None:
    """Register the blog's blueprint and commands. Raises `ConfigError` for an undeclared route."""
    blueprint = Blueprint(site.name, "blog_core", cli_group=None)
    for owner, routes in site.host.contributions.routes:
        site.routes.add(routes, owner=owner)
    site.routes.add(admin.routes(site), owner="admin")
    site.routes.add(reader.routes(site), owner="reader")
    site.routes.bind(blueprint, site, guard)

    def answer_error(error: BlogError) -> "Response":
        return reader.error_response(site, error)

    blueprint.register_error_handler(BlogError, answer_error)
    app.register_blueprint(blueprint, url_prefix=site.url_prefix or None)
    site.routes.verify(app, site.name)
    app.cli.add_command(make_group(site.name, lambda: site))
