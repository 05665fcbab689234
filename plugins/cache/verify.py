"""Make cached pages again and compare: a page that is no longer what it would be is a fault."""

from collections.abc import Iterator
from dataclasses import dataclass

from blog_core.api import CacheTags, Site, collecting, target_of

from .own import own_cache
from .pages import KeptPage, kept_pages
from .provider import BlogCache
from .record import name_of

_AROUND_BYTES = 40
_SOMEBODY = {"Cookie": "blog-cache-verify=1"}


@dataclass(frozen=True, slots=True)
class Difference:
    """A cached page that differs from what would be made now.

    `at` is the first differing byte; `missed` are tags touched since the page was stored that it
    does not depend on: one of them is the dependency that was not named. `unnamed` are tags that
    the page made now depends on, and the stored one does not.
    """

    url: str
    at: int
    cached: bytes
    made: bytes
    missed: CacheTags
    unnamed: CacheTags


@dataclass(frozen=True, slots=True)
class Checked:
    """One page compared; `difference` is None when it is right."""

    url: str
    difference: Difference | None


def verify(site: Site, *, limit: int) -> Iterator[Checked]:
    """Compare up to `limit` of the pages that would be served now."""
    cache = own_cache(site, "`blog cache verify`")
    for number, kept in enumerate(kept_pages(cache)):
        if number >= limit:
            return
        found = _compare(site, cache, kept)
        if found is not None:
            yield found


def _compare(site: Site, cache: BlogCache, kept: KeptPage) -> Checked | None:
    """None for a page that is served below another app's path, which is not known here, and for
    one that was invalidated meanwhile: nobody would be served it."""
    url, cached = kept.page.url, kept.page.representations[-1].body
    if kept.record.name != name_of(target_of(site, url).page_key):
        return None
    with collecting() as collected:
        answer = site.app.test_client(use_cookies=False).get(url, headers=_SOMEBODY)
    made = answer.get_data()
    if kept.record.current_stamp(cache.stamps) is None:
        return None
    if answer.status_code == kept.page.status and made == cached:
        return Checked(url, None)
    at = next(
        (place for place, pair in enumerate(zip(cached, made, strict=False)) if pair[0] != pair[1]),
        min(len(cached), len(made)),
    )
    around = slice(max(0, at - _AROUND_BYTES), at + _AROUND_BYTES)
    depends = frozenset(kept.record.cache_tags)
    difference = Difference(
        url,
        at,
        cached[around],
        made[around],
        missed=_touched_since(cache, kept.record.stored_at) - depends,
        unnamed=collected.cache_tags - depends,
    )
    return Checked(url, difference)


def _touched_since(cache: BlogCache, since_s: float) -> CacheTags:
    if cache.moves is None:
        return frozenset()
    moves = (move.cache_tags for move in cache.moves.recent() if move.at_s >= since_s)
    return frozenset(tag for tags in moves for tag in tags if not tag.endswith(":*"))
