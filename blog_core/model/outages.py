"""Tells errors of a database that is away from errors of a statement."""

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from blog_core.errors import BlogError, QueryError, Unavailable


class DatabaseAway(SQLAlchemyError):
    """Raised before anything is sent, by who knows that the database does not answer."""


_LOCKED = ("database is locked", "database table is locked", "database schema is locked")
_NO_TABLE = ("no such table", "undefinedtable")

# SQLSTATEs of PostgreSQL.
_BUSY_CODES = {"40001", "40P01", "55P03"}  # a conflict, a deadlock, a lock not had in time
_SLOW_CODES = {"57014"}
_AWAY_CLASSES = {"08", "53", "57", "58"}  # connection, resources, operator, system


def as_outage(error: SQLAlchemyError) -> Unavailable | None:
    """What to answer when the database cannot be reached, is busy or is too slow; else None."""
    if isinstance(error, DBAPIError):
        return _driver_outage(error)
    if isinstance(error, PoolTimeout):
        return Unavailable("All database connections are in use. Try again in a moment.")
    if isinstance(error, DatabaseAway):
        return Unavailable(f"The database cannot be reached ({_first_line(str(error))}).")
    return None


def _driver_outage(error: DBAPIError) -> Unavailable | None:
    reason = _first_line(str(error.orig))
    code = getattr(error.orig, "pgcode", None) or ""
    if code in _BUSY_CODES or reason.startswith(_LOCKED):
        return Unavailable("The database is busy with another write. Try again in a moment.")
    if code in _SLOW_CODES:
        return Unavailable(f"The database took longer than it may ({reason}). Try again later.")
    if error.connection_invalidated or code[:2] in _AWAY_CLASSES or _is_driver_error(error, code):
        return Unavailable(f"The database cannot be reached ({reason}).")
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


def _is_driver_error(error: DBAPIError, code: str) -> bool:
    """Errors without a server's code come from the driver: it has no connection."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    if hasattr(error.orig, "pgcode"):
        return not code
    return str(error.orig).startswith(("unable to open", "disk I/O"))


def _first_line(reason: str) -> str:
    return reason.strip().split("\n", 1)[0].rstrip(".")
