"""The routes of the editor: the form and its comforts."""

from collections.abc import Sequence
from functools import partial

from blog_core.admin.declaring import GET_AND_POST, POST_PATH, declare
from blog_core.admin.editor import SAID, EditorPages
from blog_core.admin.editor_live import LivePages
from blog_core.admin.pages import Pages
from blog_core.admin.params import one_of, searched
from blog_core.admin.posts import PreviewModel
from blog_core.routes import Route

TEXT_BYTES = 8 * 1024 * 1024
"""Far above the longest text that is accepted: one that is too long comes back with its error."""


def editor_routes(pages: Pages, preview: PreviewModel) -> Sequence[Route]:
    """Every route that the editor's page uses."""
    editor, live = EditorPages(pages), LivePages(pages, preview)
    route = partial(declare, pages.site, max_body_bytes=TEXT_BYTES)
    door, sent = editor.at_the_door, ("POST",)
    shown = {"text": one_of("saved", "copy", "merge"), "said": one_of(*SAID)}
    begins = {"begins": searched}
    new, edit = editor.new, editor.edit
    return (
        route("new", "/posts/new", new, "create-posts", GET_AND_POST, refused=door),
        route(
            "edit", f"{POST_PATH}/edit", edit, "edit-posts", GET_AND_POST, refused=door,
            params=shown,
        ),
        route("keep", f"{POST_PATH}/copy", live.keep, "edit-posts", sent),
        route("look", "/posts/look", live.look, "create-posts", sent),
        route("look_post", f"{POST_PATH}/look", live.look, "edit-posts", sent),
        route("rendered", "/rendered", live.rendered, "create-posts", sent),
        route("compare", "/compare", live.compare, "create-posts", sent),
        route("tags", "/tags/begin", live.tags, "create-posts", statements=2, params=begins),
        route("form_token", "/form-token", live.form_token, "signed-in"),
    )  # fmt: skip
