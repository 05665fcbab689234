"""The current blog's rooms as plain functions, for plugins and for programs beside the blog."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from blog_core.current import current_site
from blog_core.ports import Actor

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from blog_core.access.permissions import Subject


def transaction(actor: Actor | None = None) -> "AbstractContextManager[Session]":
    """The one way to write: an ORM session, committed at the end, rolled back on any error."""
    return current_site().transaction(actor)


def current_actor() -> Actor:
    """Who acts: the request's account or token, else a stranger, or the system outside one."""
    return current_site().access.current_actor()


def require(permission: str, *, on: "Subject | None" = None) -> Actor:
    """The current actor, if they have the permission; else the error that says so."""
    site = current_site()
    actor = site.access.current_actor()
    site.access.require(actor, permission, on=on)
    return actor
