"""Who acts, when and in which blog: read from the session of the running transaction."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CursorResult, Executable
from sqlalchemy.orm import Session

from blog_core.current import current_site
from blog_core.ports import Actor
from blog_core.site import SYSTEM, PostChange

if TYPE_CHECKING:
    from blog_core.access.permissions import Subject
    from blog_core.site import Site


def site_of(session: Session) -> "Site":
    """The blog whose transaction this is."""
    site: Site | None = session.info.get("site")
    return site if site is not None else current_site()


def actor_of(session: Session) -> Actor:
    """Who acts in this transaction."""
    actor: Actor = session.info.get("actor", SYSTEM)
    return actor


def now(session: Session) -> datetime:
    """The blog's clock."""
    return site_of(session).clock()


def require(session: Session, permission: str, *, on: "Subject | None" = None) -> Actor:
    """The actor, when the permission is theirs; else `NotSignedIn`, `NotFound` or `Forbidden`."""
    actor = actor_of(session)
    site_of(session).access.require(actor, permission, on=on)
    return actor


def rows_changed(session: Session, statement: Executable) -> int:
    """Run an INSERT, UPDATE or DELETE; how many rows it changed."""
    result = session.execute(statement)
    return result.rowcount if isinstance(result, CursorResult) else 0


def record(session: Session, post_id: int, kind: str) -> None:
    """Note what happens to a post; the hooks hear of it after the commit, once a kind."""
    changes: list[PostChange] = session.info.setdefault("post_changes", [])
    change = PostChange(post_id, kind, actor_of(session))
    if change not in changes:
        changes.append(change)
