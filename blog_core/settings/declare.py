"""How settings are declared: frozen models that take no unknown names, and a few field types."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, PlainSerializer
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError


class SettingsModel(BaseModel):
    """Base of the core's settings and of every plugin's section. Give each field a description."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_default=True,
        hide_input_in_errors=True,
        arbitrary_types_allowed=True,
    )


def _database_url(value: object) -> URL:
    try:
        url = value if isinstance(value, URL) else make_url(str(value))
    except ArgumentError:
        raise ValueError("a database URL such as sqlite:///blog.db") from None
    if url.drivername in {"postgres", "postgresql"}:
        url = url.set(drivername="postgresql+psycopg2")
    if url.drivername not in {"sqlite", "sqlite+pysqlite", "postgresql+psycopg2"}:
        raise ValueError("a sqlite:// or postgresql:// URL")
    if url.get_backend_name() == "sqlite" and _is_file(url.database):
        url = url.set(database=str(Path(str(url.database)).absolute()))
    return url


def _is_file(database: str | None) -> bool:
    return bool(database) and database != ":memory:" and not str(database).startswith("file:")


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("an address that starts with http:// or https://")
    if parts.query or parts.fragment or parts.username:
        raise ValueError("an address without user, query and fragment")
    return value.rstrip("/")


def _path_prefix(value: str) -> str:
    if not value.startswith("/") or value.endswith("/") or "//" in value or "<" in value:
        raise ValueError("a path such as /admin: one slash at the start, none at the end")
    return value


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, OSError, ValueError):
        raise ValueError("a time zone name such as Europe/Berlin") from None
    return value


def _optional(check: Callable[[str], str]) -> Callable[[str], str]:
    return lambda value: check(value) if value else ""


DatabaseUrl = Annotated[
    URL, BeforeValidator(_database_url), PlainSerializer(lambda url: url.render_as_string())
]
"""SQLAlchemy's URL: its text form hides the password, and an engine takes it as it is."""

WebAddress = Annotated[str, AfterValidator(_optional(_web_address))]
"""An http(s) address without a slash at the end, or nothing."""

AbsolutePath = Annotated[Path, AfterValidator(Path.absolute)]
PathPrefix = Annotated[str, AfterValidator(_path_prefix)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
