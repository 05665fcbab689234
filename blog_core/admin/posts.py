"""The list of posts in any state, one post, and its preview as readers will see it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response

from blog_core.admin.pages import Pages, private
from blog_core.content import desk, desk_lists
from blog_core.content.desk import DeskPost
from blog_core.content.desk_lists import SHOWN, Shown
from blog_core.content.keyset import Cursor
from blog_core.content.pictures import pictures_read
from blog_core.content.rendered_post import published_columns
from blog_core.content.text import PostText
from blog_core.errors import BlogError
from blog_core.site import Site

PreviewModel = Callable[[Any, Mapping[str, Any]], object]
"""Makes what the theme's `post.html` shows, from the theme and the columns of a post."""

PER_PAGE = 30
SAID = {"saved": "Saved.", "archived": "Put away.", "deleted": "The post is deleted."}
_STEPS = ("edit-posts", "assign-authors", "publish-posts", "delete-posts")
REVISIONS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class PostLine:
    """A post in the list. `state` is its status, or *scheduled*."""

    row: Mapping[Any, Any]
    state: str

    @property
    def title(self) -> str:
        return self.row["title"] or "(untitled)"

    @property
    def has_unpublished_changes(self) -> bool:
        return bool(
            self.row["status"] == "published"
            and self.row["head_revision_id"] != self.row["published_revision_id"]
        )


class PostPages:
    """The views of posts."""

    def __init__(self, pages: Pages, preview: PreviewModel) -> None:
        self._pages, self._site, self._preview = pages, pages.site, preview

    def list(
        self,
        status: Shown = "all",
        author: int | None = None,
        q: str = "",
        said: str = "",
        page: Cursor | None = None,
    ) -> Response:
        """Posts by status, last changed first. Authors and contributors see their own."""
        actor = self._site.access.current_actor()
        found = desk_lists.posts(
            self._site,
            actor,
            shown=status,
            author_id=author,
            search=q,
            cursor=page,
            limit=PER_PAGE,
        )
        now = self._site.clock()
        return self._pages.render(
            "posts.html",
            shown=status,
            choices=SHOWN,
            author=author,
            search=q or None,
            said=SAID.get(said, ""),
            waiting=desk.comments_waiting(self._site, actor),
            most_waiting=desk.MOST_WAITING,
            lines=[PostLine(row, state_of(row, now)) for row in found.rows],
            older=found.older,
            newer=found.newer,
        )

    def one(self, post_id: int, said: str = "") -> Response:
        """What there is to know about a post, with its last revisions."""
        return self.show(post_id, said=SAID.get(said, ""))

    def show(
        self,
        post_id: int,
        *,
        error: BlogError | None = None,
        typed: str | None = None,
        said: str = "",
    ) -> Response:
        """The same after a step that went wrong; `typed` is what stood in the field of authors."""
        access, actor = self._site.access, self._site.access.current_actor()
        found = desk.post(self._site, actor, post_id)
        revisions = desk.revisions_of(self._site, found, limit=REVISIONS_SHOWN)
        state = state_of(found.row, self._site.clock())
        return self._pages.render(
            "post.html",
            status=error.status if error else 200,
            line=PostLine(found.row, state),
            error=error,
            typed=typed,
            said=said,
            may={name: access.allows(actor, name, found.subject) for name in _STEPS},
            revisions=revisions,
            working_copy=found.working_copy,
            public_url=self._pages.theme.urls.post(found.row["slug"])
            if state == "published"
            else None,
        )

    def preview(self, post_id: int) -> Response:
        """The last saved text of a post, rendered as readers will see it."""
        actor = self._site.access.current_actor()
        found = desk.post(self._site, actor, post_id)
        columns = preview_columns(self._site, found)
        model = self._preview(self._pages.theme, columns)
        page = self._pages.theme.html("post.html", model)
        return private(Response(page.body, mimetype="text/html"))


def state_of(row: Mapping[Any, Any], now: datetime) -> str:
    """A post's status as editors say it: a published one still to come is scheduled."""
    at = row["publish_at"]
    is_coming = row["status"] == "published" and at is not None and at > now
    return "scheduled" if is_coming else str(row["status"])


def preview_columns(site: Site, found: DeskPost) -> dict[str, Any]:
    """The columns a published post would have, made of the head text of this one."""
    row = found.row
    text = PostText(
        title=row["head_title"] or row["title"],
        body=row["head_body"] or "",
        excerpt=row["head_excerpt"],
        image=row["head_image"],
    )
    known = {name: row[name] for name in ("id", "slug", "authors", "tags", "comment_count")}
    return {
        **known,
        **published_columns(text, pictures=pictures_read(site, text.body)),
        "publish_at": row["publish_at"] or site.clock(),
        "updated_at": row["head_created_at"] or row["updated_at"],
        "comments_open": False,
    }
