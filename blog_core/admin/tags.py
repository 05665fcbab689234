"""Tags, for editors: how they are written, what they are about, and two that mean one thing."""

from collections.abc import Sequence
from functools import partial

from flask import Response, request

from blog_core.admin.declaring import GET_AND_POST, declare
from blog_core.admin.pages import Pages
from blog_core.admin.params import one_of, searched
from blog_core.content import desk_tags
from blog_core.content.tags import describe_tag, merge_tags
from blog_core.content.text import refused
from blog_core.errors import NotFound, ValidationError
from blog_core.routes import Route
from blog_core.slugs import tag_slug

SAID = {"saved": "Saved.", "merged": "Merged: the old address leads here."}


class TagPages:
    """The views of tags."""

    def __init__(self, pages: Pages) -> None:
        self._pages, self._site = pages, pages.site

    def list(self, q: str = "") -> Response:
        """The most used tags, or those with a text in their name."""
        actor = self._site.access.current_actor()
        found = desk_tags.tags(self._site, actor, search=q)
        return self._pages.render(
            "tags.html", tags=found, search=q or None, most=desk_tags.MOST_TAGS
        )

    def one(self, slug: str, said: str = "") -> Response:
        """One tag, and the form that changes how it is written and described."""
        if request.method != "POST":
            return self._show(slug, said=SAID.get(said, ""))
        try:
            with self._site.transaction() as session:
                describe_tag(
                    session,
                    slug=slug,
                    name=request.form.get("name", ""),
                    description=request.form.get("description", "").replace("\r\n", "\n"),
                )
        except ValidationError as error:
            return self._show(slug, error=error)
        return self._pages.to("admin_tag", slug=slug, said="saved")

    def merge(self, slug: str) -> Response:
        """Give all posts of this tag another one instead."""
        into = tag_slug(request.form.get("into", ""))
        try:
            with self._site.transaction() as session:
                merge_tags(session, slug=slug, into=into)
        except NotFound as error:
            if error.key != into:
                raise
            message = f"found {request.form.get('into', '')[:80]!r}, expected the name of a tag"
            return self._show(slug, error=refused("into", "unknown", message))
        except ValidationError as error:
            return self._show(slug, error=error)
        return self._pages.to("admin_tag", slug=into, said="merged")

    def _show(self, slug: str, *, error: ValidationError | None = None, said: str = "") -> Response:
        found = desk_tags.tag(self._site, self._site.access.current_actor(), slug)
        return self._pages.render(
            "tag.html",
            status=error.status if error else 200,
            tag=found,
            typed=dict(request.form) if error else {},
            faults={fault.field: fault for fault in error.errors} if error else {},
            said=said,
            public_url=self._pages.theme.urls.tag(slug),
        )


def tag_routes(pages: Pages) -> Sequence[Route]:
    """The list, one tag, and merging."""
    views, page = TagPages(pages), partial(declare, pages.site)
    said, sought, may = {"said": one_of(*SAID)}, {"q": searched}, "manage-tags"
    return (
        page("tag_list", "/tags", views.list, may, statements=2, params=sought),
        page("tag", "/tags/one/<slug>", views.one, may, GET_AND_POST, params=said),
        page("merge_tag", "/tags/one/<slug>/merge", views.merge, may, ("POST",)),
    )
