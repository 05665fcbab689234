"""The routes of the editor: the form, its comforts, revisions."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from blog_core.admin.editor import EditorPages, said, shown_text
from blog_core.admin.editor_live import LivePages
from blog_core.admin.pages import Pages
from blog_core.admin.posts import PreviewModel
from blog_core.routes import NEVER, Route, View

if TYPE_CHECKING:
    from blog_core.site import Site

TEXT_BYTES = 8 * 1024 * 1024
"""Far above the longest text that is accepted: one that is too long comes back with its error."""

_POST = "/posts/<int(max=9223372036854775807):post_id>"


def editor_routes(pages: Pages, preview: PreviewModel) -> Sequence[Route]:
    """Every route that the editor's page uses."""
    editor, live = EditorPages(pages), LivePages(pages, preview)
    route = _declare(pages.site)
    shown = {"text": shown_text, "said": said}
    door = editor.at_the_door
    return (
        route("new", "/posts/new", editor.new, "create-posts", ("GET", "POST"), refused=door),
        route(
            "edit",
            f"{_POST}/edit",
            editor.edit,
            "edit-posts",
            ("GET", "POST"),
            refused=door,
            params=shown,
        ),
        route("keep", f"{_POST}/copy", live.keep, "edit-posts", ("POST",)),
        route("look", "/posts/look", live.look, "create-posts", ("POST",)),
        route("look_post", f"{_POST}/look", live.look, "edit-posts", ("POST",)),
        route("rendered", "/rendered", live.rendered, "create-posts", ("POST",)),
        route("compare", "/compare", live.compare, "create-posts", ("POST",)),
        route("form_token", "/form-token", live.form_token, "signed-in", ("GET",)),
    )


def _declare(site: "Site") -> Callable[..., Route]:
    prefix = site.settings.core.admin_prefix

    def declare(
        name: str, path: str, view: View, permission: str, methods: tuple[str, ...], **more: Any
    ) -> Route:
        return Route(
            endpoint=f"admin_{name}",
            rule=f"{prefix}{path}",
            view=view,
            permission=permission,
            cache=NEVER,
            methods=methods,
            max_body_bytes=TEXT_BYTES if "POST" in methods else 0,
            **more,
        )

    return declare
