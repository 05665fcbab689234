"""The stage port by roles only: a draft, then published."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import RowMapping, bindparam, select

from blog_core.errors import FieldError, NotFound, ValidationError
from blog_core.model.post import POST_STATUSES, Post, Revision
from blog_core.ports import Actor, Query, QueryExecutor, Refusal

STAGES = ("draft", "published")
TITLE_CHARS = 255

_HISTORY_ROWS = 20
_PUBLISHING = frozenset({"publish", "schedule"})
_MAY_PUBLISH = frozenset({"author", "editor", "admin", "system"})

_STAGE_POST = Query(
    "default_stage_post",
    select(
        Post.id,
        Post.title,
        Post.slug,
        Post.status,
        Post.version,
        Post.author_id,
        Post.updated_at,
        Revision.body,
    )
    .outerjoin(Revision, Revision.id == Post.head_revision_id)
    .where(Post.id == bindparam("post_id")),
)
_STAGE_HISTORY = Query(
    "default_stage_history",
    select(Revision.number, Revision.created_at, Revision.account_id, Revision.note)
    .where(Revision.post_id == bindparam("post_id"))
    .order_by(Revision.number.desc())
    .limit(_HISTORY_ROWS),
)


class DraftAndPublished:
    """Two stages, one after the other."""

    def __init__(self, executor: QueryExecutor) -> None:
        self._executor = executor

    def load(self, post_id: int, stage_id: str) -> Mapping[str, object]:
        """The post as one of the two stages sees it; its revisions are the history."""
        if stage_id not in STAGES:
            raise NotFound("stage", stage_id)
        rows = self._executor.run(_STAGE_POST, {"post_id": post_id})
        if not rows:
            raise NotFound("post", post_id)
        history = self._executor.run(_STAGE_HISTORY, {"post_id": post_id})
        return _stage(stage_id, rows[0], history)

    def validate(self, data: Mapping[str, object]) -> bool:
        """True, or `ValidationError` with every fault of title, content and status."""
        faults = list(_faults(data))
        if faults:
            raise ValidationError(faults)
        return True

    def may(self, post_id: int, actor: Actor, transition: str) -> Refusal | None:
        """Contributors hand in; authors and above publish."""
        if transition in _PUBLISHING and actor.role not in _MAY_PUBLISH:
            return Refusal(f"The role {actor.role} may not {transition}; ask an editor.")
        return None


def _stage(stage_id: str, post: RowMapping, history: Sequence[RowMapping]) -> dict[str, object]:
    fields = {"title": post["title"], "content": post["body"] or "", "status": post["status"]}
    missing = [fault.message for fault in _faults(fields)]
    is_published = post["status"] == "published"
    reached = {"draft": True, "published": is_published}[stage_id]
    done = is_published and not missing
    return {
        "id": post["id"],
        "slug": post["slug"],
        "author_id": post["author_id"],
        "updated_at": post["updated_at"],
        "stage": stage_id,
        "fields": fields,
        "history": [dict(row) for row in history],
        "status": "COMPLETED" if done else "IN_PROGRESS" if reached else "NOT_STARTED",
        "version": post["version"],
        "missing": missing,
        "complete": True,
        "errors": {},
    }


def _faults(data: Mapping[str, object]) -> Iterator[FieldError]:
    for name in ("title", "content", "status"):
        value = data.get(name)
        if not isinstance(value, str) or not value.strip():
            yield FieldError(name, "required", f"{name} is required, as text")
    title, status = data.get("title"), data.get("status")
    if isinstance(title, str) and len(title) > TITLE_CHARS:
        message = f"title has {len(title)} characters; at most {TITLE_CHARS} are accepted"
        yield FieldError("title", "too_long", message, TITLE_CHARS)
    if isinstance(status, str) and status.strip() and status not in POST_STATUSES:
        message = f"status is {status!r}; it must be one of {', '.join(POST_STATUSES)}"
        yield FieldError("status", "unknown", message)
