"""Smaller copies of images in newer formats, made by a job after the upload.

Their names follow from the image's: a text can name them before they are there, and until then
the server leads to the image itself.
"""

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from blog_core.content.files import write_file
from blog_core.model import Media, MediaVariant
from blog_core.model.upsert import insert_on
from blog_core.rendering import Source
from blog_core.site import SYSTEM

if TYPE_CHECKING:
    from blog_core.site import Site

VARIANTS_JOB = "blog.media_variants"
WIDTHS_PX = (480, 960, 1600)
FORMATS = {"image/avif": "avif", "image/webp": "webp"}
"""In the order in which browsers should try them: the smaller one first."""

_OPTIONS: dict[str, dict[str, Any]] = {
    "image/avif": {"quality": 60, "speed": 8},
    "image/webp": {"quality": 80, "method": 4},
}
_NAME = re.compile(r"([0-9a-f]{2}/[0-9a-f]{30})-[0-9]+w\.(?:avif|webp)")
_ORIGINALS = ("jpg", "png", "webp", "avif")


class Variant(NamedTuple):
    """One copy: its format, width in pixels, and path below the folder of media."""

    mime_type: str
    width_px: int
    path: str


def variants_of(path: str, width_px: int) -> list[Variant]:
    """The copies of an image of this width: none that would be larger than it."""
    stem = path.rpartition(".")[0]
    return [
        Variant(mime_type, width, f"{stem}-{width}w.{extension}")
        for mime_type, extension in FORMATS.items()
        for width in WIDTHS_PX
        if width < width_px
    ]


def sources_of(prefix: str, path: str, width_px: int) -> tuple[Source, ...]:
    """The copies as a page offers them, below the address `prefix`."""
    variants = variants_of(path, width_px)
    found = (
        Source(
            mime_type,
            tuple((f"{prefix}{v.path}", v.width_px) for v in variants if v.mime_type == mime_type),
        )
        for mime_type in FORMATS
    )
    return tuple(source for source in found if source.copies)


def original_of(folder: Path, path: str) -> str | None:
    """The path of the image that a copy is to be made of; None for any other path."""
    named = _NAME.fullmatch(path)
    candidates = (f"{named[1]}.{extension}" for extension in _ORIGINALS) if named else ()
    return next((each for each in candidates if (folder / each).is_file()), None)


def make_variants(site: "Site", arguments: Mapping[str, Any]) -> None:
    """The job: make the copies that are missing. Run twice, it makes the same."""
    folder = site.data_dir / "media"
    with site.transaction(SYSTEM) as session:
        columns = (Media.path, Media.width_px, Media.is_animated)
        media = session.execute(select(*columns).where(Media.id == arguments["media_id"])).first()
    if media is None or media.is_animated or not media.width_px:
        return  # deleted meanwhile, or nothing to be made of it
    made = list(_made(folder, media.path, media.width_px))
    with site.transaction(SYSTEM) as session:
        if session.get(Media, arguments["media_id"]) is None:
            return
        for values in made:
            row = {"media_id": arguments["media_id"], **values}
            key = ["media_id", "mime_type", "width_px"]
            once = insert_on(session, MediaVariant).values(**row)
            session.execute(once.on_conflict_do_nothing(index_elements=key))


def _made(folder: Path, path: str, width_px: int) -> Iterator[dict[str, Any]]:
    """Write the copies; the columns of each."""
    from PIL import Image

    wanted = variants_of(path, width_px)
    if not wanted:
        return
    with Image.open(folder / path) as opened:
        image = opened.convert("RGBA" if _has_alpha(opened) else "RGB")
    for variant in wanted:
        height_px = max(1, round(image.height * variant.width_px / image.width))
        smaller = image.resize((variant.width_px, height_px), Image.Resampling.LANCZOS)
        out = BytesIO()
        kind = variant.mime_type.removeprefix("image/").upper()
        smaller.save(out, kind, **_OPTIONS[variant.mime_type])
        write_file(folder / variant.path, out.getvalue())
        yield {
            "mime_type": variant.mime_type,
            "width_px": variant.width_px,
            "height_px": height_px,
            "size_bytes": out.tell(),
            "path": variant.path,
        }


def _has_alpha(image: Any) -> bool:
    return "A" in image.getbands() or "transparency" in image.info
