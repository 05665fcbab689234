"""Static files. Their addresses carry their content's digest, so browsers keep them for ever."""

import mimetypes
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Final

from flask import Response, request

from blog_core.errors import NotFound

FOREVER = "public, max-age=31536000, immutable"
REVALIDATED = "public, no-cache"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file in memory; `digest` is what its address carries."""

    name: str
    digest: str
    mime_type: str
    data: bytes = field(repr=False)


class Assets:
    """The static files of the theme, the admin and the plugins, by name.

    `folders` are searched in order, so a site's own folder wins by name; `files` are single files
    under names of their own, such as `cache/panel.js`. All are read once, when the app is made.
    """

    def __init__(self, folders: Sequence[Path], files: Mapping[str, Path] | None = None) -> None:
        self._assets: dict[str, Asset] = {}
        for folder in reversed(folders):
            for file in sorted(folder.rglob("*")) if folder.is_dir() else ():
                if file.is_file() and not file.is_symlink():
                    self._read(file.relative_to(folder).as_posix(), file)
        for name, file in (files or {}).items():
            self._read(name, file)

    def _read(self, name: str, file: Path) -> None:
        data = file.read_bytes()
        mime_type = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0]
        digest = blake2b(data, digest_size=8).hexdigest()
        self._assets[name] = Asset(name, digest, mime_type or "application/octet-stream", data)

    def __getitem__(self, name: str) -> Asset:
        try:
            return self._assets[name]
        except KeyError:
            raise NotFound("file", name) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._assets)

    def respond(self, digest: str, name: str) -> Response:
        """The file; kept for ever under its own digest, revalidated under an outdated one."""
        asset = self[name]
        response = Response(asset.data, mimetype=None, content_type=asset.mime_type)
        response.headers["Cache-Control"] = FOREVER if digest == asset.digest else REVALIDATED
        response.set_etag(asset.digest)
        response.make_conditional(request)
        return response
