"""Writing a post: a form that works without scripts and gives every typed text back."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar
from zoneinfo import ZoneInfo

from flask import Response, request

from blog_core.access.origin import CrossSite
from blog_core.admin.editor_panels import actions_of, panels_of
from blog_core.admin.editor_saving import AlreadyMade, NotDone, Saver
from blog_core.admin.editor_sheet import Sheet
from blog_core.admin.editor_sheets import Sheets
from blog_core.admin.editor_typed import Typed
from blog_core.admin.pages import Pages
from blog_core.content.preview_links import OpenLink, links_of
from blog_core.errors import BlogError, Conflict, NotFound, Unavailable, ValidationError

T = TypeVar("T")

SAID = {
    "saved": "Saved as a revision.",
    "published": "Published: readers see it now.",
    "scheduled": "Scheduled.",
    "withdrawn": "Readers do not see it any more.",
    "restored": "The old text is saved again, as a new revision.",
    "theirs": "Their text stands again. Yours is among the revisions.",
}
"""What the page says after a step that went well."""

_DONE = {
    "save": "saved",
    "publish": "published",
    "schedule": "scheduled",
    "unpublish": "withdrawn",
    "hide": "withdrawn",
}


class EditorPages:
    """The views of the form."""

    def __init__(self, pages: Pages) -> None:
        self._pages, self._site = pages, pages.site
        self._zone = ZoneInfo(pages.site.settings.core.timezone)
        self._sheets = Sheets(pages.site, self._zone)
        self._saver = Saver(pages.site, self._zone)

    def new(self) -> Response:
        """An empty form, and the draft that it makes."""
        if request.method != "POST":
            return self._show(self._sheets.blank(Typed(form_key=secrets.token_urlsafe(16))))
        typed = Typed.of_form(request.form)
        try:
            saved = self._saver.new(typed, _asked())
        except AlreadyMade as error:
            return self._sent_again(error, typed)
        except NotDone as error:
            return self._not_done(error, typed)
        except BlogError as error:
            return self._wrong(self._sheets.blank(typed), error)
        return self._done(saved.post_id)

    def _sent_again(self, made: AlreadyMade, typed: Typed) -> Response:
        """The answer to the first sending was lost. Another text is a change of what it made."""
        saved = made.saved
        if made.is_same:
            return self._pages.to("admin_edit", post_id=saved.post_id, said="saved")
        change = replace(
            typed,
            version=saved.version,
            base_revision=saved.revision_id,
            slug_seen=saved.slug,
        )
        return self._edited(saved.post_id, change)

    def edit(self, post_id: int, text: str = "", said: str = "") -> Response:
        """The form with a post's text, and what it sends."""
        if request.method != "POST":
            found = self._sheets.post(post_id)
            return self._show(self._sheets.opened(found, text, SAID.get(said, "")))
        typed = Typed.of_form(request.form)
        if _asked() == "merge":
            return self._merged(post_id, typed)
        return self._edited(post_id, typed)

    def _edited(self, post_id: int, typed: Typed) -> Response:
        try:
            self._saver.edit(post_id, typed, _asked())
        except NotDone as error:
            return self._not_done(error, typed)
        except BlogError as error:
            return self._refused(post_id, typed, error)
        return self._done(post_id)

    def at_the_door(self, error: BlogError, post_id: int | None = None) -> Response:
        """A form that was sent without a valid sign-in comes back with its text."""
        if request.method != "POST" or isinstance(error, CrossSite):
            raise error
        return self._as_typed(post_id, Typed.of_form(request.form), error)

    def _as_typed(self, post_id: int | None, typed: Typed, error: BlogError) -> Response:
        """The form with nothing but what was sent: the post itself cannot be shown."""
        action = self._action(post_id)
        return self._wrong(Sheet(typed=typed, action=action, post_id=post_id), error)

    def _merged(self, post_id: int, typed: Typed) -> Response:
        """Both sides' changes in the form, unless somebody saved once more: then both again."""
        found = self._sheets.post(post_id)
        if found.row["version"] == typed.version:
            return self._show(self._sheets.merged(found, typed))
        seen = Conflict("post", post_id, seen=typed.version, current=found.row["version"])
        return self._wrong(self._sheets.conflict(found, typed), seen)

    def _done(self, post_id: int) -> Response:
        return self._pages.to("admin_edit", post_id=post_id, said=_DONE.get(_asked(), _asked()))

    def _not_done(self, stopped: NotDone, typed: Typed) -> Response:
        saved = stopped.saved
        found = self._sheets.post(saved.post_id)
        typed = replace(
            typed,
            version=saved.version,
            base_revision=saved.revision_id,
            copy_version=0,
            merge_base=0,
            slug=saved.slug,
            slug_seen=saved.slug,
            note="",
        )
        told = f"Your text is saved as revision {saved.number}."
        sheet = self._sheets.of(found, typed, told=told)
        return self._wrong(sheet, stopped.error, is_saved=True)

    def _refused(self, post_id: int, typed: Typed, error: BlogError) -> Response:
        try:
            found = self._sheets.post(post_id)
        except NotFound:
            gone = "The post was deleted meanwhile. Saving makes a new post of your text."
            return self._wrong(self._sheets.blank(replace(typed, version=0), told=gone), error)
        except Unavailable:
            return self._as_typed(post_id, typed, error)
        if isinstance(error, Conflict):
            return self._wrong(self._sheets.conflict(found, typed), error)
        return self._wrong(self._sheets.of(found, typed), error)

    def _wrong(self, sheet: Sheet, error: BlogError, *, is_saved: bool = False) -> Response:
        faults = error.errors if isinstance(error, ValidationError) else ()
        sheet = replace(
            sheet,
            error=error,
            faults={fault.field: fault for fault in faults},
            is_unsaved=not is_saved,
        )
        response = self._show(sheet, status=error.status)
        if isinstance(error, Unavailable):
            response.headers["Retry-After"] = str(error.retry_after_s)
        return response

    def _show(self, sheet: Sheet, *, status: int = 200) -> Response:
        return self._pages.render(
            "editor.html",
            status=status,
            sheet=replace(sheet, action=sheet.action or self._action(sheet.post_id)),
            panels=self._beside(panels_of, sheet),
            actions=self._beside(actions_of, sheet),
            links=self._links(sheet),
            preview_address=self._pages.preview_address,
            zone=self._zone.key,
            public_url=self._pages.theme.urls.post,
            may_upload=self._site.access.allows(self._site.access.current_actor(), "upload-media"),
            account_id=self._site.access.current_actor().account_id,
        )

    def _links(self, sheet: Sheet) -> tuple[OpenLink, ...]:
        """The open preview links; a stranger, whose sign-in has expired, is shown none."""
        if sheet.post_id is None or sheet.subject is None:
            return ()
        return links_of(self._site, sheet.post_id)

    def _beside(self, parts_of: Callable[..., tuple[T, ...]], sheet: Sheet) -> tuple[T, ...]:
        """What plugins add for the post that is shown; nothing for a new one or a stranger."""
        if sheet.post_id is None or sheet.subject is None:
            return ()
        return parts_of(self._pages, sheet.post_id, sheet.subject)

    def _action(self, post_id: int | None) -> str:
        if post_id is None:
            return self._pages.url("admin_new")
        return self._pages.url("admin_edit", post_id=post_id)


def _asked() -> str:
    """The button that was pressed."""
    return request.form.get("step", "save")
