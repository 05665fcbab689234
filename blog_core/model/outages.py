"""Tells errors of a database that is away from errors of a statement."""

from typing import Any

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from blog_core.errors import BlogError, QueryError, Unavailable

_BUSY = ("database is locked", "database table is locked", "database schema is locked")
_NO_TABLE = ("no such table", "undefinedtable")


def as_outage(error: SQLAlchemyError) -> Unavailable | None:
    """What to answer when the database cannot be reached, is busy or is too slow; else None."""
    if isinstance(error, PoolTimeout):
        return Unavailable("All database connections are in use. Try again in a moment.")
    if not isinstance(error, DBAPIError):
        return None
    reason = str(error.orig).strip()
    if any(text in reason for text in _BUSY):
        return Unavailable("The database is busy with another write. Try again in a moment.")
    if type(error.orig).__name__ == "QueryCanceled":
        return Unavailable(f"The database took longer than it may ({reason}). Try again later.")
    # Errors without a server's code come from the driver: there is no connection.
    is_away = isinstance(error, OperationalError | InterfaceError) and _has_no_code(error)
    if error.connection_invalidated or is_away:
        return Unavailable(f"The database cannot be reached ({_first_line(reason)}).")
    return None


def as_blog_error(name: str, error: SQLAlchemyError) -> BlogError:
    """What a failed statement called `name` is to its caller."""
    outage = as_outage(error)
    if outage is not None:
        return outage
    original = getattr(error, "orig", None)
    reason = _first_line(str(original or error))
    if any(mark in f"{type(original).__name__} {reason}".lower() for mark in _NO_TABLE):
        reason += ". The database is not up to date: run `blog migrate`"
    return QueryError(name, f"{reason}.")


def _has_no_code(error: DBAPIError) -> bool:
    original: Any = error.orig
    if hasattr(original, "pgcode"):
        return original.pgcode is None
    return "unable to open" in str(error.orig) or "disk I/O" in str(error.orig)


def _first_line(reason: str) -> str:
    return reason.strip().split("\n", 1)[0].rstrip(".")
