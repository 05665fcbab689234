"""Writing a post: a form that works without scripts and gives every typed text back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flask import Response, request

from blog_core.access.origin import CrossSite
from blog_core.admin.editor_diff import differences
from blog_core.admin.editor_panels import actions_of, panels_of
from blog_core.admin.editor_sheet import Sheet
from blog_core.admin.editor_times import fold_of, instant_of, wall_time
from blog_core.admin.editor_typed import TEXT_FIELDS, Typed
from blog_core.admin.pages import Pages
from blog_core.admin.posts import state_of
from blog_core.content import desk, publishing
from blog_core.content.desk import DeskPost
from blog_core.content.posts import create_post
from blog_core.content.revisions import Saved, restore_revision, save_revision
from blog_core.content.text import checked
from blog_core.errors import BlogError, Conflict, FieldError, NotFound, ValidationError

T = TypeVar("T")

SAID = {
    "saved": "Saved as a revision.",
    "published": "Published: readers see it now.",
    "scheduled": "Scheduled.",
    "withdrawn": "Readers do not see it any more.",
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


def said(text: str) -> str:
    """The parser of the parameter that tells what was done."""
    if text not in SAID:
        raise ValueError(f"expected one of {', '.join(SAID)}")
    return text


def shown_text(text: str) -> str:
    """The parser of the parameter that chooses between the saved text and one's own copy."""
    if text not in {"saved", "copy"}:
        raise ValueError("expected saved or copy")
    return text


class NotDone(Exception):
    """The text was saved, but the step after it was refused."""

    def __init__(self, saved: Saved, error: BlogError) -> None:
        super().__init__(str(error))
        self.saved, self.error = saved, error


class EditorPages:
    """The views of the form."""

    def __init__(self, pages: Pages) -> None:
        self._pages, self._site = pages, pages.site
        self._zone = ZoneInfo(pages.site.settings.core.timezone)

    # --- views ----------------------------------------------------------------------------------

    def new(self) -> Response:
        """An empty form, and the draft that it makes."""
        if request.method != "POST":
            return self._show(self._blank(Typed()))
        typed = Typed.of_form(request.form)
        try:
            at = self._checked(typed)
            with self._site.transaction() as session:
                saved = create_post(session, text=typed.text, slug=typed.slug.strip() or None)
            self._step(saved, at)
        except NotDone as error:
            return self._not_done(error, typed)
        except BlogError as error:
            return self._wrong(self._blank(typed), error)
        return self._done(saved.post_id)

    def edit(self, post_id: int, text: str = "", said: str = "") -> Response:
        """The form with a post's text, and what it sends."""
        if request.method != "POST":
            return self._show(self._opened(self._post(post_id), text, said))
        typed = Typed.of_form(request.form)
        try:
            at = self._checked(typed)
            saved = self._save(post_id, typed)
            self._step(saved, at)
        except NotDone as error:
            return self._not_done(error, typed)
        except BlogError as error:
            return self._refused(post_id, typed, error)
        return self._done(post_id)

    def at_the_door(self, error: BlogError, post_id: int | None = None) -> Response:
        """A form that was sent without a valid sign-in comes back with its text."""
        if request.method != "POST" or isinstance(error, CrossSite):
            raise error
        typed = Typed.of_form(request.form)
        action = self._action(post_id)
        return self._wrong(Sheet(typed=typed, action=action, post_id=post_id), error)

    # --- saving ---------------------------------------------------------------------------------

    def _checked(self, typed: Typed) -> datetime | None:
        """All faults of the form at once; the instant to publish at, if that is the step."""
        errors: list[FieldError] = []
        at = None
        for check in (partial(checked, typed.text), partial(self._instant, typed)):
            try:
                at = check()
            except ValidationError as error:
                errors += error.errors
        if errors:
            raise ValidationError(errors)
        return at if isinstance(at, datetime) else None

    def _instant(self, typed: Typed) -> datetime | None:
        if _asked() != "schedule":
            return None
        return instant_of(typed.publish_at, self._zone, fold=typed.publish_at_fold)

    def _save(self, post_id: int, typed: Typed) -> Saved:
        with self._site.transaction() as session:
            saved = save_revision(
                session,
                post_id=post_id,
                version=typed.version,
                text=typed.text,
                slug=typed.new_slug,
                note=typed.note,
                working_copy_version=typed.copy_version or None,
            )
            if _asked() != "theirs":
                return saved
            return restore_revision(
                session,
                post_id=post_id,
                version=saved.version,
                revision_id=typed.base_revision,
            )

    def _step(self, saved: Saved, at: datetime | None) -> None:
        """What was asked for after saving. The text is safe by then, whatever comes of it."""
        step = _STEPS.get(_asked())
        if step is None:
            return
        more = {"publish_at": at} if at is not None else {}
        try:
            with self._site.transaction() as session:
                step(session, post_id=saved.post_id, version=saved.version, **more)
        except BlogError as error:
            raise NotDone(saved, error) from error

    # --- answers --------------------------------------------------------------------------------

    def _done(self, post_id: int) -> Response:
        return self._pages.to("admin_edit", post_id=post_id, said=_DONE.get(_asked(), _asked()))

    def _not_done(self, stopped: NotDone, typed: Typed) -> Response:
        saved = stopped.saved
        found = self._post(saved.post_id)
        typed = replace(
            typed,
            version=saved.version,
            base_revision=saved.revision_id,
            copy_version=0,
            slug=saved.slug,
            slug_seen=saved.slug,
            note="",
        )
        told = f"Your text is saved as revision {saved.number}."
        return self._wrong(self._sheet(found, typed, told=told), stopped.error)

    def _refused(self, post_id: int, typed: Typed, error: BlogError) -> Response:
        try:
            found = self._post(post_id)
        except NotFound:
            gone = "The post was deleted meanwhile. Saving makes a new post of your text."
            return self._wrong(self._blank(replace(typed, version=0), told=gone), error)
        if isinstance(error, Conflict):
            return self._conflict(found, typed, error)
        return self._wrong(self._sheet(found, typed), error)

    def _conflict(self, found: DeskPost, typed: Typed, error: Conflict) -> Response:
        """Both texts, and what differs. Saving again is then a decision, on the version shown."""
        theirs = self._saved_text(found)
        mine = replace(typed, version=theirs.version, base_revision=theirs.base_revision)
        sheet = self._sheet(found, mine)
        return self._wrong(
            replace(sheet, theirs=theirs, differences=differences(theirs, typed)), error
        )

    def _wrong(self, sheet: Sheet, error: BlogError) -> Response:
        faults = error.errors if isinstance(error, ValidationError) else ()
        sheet = replace(sheet, error=error, faults={fault.field: fault for fault in faults})
        return self._show(sheet, status=error.status)

    def _show(self, sheet: Sheet, *, status: int = 200) -> Response:
        return self._pages.render(
            "editor.html",
            status=status,
            sheet=replace(sheet, action=sheet.action or self._action(sheet.post_id)),
            panels=self._beside(panels_of, sheet),
            actions=self._beside(actions_of, sheet),
            zone=self._zone.key,
            public_url=self._pages.theme.urls.post,
            account_id=self._site.access.current_actor().account_id,
        )

    def _beside(self, parts_of: Callable[..., tuple[T, ...]], sheet: Sheet) -> tuple[T, ...]:
        """What plugins add for the post that is shown; nothing for a new one or a stranger."""
        if sheet.post_id is None or sheet.subject is None:
            return ()
        return parts_of(self._pages, sheet.post_id, sheet.subject)

    def _action(self, post_id: int | None) -> str:
        if post_id is None:
            return self._pages.url("admin_new")
        return self._pages.url("admin_edit", post_id=post_id)

    # --- what the form shows --------------------------------------------------------------------

    def _post(self, post_id: int) -> DeskPost:
        """A post that the actor may edit, else the error that tells them why not."""
        actor = self._site.access.current_actor()
        found = desk.post(self._site, actor, post_id)
        self._site.access.require(actor, "edit-posts", on=found.subject)
        return found

    def _opened(self, found: DeskPost, text: str, said: str) -> Sheet:
        """The saved text, or one's own later one; never the one in place of the other unseen."""
        saved, copy = self._saved_text(found), found.working_copy
        if copy is None:
            return self._sheet(found, saved, said=SAID.get(said, ""))
        typed = self._copied_text(found, saved)
        is_up_to_date = copy["base_revision_id"] in {found.row["head_revision_id"], None}
        takes_copy = text == "copy" or (is_up_to_date and text != "saved")
        sheet = self._sheet(found, typed if takes_copy else saved, said=SAID.get(said, ""))
        at, differ = copy["updated_at"], differences(saved, typed)
        if not differ:
            return sheet
        if takes_copy:
            return replace(sheet, copied_at=at, differences=differ)
        # Neither autosave nor a save may touch the copy that is only offered.
        untouched = replace(saved, copy_version=0)
        return replace(sheet, typed=untouched, offered_at=at, differences=differ)

    def _blank(self, typed: Typed, told: str = "") -> Sheet:
        access = self._site.access
        may_publish = access.allows(access.current_actor(), "publish-posts")
        return Sheet(typed=typed, may_publish=may_publish, told=told)

    def _sheet(self, found: DeskPost, typed: Typed, *, said: str = "", told: str = "") -> Sheet:
        actor = self._site.access.current_actor()
        return Sheet(
            typed=typed,
            post_id=found.row["id"],
            row=found.row,
            subject=found.subject,
            state=state_of(found.row, self._site.clock()),
            may_publish=self._site.access.allows(actor, "publish-posts", found.subject),
            said=said,
            told=told,
        )

    def _saved_text(self, found: DeskPost) -> Typed:
        row = found.row
        head = {name: row[f"head_{name}"] for name in TEXT_FIELDS}
        head |= {name: head[name] or empty for name, empty in _EMPTY.items()}
        return Typed.of_revision(
            head,
            slug=row["slug"],
            slug_seen=row["slug"],
            publish_at=wall_time(row["publish_at"], self._zone),
            publish_at_fold=fold_of(row["publish_at"], self._zone),
            version=row["version"],
            base_revision=row["head_revision_id"] or 0,
            copy_version=found.working_copy["version"] if found.working_copy else 0,
        )

    def _copied_text(self, found: DeskPost, saved: Typed) -> Typed:
        copy = found.working_copy
        assert copy is not None  # noqa: S101  the caller has looked
        typed = Typed.of_revision(copy)
        return replace(
            saved,
            **{
                name: getattr(typed, name) for name in ("title", "body", "excerpt", "image", "tags")
            },
            slug=copy["slug"] or saved.slug,
        )


_STEPS: dict[str, Callable[..., Any]] = {
    "publish": publishing.publish,
    "schedule": publishing.schedule,
    "unpublish": publishing.unpublish,
    "hide": publishing.hide,
}
_EMPTY: dict[str, Any] = {"title": "", "body": "", "tags": ()}


def _asked() -> str:
    """The button that was pressed."""
    return request.form.get("step", "save")
