"""What is done to a post as a whole: its authors, its comments, put away, deleted."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from flask import Response, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from blog_core.admin.declaring import GET_AND_POST, POST_PATH, declare
from blog_core.admin.pages import Pages
from blog_core.admin.params import whole_number
from blog_core.admin.posts import PostLine, PostPages, state_of
from blog_core.content import desk
from blog_core.content.posts import delete_post, open_comments, set_authors
from blog_core.content.publishing import archive
from blog_core.content.text import refused
from blog_core.errors import BlogError, Conflict, ValidationError
from blog_core.model import Account
from blog_core.routes import Route


class PostStepPages:
    """The views of these steps. Each is on condition of the version that the page showed."""

    def __init__(self, pages: Pages, posts: PostPages) -> None:
        self._pages, self._site, self._posts = pages, pages.site, posts

    def change(self, post_id: int) -> Response:
        """Who its authors are, and whether readers may comment. Both or neither."""
        version = whole_number(request.form.get("version", ""))
        typed = request.form.get("authors")
        try:
            with self._site.transaction() as session:
                is_open = request.form.get("comments") == "open"
                version = open_comments(session, post_id=post_id, version=version, is_open=is_open)
                if typed is not None:
                    authors = _accounts_of(session, typed)
                    set_authors(session, post_id=post_id, version=version, author_ids=authors)
        except (Conflict, ValidationError) as error:
            return self._posts.show(post_id, error=error, typed=typed)
        return self._pages.to("admin_post", post_id=post_id, said="saved")

    def put_away(self, post_id: int) -> Response:
        """Archive it: neither readers nor the lists of work show it any more."""
        version = whole_number(request.form.get("version", ""))
        try:
            with self._site.transaction() as session:
                archive(session, post_id=post_id, version=version)
        except Conflict as error:
            return self._posts.show(post_id, error=error)
        return self._pages.to("admin_post", post_id=post_id, said="archived")

    def delete(self, post_id: int) -> Response:
        """Ask once, then delete it with its revisions and comments. There is no way back."""
        actor, access = self._site.access.current_actor(), self._site.access
        found = desk.post(self._site, actor, post_id)
        access.require(actor, "delete-posts", on=found.subject)
        if request.method != "POST":
            return self._asking(found.row)
        try:
            with self._site.transaction() as session:
                version = whole_number(request.form.get("version", ""))
                delete_post(session, post_id=post_id, version=version)
        except Conflict as error:
            return self._asking(desk.post(self._site, actor, post_id).row, error)
        return self._pages.to("admin_posts", said="deleted")

    def _asking(self, row: Mapping[Any, Any], error: BlogError | None = None) -> Response:
        return self._pages.render(
            "post_delete.html",
            status=error.status if error else 200,
            line=PostLine(row, state_of(row, self._site.clock())),
            error=error,
        )


def _accounts_of(session: Session, typed: str) -> list[int]:
    """The accounts whose short names stand in a field, in their order."""
    slugs = [part.strip().lower() for part in typed.replace("\n", ",").split(",") if part.strip()]
    rows = session.execute(select(Account.slug, Account.id).where(Account.slug.in_(slugs)))
    known = {row.slug: row.id for row in rows}
    unknown = [slug for slug in slugs if slug not in known]
    if unknown:
        names = ", ".join(unknown)[:200]
        message = f"found {names}, expected short names of accounts, as in their pages' addresses"
        raise refused("authors", "unknown", message)
    return [known[slug] for slug in slugs]


def post_step_routes(pages: Pages, posts: PostPages) -> Sequence[Route]:
    """The buttons of a post's page."""
    views, page = PostStepPages(pages, posts), partial(declare, pages.site)
    sent = ("POST",)
    return (
        page("change_post", f"{POST_PATH}/about", views.change, "edit-posts", sent),
        page("archive_post", f"{POST_PATH}/archive", views.put_away, "publish-posts", sent),
        page("delete_post", f"{POST_PATH}/delete", views.delete, "delete-posts", GET_AND_POST),
    )
