"""The settings `[db_opt]`."""

from typing import Any, Literal

from pydantic import Field

from blog_core.api import SettingsModel


class DbOptSettings(SettingsModel):
    """`[db_opt]`: the pool of connections."""

    pool_size: int = Field(10, ge=1, le=200, description="most connections that each process opens")
    pool_wait_s: float = Field(
        2.0, gt=0, le=30, description="longest wait for a connection; then the answer is 503"
    )
    background_pool_size: int = Field(
        3,
        ge=1,
        le=50,
        description="most connections of each process for jobs, commands and exports, which so "
        "never take those of the pages",
    )
    recycle_s: int = Field(
        1800, ge=60, description="age at which a connection is replaced, in seconds"
    )
    ping_after_s: float = Field(
        30.0, ge=0, description="rest after which a connection is asked whether it is alive"
    )
    statement_s: float = Field(
        5.0, gt=0, description="longest statement of a page (PostgreSQL); then the answer is 503"
    )
    write_s: float = Field(
        1.8, gt=0, description="longest statement of a request that writes (PostgreSQL)"
    )
    background_statement_s: float = Field(
        300.0, gt=0, description="longest statement of a job, command or export (PostgreSQL)"
    )
    lock_s: float = Field(
        1.5, gt=0, description="longest wait for a lock that somebody else holds (PostgreSQL)"
    )
    idle_in_transaction_s: float = Field(
        15.0, gt=0, description="longest pause inside a transaction of a page (PostgreSQL)"
    )
    background_idle_s: float = Field(
        60.0, gt=0, description="the same for a job, command or export (PostgreSQL)"
    )
    pgbouncer: bool = Field(
        False,
        description="true behind PgBouncer in transaction mode: sessions are opened without limits "
        "of their own, which the role must have instead",
    )
    busy_s: float = Field(
        0.05, gt=0, description="waits for SQLite's write lock that take this long are kept"
    )
    slow_s: float = Field(
        0.1, gt=0, description="statements that take this long are kept for `blog db slow`"
    )
    budget: Literal["error", "warning"] | None = Field(
        None,
        description="what more statements than a route declares, and lazy loads on a public page, "
        "are; unset: an error in the environment `test`, else a warning",
    )
    read_db_env: bool = Field(
        False, description="in a host app too, read DB_HOST, DB_NAME, DB_USER and DB_PASSWORD"
    )

    def pool_options(self) -> dict[str, Any]:
        """As SQLAlchemy's `create_engine` takes them; the last one given back is used first."""
        return {
            "pool_size": self.pool_size,
            "max_overflow": 0,
            "pool_timeout": self.pool_wait_s,
            "pool_recycle": self.recycle_s,
            "pool_use_lifo": True,
            "pool_pre_ping": False,
        }
