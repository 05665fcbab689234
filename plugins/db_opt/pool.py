"""Connections and their pool, for code that needs one in its hands."""

from sqlalchemy import Connection, Pool

from plugins.db_opt.here import site_for


def get_db_pool() -> Pool:
    """SQLAlchemy's pool of the current blog: 1 to 10 connections unless `[db_opt]` says more."""
    return site_for("get_db_pool()").ports.executor.engine.pool


def get_db_connection() -> Connection:
    """A connection from the pool; hand it back with `release_db_connection`, best in a `finally`.

    Raises `Unavailable` when none is free within `[db_opt] pool_wait_s`.
    """
    from sqlalchemy.exc import SQLAlchemyError

    from blog_core.api import as_blog_error

    engine = site_for("get_db_connection()").ports.executor.engine
    try:
        return engine.connect()
    except SQLAlchemyError as error:
        raise as_blog_error("get_db_connection", error) from error


def release_db_connection(conn: Connection) -> None:
    """Give a connection back; what it had not committed is rolled back. Twice is once."""
    conn.close()


def cleanup_db_connections() -> None:
    """Close every idle connection; the pool opens new ones when they are needed."""
    site_for("cleanup_db_connections()").ports.executor.close()
