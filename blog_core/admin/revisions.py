"""A post's revisions: who saved what and when, how any two differ, and an old one restored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Response, request

from blog_core.admin.declaring import POST_PATH, declare
from blog_core.admin.editor_diff import differences
from blog_core.admin.editor_typed import Typed
from blog_core.admin.pages import Pages
from blog_core.admin.params import revision_number, text_choice, whole_number
from blog_core.admin.posts import PostLine, state_of
from blog_core.content import desk
from blog_core.content.desk import DeskPost
from blog_core.content.revisions import restore_revision
from blog_core.errors import BlogError, Conflict, NotFound
from blog_core.routes import Route

PER_PAGE = 50
COPY = 0
"""Stands for one's own working copy where a number stands for a revision."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of two texts that are compared: a revision, or (number 0) one's own working copy."""

    number: int
    row: Mapping[Any, Any]

    @property
    def name(self) -> str:
        return f"revision {self.number}" if self.number else "your text that is not saved"

    @property
    def typed(self) -> Typed:
        return Typed.of_revision(self.row)


class RevisionPages:
    """The views of revisions. All are forms and links; none needs a script."""

    def __init__(self, pages: Pages) -> None:
        self._pages, self._site = pages, pages.site

    def list(self, post_id: int, before: int | None = None) -> Response:
        """The revisions, newest first, any two of them to be chosen and compared."""
        found = self._post(post_id)
        rows = desk.revisions_of(self._site, found, before=before, limit=PER_PAGE + 1)
        shown = rows[:PER_PAGE]
        return self._pages.render(
            "revisions.html",
            line=self._line(found),
            revisions=shown,
            working_copy=found.working_copy,
            older=shown[-1]["number"] if len(rows) > PER_PAGE else None,
            is_first_page=before is None,
            has_choice=len(shown) + (found.working_copy is not None) > 1,
        )

    def one(self, post_id: int, number: int) -> Response:
        """A revision's whole text, and what it changed."""
        return self._show_one(self._post(post_id), number)

    def compare(self, post_id: int, old: int | None = None, new: int | None = None) -> Response:
        """How two texts of a post differ; without a choice, the last two revisions."""
        found = self._post(post_id)
        head = found.row["head_number"] or 1
        new = head if new is None else new
        old = max(1, head - 1) if old is None else old
        sides = self._sides(found, old, new)
        _require(sides, old, new)
        return self._pages.render(
            "compared.html",
            line=self._line(found),
            old=sides[old],
            new=sides[new],
            found=differences(sides[old].typed, sides[new].typed),
        )

    def restore(self, post_id: int, number: int) -> Response:
        """Save a revision's text again, as a new revision on top of all others."""
        found = self._post(post_id)
        sides = self._sides(found, number)
        _require(sides, number)
        try:
            with self._site.transaction() as session:
                restore_revision(
                    session,
                    post_id=post_id,
                    version=whole_number(request.form.get("version", "")),
                    revision_id=sides[number].row["id"],
                )
        except Conflict as error:
            return self._show_one(self._post(post_id), number, error=error)
        return self._pages.to("admin_edit", post_id=post_id, text="saved", said="restored")

    def _show_one(
        self, found: DeskPost, number: int, *, error: BlogError | None = None
    ) -> Response:
        actor, access = self._site.access.current_actor(), self._site.access
        sides = self._sides(found, number - 1 or number, number)
        _require(sides, number)
        before = sides.get(number - 1)
        changed = differences(before.typed, sides[number].typed) if before else ()
        return self._pages.render(
            "revision.html",
            status=error.status if error else 200,
            line=self._line(found),
            revision=sides[number].row,
            typed=sides[number].typed,
            before=before,
            changed=changed,
            error=error,
            may_restore=access.allows(actor, "edit-posts", found.subject),
        )

    def _post(self, post_id: int) -> DeskPost:
        return desk.post(self._site, self._site.access.current_actor(), post_id)

    def _line(self, found: DeskPost) -> PostLine:
        return PostLine(found.row, state_of(found.row, self._site.clock()))

    def _sides(self, found: DeskPost, *numbers: int) -> dict[int, Side]:
        """Those of the texts with these numbers that there are, in one statement."""
        saved = [number for number in numbers if number != COPY]
        rows = desk.revisions_by_number(self._site, found, *saved) if saved else {}
        sides = {number: Side(number, row) for number, row in rows.items()}
        if COPY in numbers and found.working_copy is not None:
            sides[COPY] = Side(COPY, found.working_copy)
        return sides


def _require(sides: Mapping[int, Side], *numbers: int) -> None:
    for number in numbers:
        if number not in sides:
            raise NotFound("revision", number or "of text that is not saved")


def revision_routes(pages: Pages) -> Sequence[Route]:
    """The list, one revision, the comparison, and the button that restores."""
    views, page = RevisionPages(pages), partial(declare, pages.site)
    path, one = f"{POST_PATH}/revisions", f"{POST_PATH}/revisions/<int(max=2147483647):number>"
    chosen = {"old": text_choice, "new": text_choice}
    before = {"before": revision_number}
    return (
        page("revisions", path, views.list, "read-drafts", statements=4, params=before),
        page("revision", one, views.one, "read-drafts", statements=4),
        page(
            "compare_revisions", f"{path}/compare", views.compare, "read-drafts", statements=4,
            params=chosen,
        ),
        page("restore", f"{one}/restore", views.restore, "edit-posts", ("POST",)),
    )  # fmt: skip
