"""Where settings come from: `blog.toml`, the environment, and the database's old variables."""

import tomllib
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from blog_core.errors import SettingFault
from blog_core.settings.layers import Layers, Sourced

SWITCHES = frozenset({"BLOG_CONFIG", "BLOG_PLUGINS_DISABLED", "BLOG_SAFE_MODE"})
"""Variables that steer the start and are no settings."""

_PATHS = ("data_dir", "theme_dir")


def prefix_of(blog_name: str) -> str:
    """The prefix of a blog's variables: `BLOG_`, or `BLOG_NEWS_` for a blog named news."""
    return "BLOG_" if blog_name == "blog" else f"BLOG_{blog_name.upper()}_"


def config_file(blog_name: str, environ: Mapping[str, str]) -> Path | None:
    """The file named by `BLOG_CONFIG`, else ./blog.toml if it exists.

    A second blog of an app reads a file only when its own variable, `BLOG_NEWS_CONFIG`, names one.
    """
    named = environ.get(f"{prefix_of(blog_name)}CONFIG")
    if named:
        return Path(named).absolute()
    usual = Path("blog.toml").absolute()
    return usual if blog_name == "blog" and usual.is_file() else None


def read_file(file: Path) -> tuple[dict[str, Any], list[SettingFault]]:
    """The values of a TOML file, with its relative paths taken from its own folder."""
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        fault = SettingFault(str(file), error.strerror or "no file", "a readable TOML file")
        return {}, [fault]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return {}, [SettingFault(str(file), f"a syntax error: {error}", "valid TOML in UTF-8")]
    for key in _PATHS:
        if isinstance(values.get(key), str):
            values[key] = str(file.parent / values[key])
    if isinstance(values.get("database_url"), str):
        values["database_url"] = _sqlite_beside(file.parent, values["database_url"])
    return values, []


def _sqlite_beside(folder: Path, text: str) -> str | URL:
    try:
        url = make_url(text)
    except ArgumentError:
        return text
    if url.get_backend_name() != "sqlite" or url.database in {None, "", ":memory:"}:
        return text
    return url.set(database=str(folder / str(url.database)))


def lay_environment(
    layers: Layers, blog_name: str, environ: Mapping[str, str], core_names: Collection[str]
) -> list[SettingFault]:
    """Lay a blog's variables: two underscores go down a level, `BLOG_CACHE__MAX_BYTES`.

    Others write such names too (Kubernetes sets BLOG_PORT for a service called blog), so a
    variable without a section that is like no setting is passed over, and a likely slip is a fault.
    """
    prefix = prefix_of(blog_name)
    faults: list[SettingFault] = []
    for variable in sorted(environ):
        if not variable.startswith(prefix) or variable in SWITCHES | {f"{prefix}CONFIG"}:
            continue
        path = tuple(variable.removeprefix(prefix).lower().split("__"))
        meant = get_close_matches(path[0], core_names, n=1, cutoff=0.8)
        if all(path) and (len(path) > 1 or path[0] in core_names):
            layers.set(path, Sourced(environ[variable], variable, is_text=True))
        elif meant:
            likely = f"{prefix}{meant[0].upper()}, perhaps"
            faults.append(SettingFault(variable, "an unknown variable", likely))
    return faults


def lay_database_url(layers: Layers, blog_name: str, environ: Mapping[str, str]) -> None:
    """`DATABASE_URL` wins over the file; a blog with a name of its own has its own variable."""
    url = environ.get("DATABASE_URL")
    if url and blog_name == "blog":
        layers.set(("database_url",), Sourced(url, "DATABASE_URL"))


def database_url_from_parts(
    environ: Mapping[str, str],
) -> tuple[Sourced | None, list[SettingFault]]:
    """The URL that `DB_HOST`, `DB_NAME`, `DB_USER`, `DB_PASSWORD` (and `DB_PORT`) describe."""
    name, host = environ.get("DB_NAME"), environ.get("DB_HOST")
    if not name:
        fault = SettingFault("DB_NAME", "nothing, while DB_HOST is set", "the database's name")
        return None, [fault] if host else []
    port = environ.get("DB_PORT") or None
    if port is not None and not port.isdecimal():
        return None, [SettingFault("DB_PORT", repr(port), "a port number")]
    url = URL.create(
        "postgresql+psycopg2",
        username=environ.get("DB_USER"),
        password=environ.get("DB_PASSWORD"),
        host=host or "localhost",
        port=int(port) if port else None,
        database=name,
    )
    return Sourced(url, "DB_HOST, DB_NAME, DB_USER, DB_PASSWORD"), []
