"""Saves what the form of a post holds, then takes the step that was asked for."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from blog_core.admin.editor_times import instant_of
from blog_core.admin.editor_typed import Typed
from blog_core.content import publishing
from blog_core.content.once import MAX_KEY_CHARS, Key, claim, keep
from blog_core.content.posts import create_post
from blog_core.content.revisions import Saved, restore_revision, save_revision
from blog_core.content.text import checked
from blog_core.errors import BlogError, FieldError, ValidationError

if TYPE_CHECKING:
    from blog_core.site import Site

_STEPS: dict[str, Callable[..., Any]] = {
    "publish": publishing.publish,
    "schedule": publishing.schedule,
    "unpublish": publishing.unpublish,
    "hide": publishing.hide,
}
"""The steps after saving, by the name of their button."""


class NotDone(Exception):
    """The text was saved, but the step after it was refused."""

    def __init__(self, saved: Saved, error: BlogError) -> None:
        super().__init__(str(error))
        self.saved, self.error = saved, error


class AlreadyMade(Exception):
    """The form of a new post was sent before: `saved` is the draft that it made then.

    `is_same` says whether it came with the same text.
    """

    def __init__(self, saved: Saved, *, is_same: bool) -> None:
        super().__init__(f"post {saved.post_id}")
        self.saved, self.is_same = saved, is_same


class Saver:
    """Saves the posts of one blog. Times are those of `zone`."""

    def __init__(self, site: "Site", zone: ZoneInfo) -> None:
        self._site, self._zone = site, zone

    def new(self, typed: Typed, step: str) -> Saved:
        """Make a draft of a text. Raises `BlogError` when nothing was saved, else `NotDone`;
        `AlreadyMade` when this form has made one."""
        at = self._checked(typed, step)
        with self._site.transaction() as session:
            saved = self._make_once(session, typed)
        self._take(step, saved, at)
        return saved

    def _make_once(self, session: Session, typed: Typed) -> Saved:
        account_id = self._site.access.current_actor().account_id
        digest = checked(typed.text).digest
        key = Key(f"editor:{account_id}", typed.form_key[:MAX_KEY_CHARS], digest)
        known = claim(session, key, same_only=False) if typed.form_key else None
        if known is not None:
            raise AlreadyMade(Saved(**known["saved"]), is_same=known["digest"] == digest)
        saved = create_post(session, text=typed.text, slug=typed.slug.strip() or None)
        if typed.form_key:
            keep(session, key, {"saved": asdict(saved), "digest": digest})
        return saved

    def edit(self, post_id: int, typed: Typed, step: str) -> Saved:
        """Save a text as a revision of a post. Errors as of `new`."""
        at = self._checked(typed, step)
        saved = self._save(post_id, typed, takes_theirs=step == "theirs")
        self._take(step, saved, at)
        return saved

    def _checked(self, typed: Typed, step: str) -> datetime | None:
        """All faults of the form at once; the instant to publish at, if that is the step."""
        errors: list[FieldError] = []
        at = None
        for check in (partial(checked, typed.text), partial(self._instant, typed, step)):
            try:
                at = check()
            except ValidationError as error:
                errors += error.errors
        if errors:
            raise ValidationError(errors)
        return at if isinstance(at, datetime) else None

    def _instant(self, typed: Typed, step: str) -> datetime | None:
        if step != "schedule":
            return None
        return instant_of(typed.publish_at, self._zone, fold=typed.publish_at_fold)

    def _save(self, post_id: int, typed: Typed, *, takes_theirs: bool) -> Saved:
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
            if not takes_theirs:
                return saved
            return restore_revision(
                session,
                post_id=post_id,
                version=saved.version,
                revision_id=typed.base_revision,
            )

    def _take(self, name: str, saved: Saved, at: datetime | None) -> None:
        """The step after saving. The text is safe by then, whatever comes of it."""
        step = _STEPS.get(name)
        if step is None:
            return
        more = {"publish_at": at} if at is not None else {}
        try:
            with self._site.transaction() as session:
                step(session, post_id=saved.post_id, version=saved.version, **more)
        except BlogError as error:
            raise NotDone(saved, error) from error
