"""Old addresses, for editors: where each leads, new ones, and those that are not needed."""

from collections.abc import Sequence
from functools import partial

from flask import Response, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from blog_core.admin.declaring import GET_AND_POST, declare
from blog_core.admin.pages import Pages
from blog_core.admin.params import one_of
from blog_core.content import desk_tags
from blog_core.content.keyset import Cursor
from blog_core.content.redirects import add_redirect, remove_redirects
from blog_core.errors import ValidationError
from blog_core.model import Post
from blog_core.routes import Route

PER_PAGE = 50
SAID = {"added": "Added.", "removed": "Removed: that address answers 404 now."}


class RedirectPages:
    """The views of old addresses."""

    def __init__(self, pages: Pages) -> None:
        self._pages, self._site = pages, pages.site

    def list(self, page: Cursor | None = None, said: str = "") -> Response:
        """Where old addresses lead, and the form that adds one."""
        if request.method != "POST":
            return self._show(page, said=SAID.get(said, ""))
        path, target = (request.form.get(name, "").strip() for name in ("path", "target"))
        try:
            with self._site.transaction() as session:
                post_id = _post_at(session, target)
                leads = {"target": target} if post_id is None else {"post_id": post_id}
                add_redirect(session, path=path, **leads)
        except ValidationError as error:
            return self._show(page, error=error)
        return self._pages.to("admin_redirects", said="added")

    def remove(self) -> Response:
        """Forget an old address."""
        with self._site.transaction() as session:
            remove_redirects(session, paths=[request.form.get("path", "")])
        return self._pages.to("admin_redirects", said="removed")

    def _show(
        self, page: Cursor | None, *, error: ValidationError | None = None, said: str = ""
    ) -> Response:
        actor = self._site.access.current_actor()
        found = desk_tags.redirects(self._site, actor, cursor=page, limit=PER_PAGE)
        return self._pages.render(
            "redirects.html",
            status=error.status if error else 200,
            rows=found.rows,
            older=found.older,
            newer=found.newer,
            typed=dict(request.form) if error else {},
            faults={fault.field: fault for fault in error.errors} if error else {},
            said=said,
        )


def _post_at(session: Session, target: str) -> int | None:
    """The post at this address: named by its id, the redirect follows it to a later address."""
    slug = target.removeprefix("/posts/")
    if slug == target:
        return None
    return session.scalar(select(Post.id).where(Post.slug == slug))


def redirect_routes(pages: Pages) -> Sequence[Route]:
    """The list with its form, and the button that removes."""
    views, page = RedirectPages(pages), partial(declare, pages.site)
    params, may = {"page": Cursor.parse, "said": one_of(*SAID)}, "manage-redirects"
    return (
        page("redirects", "/redirects", views.list, may, GET_AND_POST, params=params),
        page("remove_redirect", "/redirects/remove", views.remove, may, ("POST",)),
    )
