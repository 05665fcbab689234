"""What the page of the editor shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from blog_core.access.permissions import Subject
from blog_core.admin.editor_diff import Difference
from blog_core.admin.editor_merge import Merge
from blog_core.admin.editor_typed import Typed
from blog_core.errors import BlogError, FieldError


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The form with a text in it, and what has to be told about it.

    `theirs` is the text of a conflict and `merge` what both changes make together; `is_unsaved`
    says that the text stands nowhere but in this form. `offered_at` says that an own later text
    waits beside the one shown, `copied_at` that this later text is the one shown.
    """

    typed: Typed
    action: str = ""
    post_id: int | None = None
    row: Mapping[Any, Any] | None = None
    subject: Subject | None = None
    state: str = "new"
    may_publish: bool = False
    said: str = ""
    told: str = ""
    error: BlogError | None = None
    is_unsaved: bool = False
    faults: Mapping[str, FieldError] = field(default_factory=dict)
    theirs: Typed | None = None
    merge: Merge | None = None
    differences: tuple[Difference, ...] = ()
    offered_at: datetime | None = None
    copied_at: datetime | None = None

    @property
    def heading(self) -> str:
        return self.typed.title.strip() or ("Untitled post" if self.post_id else "New post")

    @property
    def missing(self) -> tuple[str, ...]:
        """What a stage still asks for."""
        return tuple(getattr(self.error, "missing", ()))

    @property
    def shows_twice(self) -> bool:
        """Whether the time to publish at has to be told from another equal one."""
        fault = self.faults.get("publish_at")
        is_asked = fault is not None and fault.code == "twice"
        return is_asked or bool(self.typed.publish_at_fold)
