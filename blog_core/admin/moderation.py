"""The moderation queue: comments by state, judged one by one or many at once."""

from collections.abc import Mapping, Sequence
from functools import partial

from flask import Response, request

from blog_core.admin.declaring import declare
from blog_core.admin.pages import Pages
from blog_core.admin.params import comment_filter, whole_number
from blog_core.content import desk
from blog_core.content.comments import moderate
from blog_core.content.keyset import Cursor
from blog_core.content.text import refused
from blog_core.rendering import stored_html
from blog_core.routes import Parser, Route

PER_PAGE = 30
DONE = {"approved": "approved", "spam": "put aside as spam", "deleted": "deleted"}
"""What can be done with a comment, and how it is told."""

JUDGED = {
    "pending": ("approved", "spam", "deleted"),
    "approved": ("spam", "deleted"),
    "spam": ("approved", "deleted"),
    "deleted": ("approved",),
}
"""By state, what can be done with its comments."""

BUTTONS = {"approved": "Approve", "spam": "Spam", "deleted": "Delete"}
_PARAMS: Mapping[str, Parser] = {
    "status": comment_filter,
    "page": Cursor.parse,
    "done": comment_filter,
    "count": whole_number,
}


class ModerationPages:
    """The views of comments. Authors see and judge those on their own posts."""

    def __init__(self, pages: Pages) -> None:
        self._pages, self._site = pages, pages.site

    def list(
        self,
        status: str = "pending",
        page: Cursor | None = None,
        done: str = "",
        count: int = 0,
    ) -> Response:
        """Comments in one state, the newest first."""
        actor = self._site.access.current_actor()
        found = desk.comments(self._site, actor, status=status, cursor=page, limit=PER_PAGE)
        return self._pages.render(
            "comments.html",
            shown=status,
            choices=tuple(JUDGED),
            comments=[(row, stored_html(row["html"])) for row in found.rows],
            buttons=[(name, BUTTONS[name]) for name in JUDGED[status]],
            older=found.older,
            is_first=page is None,
            said=_said(done, count),
            post_url=self._pages.theme.urls.post,
        )

    def judge(self) -> Response:
        """Do what was asked for with the chosen comments: all of them, or none if one may not be.

        A button beside a comment sends its own id with it.
        """
        status, _, own = request.form.get("judge", "").partition(":")
        ids = [whole_number(text) for text in ([own] if own else request.form.getlist("id"))]
        if status not in DONE:
            message = f"found {status[:80]!r}, expected one of {', '.join(DONE)}"
            raise refused("judge", "invalid", message)
        with self._site.transaction() as session:
            changed = sum(
                moderate(session, comment_id=comment_id, status=status)
                for comment_id in dict.fromkeys(ids)
            )
        shown = request.form.get("shown", "pending")
        back = shown if shown in JUDGED and shown != "pending" else None
        return self._pages.to("admin_comments", status=back, done=status, count=changed)


def _said(done: str, count: int) -> str:
    if done not in DONE:
        return ""
    if count == 0:
        return "No comment was chosen."
    return f"{count:,} {'comment' if count == 1 else 'comments'} {DONE[done]}."


def moderation_routes(pages: Pages) -> Sequence[Route]:
    """The routes of the queue."""
    views, page = ModerationPages(pages), partial(declare, pages.site)
    permission = "moderate-comments"
    return (
        page("comments", "/comments", views.list, permission, statements=2, params=_PARAMS),
        page("judge_comments", "/comments/judge", views.judge, permission, ("POST",)),
    )
