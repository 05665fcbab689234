"""Images without words for those who cannot see them, and files that are not there."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from sqlalchemy import bindparam, select

from blog_core.api import Media, Query, Site, depend
from plugins.workflow.checks.page import Picture, path_here, read_page

_MEDIA = "/media/"
_LONG_ALT_CHARS = 250

KNOWN_MEDIA = Query(
    "workflow.shown_media",
    select(Media.path).where(Media.path.in_(bindparam("paths", expanding=True))),
)


def check_images(site: Site, post_id: int) -> Mapping[str, object]:
    """How many images a post has, and what is wrong with them."""
    pictures = read_page(site, post_id).pictures
    found = [text for picture in pictures for text in _words(picture)]
    return {"images": len(pictures), "findings": [*found, *_files(site, pictures)]}


def _words(picture: Picture) -> Iterator[str]:
    name = PurePosixPath(picture.src)
    alt = (picture.alt or "").strip()
    if picture.alt is None:
        yield f"{picture.src} says nothing to those who do not see it (no alt text)"
    elif alt and alt in {name.name, name.stem}:
        yield f"{picture.src} has its file name as alt text"
    elif len(alt) > _LONG_ALT_CHARS:
        yield f"{picture.src} has {len(alt)} characters of alt text; a caption is read more easily"


def _files(site: Site, pictures: list[Picture]) -> Iterator[str]:
    here = {picture.src: path_here(site, picture.src) or "" for picture in pictures}
    paths = {
        src: path.removeprefix(_MEDIA) for src, path in here.items() if path.startswith(_MEDIA)
    }
    if not paths:
        return
    depend("media")
    rows = site.read(KNOWN_MEDIA, {"paths": sorted(set(paths.values()))})
    known = {row["path"] for row in rows}
    for src, path in paths.items():
        if path not in known:
            yield f"{src} is no file of the media library"
