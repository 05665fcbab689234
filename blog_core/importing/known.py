"""What the blog holds already of the posts and images that an archive brings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, bindparam, or_, select

from blog_core.model import Media, Post, Revision
from blog_core.ports import Query
from blog_core.site import Site

_SOME = 400
_POSTS = Query(
    "import.known_posts",
    select(
        Post.id,
        Post.slug,
        Post.created_at,
        Post.source_key,
        Post.source_digest,
        Revision.digest.label("text_digest"),
    )
    .outerjoin(Revision, Revision.id == Post.head_revision_id)
    .where(
        or_(
            Post.source_key.in_(bindparam("keys", expanding=True)),
            Post.slug.in_(bindparam("slugs", expanding=True)),
        )
    ),
)
_MEDIA = Query(
    "import.known_media",
    select(Media.digest, Media.path).where(
        or_(
            Media.digest.in_(bindparam("digests", expanding=True)),
            Media.path.in_(bindparam("paths", expanding=True)),
        )
    ),
)


@dataclass(frozen=True, slots=True)
class KnownPost:
    """A post of the blog that an archive may mean."""

    id: int
    slug: str
    created_at: datetime
    source_digest: str | None
    text_digest: str | None


@dataclass(frozen=True, slots=True)
class KnownPosts:
    """The posts that came from an archive before, and those that were written here."""

    by_source: Mapping[str, KnownPost]
    own_by_slug: Mapping[str, KnownPost]


def known_posts(site: Site, keys: Iterable[str], slugs: Iterable[str]) -> KnownPosts:
    """The posts of the blog with one of these source keys or slugs."""
    by_source: dict[str, KnownPost] = {}
    own_by_slug: dict[str, KnownPost] = {}
    for some_keys, some_slugs in zip(_in_parts(keys), _in_parts(slugs), strict=True):
        for row in site.read(_POSTS, {"keys": some_keys, "slugs": some_slugs}):
            if row["source_key"] is None:
                own_by_slug[row["slug"]] = _known(row)
            else:
                by_source[row["source_key"]] = _known(row)
    return KnownPosts(by_source, own_by_slug)


def known_media_path(site: Site, *, digest: str = "", path: str = "") -> str | None:
    """The path of the library's file with this digest or this path, if it has one."""
    rows = site.read(_MEDIA, {"digests": [digest], "paths": [path]})
    return rows[0]["path"] if rows else None


def _known(row: RowMapping) -> KnownPost:
    return KnownPost(
        row["id"], row["slug"], row["created_at"], row["source_digest"], row["text_digest"]
    )


def _in_parts(values: Iterable[str]) -> list[list[str]]:
    """Lists that are short enough for one statement on any database."""
    every = list(values)
    return [every[start : start + _SOME] for start in range(0, len(every), _SOME)]
