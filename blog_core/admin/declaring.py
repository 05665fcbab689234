"""How the admin declares its routes: below its prefix, never cached, with a bound for bodies."""

from typing import TYPE_CHECKING, Any

from blog_core.routes import NEVER, Route, View

if TYPE_CHECKING:
    from blog_core.site import Site

FORM_BYTES = 16 * 1024
"""Enough for every form but those that carry a post or a file."""

POST_PATH = "/posts/<int(max=9223372036854775807):post_id>"
GET_AND_POST = ("GET", "POST")


def declare(
    site: "Site",
    name: str,
    path: str,
    view: View,
    permission: str,
    methods: tuple[str, ...] = ("GET",),
    *,
    max_body_bytes: int = FORM_BYTES,
    **more: Any,
) -> Route:
    """The route `admin_{name}`; `more` are further fields of `Route`."""
    return Route(
        endpoint=f"admin_{name}",
        rule=f"{site.settings.core.admin_prefix}{path}",
        view=view,
        permission=permission,
        cache=NEVER,
        methods=methods,
        max_body_bytes=max_body_bytes if "POST" in methods else 0,
        **more,
    )
