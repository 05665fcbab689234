"""The blog's own posts, read back as an archive would have them."""

import re
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy import BindParameter, RowMapping, bindparam, case, func, select

from blog_core.content.addresses import post_path
from blog_core.content.media import media_prefix
from blog_core.importing.export import export_posts
from blog_core.importing.post import ImportedAuthor, ImportedPost
from blog_core.importing.prepare import Progress
from blog_core.model import Account, Post, PostAuthor, Redirect, Revision
from blog_core.ports import Query
from blog_core.site import Site

_AT_ONCE = 200
_MEDIA_PATH = re.compile(r"/media/([0-9a-f]{2}/[0-9a-f]{30}\.[a-z]{3,4})")
_after: BindParameter[int] = bindparam("after")
_last: BindParameter[int] = bindparam("last")

_COUNT = Query("export.count", select(func.count().label("posts")).select_from(Post))
_POSTS = Query(
    "export.posts",
    select(
        Post.id,
        Post.slug,
        Post.status,
        Post.created_at,
        Post.updated_at,
        Post.publish_at,
        Post.comments_open,
        Post.source_key,
        Post.extra,
        Revision.title,
        Revision.excerpt,
        Revision.image,
        Revision.tags,
        Revision.body,
    )
    .join(
        Revision,
        Revision.id
        == case(
            (Post.status == "published", Post.published_revision_id), else_=Post.head_revision_id
        ),
    )
    .where(Post.id > _after)
    .order_by(Post.id)
    .limit(_AT_ONCE),
)
_AUTHORS = Query(
    "export.authors",
    select(PostAuthor.post_id, Account.name)
    .join(Account, Account.id == PostAuthor.account_id)
    .where(PostAuthor.post_id > _after, PostAuthor.post_id <= _last)
    .order_by(PostAuthor.post_id, PostAuthor.position),
)
_REDIRECTS = Query(
    "export.redirects",
    select(Redirect.post_id, Redirect.path)
    .where(Redirect.post_id > _after, Redirect.post_id <= _last)
    .order_by(Redirect.post_id, Redirect.path),
)


def own_posts(site: Site) -> Iterator[ImportedPost]:
    """Every post of the blog, oldest first, a few hundred at a time.

    A published post comes as readers see it, any other as it was saved last. Mail addresses of
    authors stay in the blog.
    """
    after = 0
    while rows := site.read(_POSTS, {"after": after}):
        some = {"after": after, "last": rows[-1]["id"]}
        authors = _by_post(site.read(_AUTHORS, some), "name")
        paths = _by_post(site.read(_REDIRECTS, some), "path")
        yield from (_post(row, authors[row["id"]], paths[row["id"]]) for row in rows)
        after = rows[-1]["id"]


def export_blog(site: Site, folder: Path, *, on_progress: Progress) -> int:
    """Write every post, and the images they show, into a new or empty folder; how many posts.

    Raises ExportTargetTaken. Importing the folder into an empty blog gives the same posts.
    """
    total = site.read(_COUNT)[0]["posts"]
    images: set[str] = set()
    posts = (_portable(post, media_prefix(site), images) for post in own_posts(site))
    return export_posts(
        posts,
        folder,
        write_more=lambda target: _copy_images(site.data_dir / "media", target / "media", images),
        on_progress=lambda count: on_progress("writing", count, total),
    )


def _post(row: RowMapping, authors: Sequence[str], paths: Sequence[str]) -> ImportedPost:
    return ImportedPost(
        source_key=row["source_key"] or post_path(row["slug"]),
        title=row["title"],
        slug=row["slug"],
        body=row["body"],
        status=row["status"],
        publish_at=row["publish_at"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        excerpt=row["excerpt"] or "",
        authors=tuple(ImportedAuthor(name) for name in authors),
        tags=tuple(row["tags"]),
        image=row["image"],
        comments_open=row["comments_open"],
        redirects=tuple(paths),
        extra=row["extra"] or {},
    )


def _portable(post: ImportedPost, prefix: str, images: set[str]) -> ImportedPost:
    """The post with its images at `/media/`, wherever the blog is mounted; notes which they are."""
    body = post.body.replace(prefix, "/media/") if prefix != "/media/" else post.body
    image = post.image
    if image is not None and image.startswith(prefix):
        image = f"/media/{image.removeprefix(prefix)}"
    images.update(_MEDIA_PATH.findall(f"{body} {image}"))
    return replace(post, body=body, image=image)


def _copy_images(library: Path, target: Path, images: set[str]) -> None:
    for path in sorted(images):
        if (library / path).is_file():
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(library / path, target / path)


def _by_post(rows: Sequence[RowMapping], column: str) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        found[row["post_id"]].append(row[column])
    return found
