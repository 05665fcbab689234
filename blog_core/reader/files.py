"""Uploaded files. Their names are digests of their bytes, so they never change."""

from typing import TYPE_CHECKING

from flask import Response, send_from_directory
from werkzeug.exceptions import NotFound as NoFile

from blog_core.assets import FOREVER
from blog_core.content.media_variants import original_of
from blog_core.errors import NotFound

if TYPE_CHECKING:
    from blog_core.site import Site


class Files:
    """The files of one blog under `data_dir/media`."""

    def __init__(self, site: "Site") -> None:
        self._folder = site.data_dir / "media"

    def media(self, path: str) -> Response:
        """A file of the media library. No path leads out of its folder."""
        try:
            response = send_from_directory(self._folder, path)
        except NoFile:
            return self._original(path)
        response.headers["Cache-Control"] = FOREVER
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response

    def _original(self, path: str) -> Response:
        """To the image itself, for a smaller copy that is not made yet."""
        original = original_of(self._folder, path)
        if original is None:
            raise NotFound("file", path)
        beside = original.rpartition("/")[2]  # relative, wherever the blog is mounted
        return Response(status=302, headers={"Location": beside, "Cache-Control": "no-store"})
