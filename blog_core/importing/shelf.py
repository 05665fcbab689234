"""The images that an import brings: checked and written anew beside the blog, stored later.

Checking takes time, so it happens before the transaction; the checked files wait in a temporary
folder, so that a large archive does not wait in memory.
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from sqlalchemy.orm import Session

from blog_core.content.images import CheckedImage, check_image
from blog_core.content.media import media_prefix, store_media
from blog_core.content.pictures import picture
from blog_core.errors import BlogError
from blog_core.importing.known import known_media_path
from blog_core.rendering import Pictures
from blog_core.site import Site

_OF_A_LIBRARY = re.compile(r"(?:^|/)media/([0-9a-f]{2}/[0-9a-f]{30}\.(?:png|jpg|gif|webp|avif))$")


@dataclass(frozen=True, slots=True)
class _Waiting:
    image: CheckedImage
    path: str
    file: Path
    name: str


class Shelf:
    """Images by their files in the archive, for the time of one import.

    Used in a `with` statement: when the import fails, no file of it stays in the library's folder.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._folder = TemporaryDirectory(prefix="blog-import-")
        self._addresses: dict[Path, str] = {}
        self._refused: dict[Path, str] = {}
        self._waiting: list[_Waiting] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failure: type[BaseException] | None, *_details: object) -> None:
        with self._folder:
            if failure is not None:
                self._forget_files()

    def __len__(self) -> int:
        return len(self._waiting)

    def address_of(self, file: Path) -> str | None:
        """The address that an image of the archive will have in the blog; None for a refused one.

        A file that an export took from a library keeps its path there.
        """
        if file not in self._addresses and file not in self._refused:
            try:
                self._addresses[file] = f"{media_prefix(self._site)}{self._path_of(file)}"
            except (BlogError, OSError) as error:
                self._refused[file] = str(error)
        return self._addresses.get(file)

    def reason_against(self, file: Path) -> str:
        """Why `address_of` gave nothing for a file."""
        return self._refused.get(file, "")

    def pictures(self) -> Pictures:
        """What rendering has to know of the images that wait, by address."""
        prefix = media_prefix(self._site)
        return {
            f"{prefix}{waiting.path}": picture(
                prefix,
                waiting.path,
                width_px=waiting.image.width_px,
                height_px=waiting.image.height_px,
                is_still=not waiting.image.is_animated,
            )
            for waiting in self._waiting
        }

    def store(self, session: Session) -> None:
        """Put what waits into the library, inside the import's transaction."""
        for waiting in self._waiting:
            image = replace(waiting.image, data=waiting.file.read_bytes())
            store_media(session, image=image, original_name=waiting.name, path=waiting.path)

    def _forget_files(self) -> None:
        """Remove the files whose rows were rolled back."""
        for waiting in self._waiting:
            if known_media_path(self._site, path=waiting.path) is None:
                (self._site.data_dir / "media" / waiting.path).unlink(missing_ok=True)

    def _path_of(self, file: Path) -> str:
        exported = _OF_A_LIBRARY.search(file.as_posix())
        wanted = exported[1] if exported else ""
        known = known_media_path(self._site, path=wanted) if wanted else None
        return known or self._check(file, wanted)

    def _check(self, file: Path, wanted: str) -> str:
        image = check_image(file.read_bytes())
        known = known_media_path(self._site, digest=image.digest)
        if known is not None and not wanted:
            return known
        path = wanted or image.path
        if all(waiting.path != path for waiting in self._waiting):
            kept = Path(self._folder.name) / f"{len(self._waiting)}"
            kept.write_bytes(image.data)
            self._waiting.append(_Waiting(replace(image, data=b""), path, kept, file.name))
        return path
