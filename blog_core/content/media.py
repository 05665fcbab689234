"""The media library: checked files under `data_dir/media`, and what they show in words."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy import RowMapping, bindparam, select, update
from sqlalchemy.orm import Session

from blog_core.access.permissions import Subject
from blog_core.content.acting import now, require, site_of
from blog_core.content.files import write_file
from blog_core.content.media_variants import VARIANTS_JOB
from blog_core.errors import NotFound
from blog_core.model import Media
from blog_core.model.upsert import insert_on
from blog_core.ports import Query
from blog_core.site import Site
from blog_core.validation import Faults, is_name

if TYPE_CHECKING:
    from blog_core.content.images import CheckedImage

MAX_ALT_CHARS = 1_000

MEDIA_BY_PATH = Query(
    "reader.media",
    select(Media.id, Media.path, Media.mime_type, Media.size_bytes, Media.digest).where(
        Media.path == bindparam("path")
    ),
)


@dataclass(frozen=True, slots=True)
class StoredMedia:
    """A file of the library; `is_new` is False when the same picture was there already."""

    id: int
    path: str
    is_new: bool


def store_media(
    session: Session,
    *,
    image: "CheckedImage",
    original_name: str,
    alt: str = "",
    path: str | None = None,
) -> StoredMedia:
    """Put a checked image (`images.check_image`) into the library.

    The file is complete on the disk before the row is; a file whose transaction fails is found
    again by its digest at the next try. `path` is where another library of ours had it, so that
    texts that were exported with it still show it. Raises `ValidationError` or `Forbidden`.
    """
    actor = require(session, "upload-media")
    faults = Faults()
    name = faults.line("original_name", Path(original_name).name or "image", max_chars=255)
    alt = faults.line("alt", alt, max_chars=MAX_ALT_CHARS, required=False)
    faults.raise_any()
    path = path or image.path
    write_file(site_of(session).data_dir / "media" / path, image.data)
    row = {
        "digest": image.digest,
        "path": path,
        "original_name": name,
        "mime_type": image.mime_type,
        "size_bytes": len(image.data),
        "width_px": image.width_px,
        "height_px": image.height_px,
        "is_animated": image.is_animated,
        "alt": alt,
        "account_id": actor.account_id,
        "created_at": now(session),
    }
    once = insert_on(session, Media).values(**row).on_conflict_do_nothing(index_elements=["digest"])
    new_id: int | None = session.execute(once.returning(Media.id)).scalar_one_or_none()
    if new_id is not None:
        site_of(session).jobs.enqueue(VARIANTS_JOB, {"media_id": new_id})
        return StoredMedia(new_id, path, is_new=True)
    known = session.execute(select(Media.id, Media.path).where(Media.digest == image.digest)).one()
    return StoredMedia(known.id, known.path, is_new=False)


def set_alt(session: Session, *, media_id: int, alt: str) -> None:
    """Say in words what a picture shows."""
    found = session.get(Media, media_id)
    if found is None:
        raise NotFound("media", media_id)
    owners = frozenset({found.account_id} if found.account_id is not None else ())
    require(session, "edit-media", on=Subject("media", media_id, owners=owners, is_public=True))
    faults = Faults()
    alt = faults.line("alt", alt, max_chars=MAX_ALT_CHARS, required=False)
    faults.raise_any()
    session.execute(update(Media).where(Media.id == media_id).values(alt=alt))


def find_media(site: Site, path: str) -> tuple[RowMapping, Path]:
    """A file of the library by its path, and where it lies. One statement.

    The path is compared with what we stored, never joined from outside. Raises `NotFound`.
    """
    rows = site.read(MEDIA_BY_PATH, {"path": path}) if is_name(path) else ()
    if not rows:
        raise NotFound("media", path)
    return rows[0], site.data_dir / "media" / rows[0]["path"]


def media_prefix(site: Site) -> str:
    """What the addresses of all files of the library begin with, as texts hold them."""
    site_url = site.settings.core.site_url
    prefix = urlsplit(site_url).path.rstrip("/") if site_url else site.url_prefix
    return f"{prefix}/media/"
