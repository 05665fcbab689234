"""Which kept pages a post's next publication will change: told to the editor before it happens."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from blog_core.api import CacheTags, PostAuthor, PostTag, Query, Site

from .own import own_cache
from .pages import kept_pages

MOST_SHOWN = 20
_TAGS = Query(
    "cache_tags_of_post", select(PostTag.tag_id).where(PostTag.post_id == bindparam("post_id"))
)
_AUTHORS = Query(
    "cache_authors_of_post",
    select(PostAuthor.account_id).where(PostAuthor.post_id == bindparam("post_id")),
)


@dataclass(frozen=True, slots=True)
class Effects:
    """The addresses of pages that will change, of those that are kept now; `others` more."""

    urls: tuple[str, ...]
    others: int


def effects(site: Site, post_id: int) -> Effects:
    """What publishing (or hiding) the post will make anew. Two statements."""
    tags = _touched(site, post_id)
    urls = sorted(
        {
            kept.page.url
            for kept in kept_pages(own_cache(site, "The list of pages that will change"))
            if not tags.isdisjoint(kept.record.cache_tags)
        }
    )
    return Effects(tuple(urls[:MOST_SHOWN]), max(0, len(urls) - MOST_SHOWN))


def effects_panel(site: Site, post_id: int) -> Mapping[str, object]:
    """The data of the editor's panel."""
    return {"effects": effects(site, post_id)}


def _touched(site: Site, post_id: int) -> CacheTags:
    """What a change of everything that readers see of the post touches."""
    params = {"post_id": post_id}
    tags = (f"tag:{row['tag_id']}" for row in site.read(_TAGS, params))
    authors = (f"account:{row['account_id']}" for row in site.read(_AUTHORS, params))
    return frozenset({f"post:{post_id}", "posts", "updates", *tags, *authors})
