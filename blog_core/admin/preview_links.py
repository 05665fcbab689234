"""Links by which people without an account read a draft: made, shown, taken back, and opened."""

from collections.abc import Sequence
from functools import partial

from flask import Response, request

from blog_core.admin.declaring import GET_AND_POST, POST_PATH, declare
from blog_core.admin.pages import Pages, private
from blog_core.admin.params import whole_number
from blog_core.admin.posts import PostLine, PreviewModel, preview_columns, state_of
from blog_core.content import desk, preview_links
from blog_core.content.desk import DeskPost
from blog_core.errors import FieldError, ValidationError
from blog_core.routes import NEVER, Route

DAYS = (1, 7, 30)


class PreviewLinkPages:
    """The views of preview links."""

    def __init__(self, pages: Pages, preview: PreviewModel) -> None:
        self._pages, self._site, self._preview = pages, pages.site, preview

    def links(self, post_id: int) -> Response:
        """The open links of a post, and the form that makes one."""
        found = self._post(post_id)
        if request.method != "POST":
            return self._show(found)
        days = request.form.get("days", "")
        try:
            with self._site.transaction() as session:
                preview_links.add_preview_link(session, post_id=post_id, days=whole_number(days))
        except ValidationError as error:
            return self._show(found, days=days, faults=error.errors)
        return self._pages.to("admin_preview_links", post_id=post_id)

    def end(self, post_id: int) -> Response:
        """Take a link back."""
        link_id = whole_number(request.form.get("link", ""))
        with self._site.transaction() as session:
            preview_links.end_preview_link(session, post_id=post_id, link_id=link_id)
        return self._pages.to("admin_preview_links", post_id=post_id)

    def open(self, token: str) -> Response:
        """The newest saved text of a post, for whoever has the link."""
        found, _ = preview_links.post_by_link(self._site, token)
        columns = preview_columns(self._site, found)
        model = self._preview(self._pages.theme, columns)
        page = self._pages.theme.html("post.html", model)
        response = private(Response(page.body, mimetype="text/html"))
        # The address is the key: it must not go along to the sites that the draft links to.
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def _show(
        self, found: DeskPost, *, days: str = "7", faults: tuple[FieldError, ...] = ()
    ) -> Response:
        return self._pages.render(
            "preview_links.html",
            status=422 if faults else 200,
            line=PostLine(found.row, state_of(found.row, self._site.clock())),
            links=preview_links.links_of(self._site, found.row["id"]),
            address=self._pages.preview_address,
            choices=DAYS,
            days=days,
            faults=faults,
        )

    def _post(self, post_id: int) -> DeskPost:
        actor = self._site.access.current_actor()
        found = desk.post(self._site, actor, post_id)
        self._site.access.require(actor, "edit-posts", on=found.subject)
        return found


def preview_link_routes(pages: Pages, preview: PreviewModel) -> Sequence[Route]:
    """The page of a post's links, and the address that such a link has."""
    views, page = PreviewLinkPages(pages, preview), partial(declare, pages.site)
    path = f"{POST_PATH}/links"
    return (
        page("preview_links", path, views.links, "edit-posts", GET_AND_POST),
        page("end_preview_link", f"{path}/end", views.end, "edit-posts", ("POST",)),
        Route("draft", "/drafts/<token>", views.open, "public", NEVER, statements=2),
    )
