"""What a PostgreSQL session of the blog may take, and how it calls itself."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import has_request_context, request
from sqlalchemy import Connection, Engine, event

from blog_core.api import in_background

if TYPE_CHECKING:
    from plugins.db_opt.settings import DbOptSettings

# A server that vanished without a word is noticed by the kernel. In libpq's units: ms, then s.
_TCP = {
    "tcp_user_timeout": 5_000,
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Sessions:
    """Limits of the sessions of one blog. Pages get short ones, background work long ones."""

    blog: str
    settings: "DbOptSettings"
    url_options: str
    """What `database_url` says itself; it wins."""

    def arguments(self) -> dict[str, Any]:
        """For libpq, of a session for what runs here."""
        kind = "background" if in_background() else "web"
        limits = {} if self.settings.pgbouncer else self._limits()
        options = [f"-c {key}={value}" for key, value in limits.items()]
        return {
            **_TCP,
            "application_name": f"{self.blog}/{kind}",
            "options": " ".join([*options, self.url_options]) or None,
        }

    def _limits(self) -> dict[str, str]:
        settings = self.settings
        if in_background():
            statement_s, idle_s = settings.background_statement_s, settings.background_idle_s
        else:
            statement_s, idle_s = settings.statement_s, settings.idle_in_transaction_s
        return {
            "timezone": "UTC",
            "statement_timeout": _ms(statement_s),
            "lock_timeout": _ms(settings.lock_s),
            "idle_in_transaction_session_timeout": _ms(idle_s),
        }

    def hurry_writes(self, engine: Engine) -> None:
        """Hold the statements of a request that writes to `write_s`: somebody waits for the answer
        with a text that should not be lost."""
        limit = f"SET LOCAL statement_timeout = '{_ms(self.settings.write_s)}'"

        def begun(connection: Connection) -> None:
            if not has_request_context() or request.method in _SAFE_METHODS or in_background():
                return
            driver: Any = connection.connection.dbapi_connection
            if not driver.autocommit:
                connection.exec_driver_sql(limit)

        event.listen(engine, "begin", begun)


def _ms(seconds: float) -> str:
    return f"{round(seconds * 1000)}ms"
