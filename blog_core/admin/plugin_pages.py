"""Plugins' own pages in the admin, in its frame."""

from flask import Response

from blog_core.current import current_site


def render_admin(template: str, *, status: int = 200, **context: object) -> Response:
    """A page of the current blog's admin, private to the one who looks.

    `template` comes from the plugin's folder (`cache/overview.html`), extends
    `blog_admin/base.html` and fills its blocks `title` and `main`. It has `url(endpoint, ...)`,
    `asset(name)`, the filter `moment`, and for its forms `token_field` and `form_token`.
    """
    return current_site().admin.respond(template, status=status, **context)
