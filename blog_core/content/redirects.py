"""Redirects that an editor sets: an old path, and the post, path or address that answers for it."""

from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from blog_core.content.acting import now, require, rows_changed
from blog_core.errors import NotFound
from blog_core.model import Post, Redirect
from blog_core.model.upsert import insert_on
from blog_core.validation import Faults

MAX_PATH_BYTES = 2_000
"""What an index of PostgreSQL can hold."""


def add_redirect(
    session: Session, *, path: str, post_id: int | None = None, target: str | None = None
) -> None:
    """Let `path` lead to a post, or to another path below the blog, or to an http(s) address.

    Chains are collapsed: what led to `path` leads to its target now. Raises `ValidationError` for
    a path or target that is none, and for a circle.
    """
    require(session, "manage-redirects")
    faults = Faults()
    path = _checked_path(faults, "path", path)
    if (post_id is None) == (target is None):
        faults.add("target", "required", "expected either a post or a target, and not both")
    if target is not None:
        target = _checked_target(faults, target)
    if post_id is not None and session.get(Post, post_id) is None:
        faults.add("post_id", "unknown", f"found no post {post_id}")
    if target == path:
        faults.add("target", "circle", f"found {path!r} twice, expected another target")
    faults.raise_any()
    post_id, target = _end_of(session, path, post_id, target)
    row = insert_on(session, Redirect).values(
        path=path, post_id=post_id, target=target, created_at=now(session)
    )
    leads = {"post_id": post_id, "target": target}
    session.execute(row.on_conflict_do_update(index_elements=["path"], set_=leads))
    session.execute(update(Redirect).where(Redirect.target == path).values(**leads))


def remove_redirects(session: Session, *, paths: Sequence[str]) -> int:
    """Forget old paths; how many there were."""
    require(session, "manage-redirects")
    gone = rows_changed(session, delete(Redirect).where(Redirect.path.in_(paths)))
    if not gone:
        raise NotFound("redirect", ", ".join(paths))
    return gone


def fits(path: str) -> bool:
    """Whether a path is short enough to be looked up by."""
    return len(path.encode("utf-8", "surrogatepass")) <= MAX_PATH_BYTES


def _end_of(
    session: Session, path: str, post_id: int | None, target: str | None
) -> tuple[int | None, str | None]:
    """Where a target leads in the end. All rows are collapsed, so one look is enough."""
    onward = session.scalar(select(Redirect).where(Redirect.path == target)) if target else None
    if onward is None:
        return post_id, target
    if onward.target == path:
        faults = Faults()
        faults.add("target", "circle", f"found {target!r}, which leads back to {path!r}")
        faults.raise_any()
    return onward.post_id, onward.target


def _checked_path(faults: Faults, field: str, path: str) -> str:
    is_plain = path.startswith("/") and not path.startswith("//") and path.isprintable()
    if not is_plain or set(path) & set("?#\\") or {".", ".."} & set(path.split("/")):
        message = f"found {path[:80]!r}, expected a path such as /2019/05/old-title.html"
        faults.add(field, "invalid", message)
    if not fits(path):
        size_bytes = len(path.encode())
        message = f"found {size_bytes:,} bytes, expected at most {MAX_PATH_BYTES:,}"
        faults.add(field, "too_long", message, MAX_PATH_BYTES)
    return path


def _checked_target(faults: Faults, target: str) -> str:
    if target.startswith("/"):
        return _checked_path(faults, "target", target)
    address = faults.web_address("target", target)
    if address is None:
        faults.add("target", "required", "found nothing, expected a path or an address")
    return address or ""
