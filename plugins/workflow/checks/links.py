"""Links that lead nowhere: to posts that readers do not get, to anchors that are not there."""

from collections.abc import Iterator, Mapping

from sqlalchemy import bindparam, select

from blog_core.api import Post, Query, Redirect, Site, depend
from plugins.workflow.checks.page import Link, Page, path_here, read_page

_MOST_FINDINGS = 50
_VAGUE = frozenset({"here", "click here", "link", "this", "this link", "read more", "more"})
_POSTS = "/posts/"
_ID_PREFIX = "h-"
"""What the sanitiser puts before every id of a text."""

KNOWN_POSTS = Query(
    "workflow.linked_posts",
    select(Post.slug, Post.status).where(Post.slug.in_(bindparam("slugs", expanding=True))),
)
OLD_PATHS = Query(
    "workflow.linked_old_paths",
    select(Redirect.path).where(Redirect.path.in_(bindparam("paths", expanding=True))),
)


def check_links(site: Site, post_id: int) -> Mapping[str, object]:
    """How many links a post has, here and elsewhere, and which of them are wrong."""
    page = read_page(site, post_id)
    here = [link for link in page.links if path_here(site, link.href) is not None]
    found = [*_anchors(page), *_posts(site, here), *_words(page)]
    return {
        "links": len(page.links),
        "internal": len(here),
        "findings": found[:_MOST_FINDINGS],
    }


def _anchors(page: Page) -> Iterator[str]:
    for link in page.links:
        if link.href.startswith("#") and link.href[1:] and link.href[1:] not in page.ids:
            written = link.href[1:].removeprefix(_ID_PREFIX)
            yield f"#{written} leads to no heading of this text"


def _posts(site: Site, links: list[Link]) -> Iterator[str]:
    """Links to posts that there are not, or that readers do not get."""
    slugs = {link.href: _slug(path_here(site, link.href)) for link in links}
    wanted = sorted({slug for slug in slugs.values() if slug})
    if not wanted:
        return
    depend("posts", "post:*", "redirects")
    known = {row["slug"]: row["status"] for row in site.read(KNOWN_POSTS, {"slugs": wanted})}
    lost = [slug for slug in wanted if slug not in known]
    paths = [f"{_POSTS}{slug}" for slug in lost]
    old = {row["path"] for row in site.read(OLD_PATHS, {"paths": paths})} if paths else set()
    for href, slug in slugs.items():
        if not slug or f"{_POSTS}{slug}" in old:
            continue
        if slug not in known:
            yield f"{href} leads to a post that there is not"
        elif known[slug] != "published":
            yield f"{href} leads to a post that readers do not get ({known[slug]})"


def _slug(path: str | None) -> str | None:
    if path is None or not path.startswith(_POSTS):
        return None
    return path.removeprefix(_POSTS).strip("/") or None


def _words(page: Page) -> Iterator[str]:
    for link in page.links:
        if not link.text:
            yield f"the link to {link.href} has no words to click on"
        elif link.text.lower().strip(" .>»→") in _VAGUE:
            yield f"the words {link.text!r} do not say where the link to {link.href} leads"
