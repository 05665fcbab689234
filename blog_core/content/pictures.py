"""Which images of the library a text shows, and what rendering has to know of them."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from blog_core.content.acting import site_of
from blog_core.content.media import media_prefix
from blog_core.content.media_variants import sources_of
from blog_core.model import Media
from blog_core.model.database import reading
from blog_core.rendering import Picture, Pictures
from blog_core.site import Site

_PATH = r"([0-9a-f]{2}/[0-9a-f]{30}\.(?:png|jpg|gif|webp|avif))\b"
_AT_ONCE = 500

Rows = Callable[[Select[Any]], Sequence[Any]]


def pictures_of(session: Session, body: str) -> Pictures:
    """The pictures of a text, by address, inside a transaction. No statement for a text without."""
    return _pictures(site_of(session), body, lambda query: session.execute(query).all())


def pictures_read(site: Site, body: str) -> Pictures:
    """The same outside of one."""

    def rows(query: Select[Any]) -> Sequence[Any]:
        with reading(site.ports.executor.engine) as connection:
            return connection.execute(query).all()

    return _pictures(site, body, rows)


def picture(prefix: str, path: str, *, width_px: int, height_px: int, is_still: bool) -> Picture:
    """What rendering has to know of a file of the library."""
    sources = sources_of(prefix, path, width_px) if is_still else ()
    return Picture(width_px, height_px, sources)


def media_paths(prefix: str, body: str) -> list[str]:
    """The files of the library that a text names, each once."""
    return list(dict.fromkeys(re.findall(re.escape(prefix) + _PATH, body)))


def _pictures(site: Site, body: str, rows: Rows) -> Pictures:
    prefix = media_prefix(site)
    paths = media_paths(prefix, body)
    return {
        f"{prefix}{row.path}": picture(
            prefix,
            row.path,
            width_px=row.width_px,
            height_px=row.height_px,
            is_still=not row.is_animated,
        )
        for some in _chunks(paths)
        for row in rows(_query(some))
        if row.width_px and row.height_px
    }


def _chunks(paths: Sequence[str]) -> Iterable[Sequence[str]]:
    return (paths[start : start + _AT_ONCE] for start in range(0, len(paths), _AT_ONCE))


def _query(paths: Sequence[str]) -> Select[Any]:
    columns: tuple[Any, ...] = (Media.path, Media.width_px, Media.height_px, Media.is_animated)
    return select(*columns).where(Media.path.in_(paths))
