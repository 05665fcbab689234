"""Taking a file out of the library: never one that a text shows; the disk follows the commit."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import RowMapping, delete, select, union
from sqlalchemy.orm import Session

from blog_core.access.permissions import Subject
from blog_core.content.acting import require, site_of
from blog_core.content.media_library import USES, USES_SHOWN
from blog_core.errors import BlogError, NotFound
from blog_core.model import Media, MediaVariant

if TYPE_CHECKING:
    from blog_core.site import Site

REMOVAL_JOB = "blog.media_removal"


class MediaInUse(BlogError):
    """A text shows the file. `posts` are those that do, the newest first."""

    status = 409

    def __init__(self, name: str, posts: Sequence[RowMapping]) -> None:
        self.posts = tuple(posts)
        titles = ", ".join(repr(post["title"] or post["slug"]) for post in posts[:USES_SHOWN])
        more = " and others" if len(posts) > USES_SHOWN else ""
        super().__init__(
            f"The file {name!r} is shown by {titles}{more}. Nothing was deleted: take it out of "
            f"these texts first."
        )


def delete_media(session: Session, *, media_id: int) -> None:
    """Delete a file of the library with its smaller copies.

    Older revisions that showed it show nothing in its place. Raises `MediaInUse`, `NotFound`,
    `Forbidden`.
    """
    found = session.get(Media, media_id)
    if found is None:
        raise NotFound("media", media_id)
    owners = frozenset({found.account_id} if found.account_id is not None else ())
    require(session, "edit-media", on=Subject("media", media_id, owners=owners, is_public=True))
    posts = session.execute(USES.statement, {"part": f"%{found.path}%"}).mappings().all()
    if posts:
        raise MediaInUse(found.original_name, posts)
    copies = session.scalars(select(MediaVariant.path).where(MediaVariant.media_id == media_id))
    paths = [found.path, *copies]
    session.execute(delete(MediaVariant).where(MediaVariant.media_id == media_id))
    session.execute(delete(Media).where(Media.id == media_id))
    site_of(session).jobs.enqueue(REMOVAL_JOB, {"paths": paths})


def remove_files(site: "Site", arguments: Mapping[str, Any]) -> None:
    """The job: delete files that no row names any more. The same picture may be back by now."""
    paths: list[str] = list(arguments["paths"])
    with site.transaction() as session:
        named = union(
            select(Media.path).where(Media.path.in_(paths)),
            select(MediaVariant.path).where(MediaVariant.path.in_(paths)),
        )
        kept = set(session.scalars(named))
    for path in paths:
        if path not in kept:
            (site.data_dir / "media" / path).unlink(missing_ok=True)
