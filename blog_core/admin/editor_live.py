"""What the editor's script asks for: autosave, preview, comparison, a token."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Response, request

from blog_core.admin.editor_diff import differences
from blog_core.admin.editor_typed import Typed
from blog_core.admin.pages import Pages, private
from blog_core.admin.posts import PreviewModel
from blog_core.content import desk
from blog_core.content.pictures import pictures_read
from blog_core.content.rendered_post import published_columns
from blog_core.content.tags import tags_beginning
from blog_core.content.text import checked
from blog_core.content.working_copies import save_working_copy
from blog_core.errors import Conflict, ValidationError
from blog_core.rendering import render_markdown


class LivePages:
    """The views behind the form's comforts. Each takes the form as it stands."""

    def __init__(self, pages: Pages, preview: PreviewModel) -> None:
        self._pages, self._site, self._preview = pages, pages.site, preview

    def keep(self, post_id: int) -> Response:
        """Keep what was typed as the actor's working copy, on condition of its version.

        A conflict answers 412 with the copy that is kept, so that the script can tell its own
        save, whose answer was lost, from another window's.
        """
        typed = Typed.of_form(request.form)
        try:
            with self._site.transaction() as session:
                kept = save_working_copy(
                    session,
                    post_id=post_id,
                    version=typed.copy_version or None,
                    text=typed.text,
                    slug=typed.new_slug,
                    base_revision_id=typed.merge_base or typed.base_revision or None,
                )
        except ValidationError as error:
            return _answer({"message": str(error)}, status=error.status)
        except Conflict as error:
            return _answer(
                {"copy_version": error.current, "text": self._kept(post_id)}, status=error.status
            )
        return _answer({"copy_version": kept.version, "version": kept.post_version})

    def look(self, post_id: int | None = None) -> Response:
        """What was typed, as readers would see it; nothing is saved."""
        text = checked(Typed.of_form(request.form).text, is_draft=True)
        now = self._site.clock()
        columns: dict[str, Any] = {
            **(self._facts(post_id) if post_id else _NO_FACTS),
            **published_columns(text, pictures=pictures_read(self._site, text.body)),
            "tags": [{"name": name, "slug": name} for name in text.tags],
            "updated_at": now,
            "comments_open": False,
        }
        columns["publish_at"] = columns.get("publish_at") or now
        model = self._preview(self._pages.theme, columns)
        page = self._pages.theme.html("post.html", model)
        return private(Response(page.body, mimetype="text/html"))

    def rendered(self) -> Response:
        """The text alone, rendered by the one renderer."""
        body = Typed.of_form(request.form).body
        return private(Response(render_markdown(body).html, mimetype="text/html"))

    def compare(self) -> Response:
        """A text that the browser kept (`kept_...`) beside the one in the form, as HTML."""
        kept = {
            name.removeprefix("kept_"): text
            for name, text in request.form.items()
            if name.startswith("kept_")
        }
        found = differences(Typed.of_form(request.form), Typed.of_form(kept))
        return self._pages.render(
            "editor_compared.html", found=found, first="in the form", second="kept in this browser"
        )

    def tags(self, begins: str = "") -> Response:
        """Tags to choose from, by how they begin."""
        return _answer({"tags": tags_beginning(self._site, begins)})

    def form_token(self) -> Response:
        """A token for the form of a page that outlived its sign-in, and whose sign-in this is."""
        access = self._site.access
        account_id = access.current_actor().account_id
        return _answer({"form_token": access.form_token(), "account": account_id})

    def _kept(self, post_id: int) -> Mapping[str, str]:
        found = desk.post(self._site, self._site.access.current_actor(), post_id)
        if found.working_copy is None:
            return {}
        typed = Typed.of_revision(found.working_copy)
        return {"title": typed.title, "body": typed.body, "tags": typed.tags} | {
            "excerpt": typed.excerpt,
            "image": typed.image,
        }

    def _facts(self, post_id: int) -> Mapping[str, Any]:
        found = desk.post(self._site, self._site.access.current_actor(), post_id)
        known = ("id", "slug", "authors", "comment_count", "publish_at")
        return {name: found.row[name] for name in known}


_NO_FACTS: Mapping[str, Any] = {"id": 0, "slug": "preview", "authors": (), "comment_count": 0}


def _answer(data: Mapping[str, object], *, status: int = 200) -> Response:
    return private(Response(json.dumps(data), status, mimetype="application/json"))
