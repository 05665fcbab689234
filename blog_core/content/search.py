"""The readers' search: published posts only, the same on both databases. One statement."""

from dataclasses import dataclass

from sqlalchemy import RowMapping

from blog_core.changes import depend, expire_at
from blog_core.content.reading import next_change
from blog_core.content.search_queries import CANDIDATES, SEARCH
from blog_core.content.search_words import Wanted, wanted
from blog_core.model.triggers.search import ID_BITS
from blog_core.site import Site

MAX_PAGE = 50


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what was found, the best first; rows also hold `html`.

    `total` counts what was looked at: it stops being exact at `CANDIDATES`.
    """

    wanted: Wanted
    rows: tuple[RowMapping, ...] = ()
    total: int = 0

    @property
    def is_cut(self) -> bool:
        """Whether there may be more posts than were looked at."""
        return self.total >= CANDIDATES


def search(site: Site, text: str, *, page: int = 1, limit: int) -> Found:
    """The posts that have all words of a text, as page `page` from 1 on.

    Words are found in all their English forms, with or without accents; a part between double
    quotes must stand there as it is. No text is wrong: one without a word finds nothing, at no
    cost.
    """
    words = wanted(text)
    if not words.groups:
        return Found(words)
    now = site.clock()
    dialect = site.ports.executor.engine.dialect.name
    given: dict[str, object] = {"now": now, "limit": limit, "offset": (page - 1) * limit}
    if dialect == "sqlite":
        match = words.for_sqlite()
        given |= {"words": match, "title_words": f"title : ({match})"}
        given["before"] = (int(now.timestamp()) + 1) << ID_BITS
    else:
        given |= {"words": words.for_postgresql(), "title_words": words.for_postgresql("A")}
    rows = tuple(site.read(SEARCH[dialect], given))
    # Any published text may begin to match, or cease to.
    depend("updates", "tags", *(f"post:{row['id']}" for row in rows))
    instant = rows[0]["next_publish_at"] if rows else next_change(site)
    if instant is not None:
        expire_at(instant)
    return Found(words, rows, rows[0]["total"] if rows else 0)
