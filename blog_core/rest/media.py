"""The media library: list, upload, describe. What is uploaded is checked by its content."""

from dataclasses import replace
from typing import TYPE_CHECKING

from flask import request, url_for
from sqlalchemy import RowMapping

from blog_core.content.keyset import Cursor
from blog_core.content.media import set_alt, store_media
from blog_core.content.media_library import library, media_item
from blog_core.content.media_removal import delete_media
from blog_core.errors import FieldError, ValidationError
from blog_core.ports import Actor
from blog_core.rest.asking import FORM, WrongType
from blog_core.rest.models import AltText, MediaFile, MediaList
from blog_core.rest.paging import listed
from blog_core.rest.params import DEFAULT_LIMIT
from blog_core.rest.reply import Reply

if TYPE_CHECKING:
    from blog_core.site import Site

FORM_BYTES = 64 * 1024
"""What a form may have beside its file."""


class MediaFiles:
    """The views of the media library of one blog."""

    def __init__(self, site: "Site") -> None:
        self._site = site

    def list(self, q: str = "", page: Cursor | None = None, limit: int = DEFAULT_LIMIT) -> Reply:
        """Files, the newest first, by a part of their name or alt text."""
        found = library(self._site, self._actor(), search=q, cursor=page, limit=limit)
        return listed(found, self._file, MediaList)

    def one(self, media_id: int) -> Reply:
        """One file."""
        return Reply(self._file(media_item(self._site, self._actor(), media_id)))

    def upload(self) -> Reply:
        """Check a picture, write it anew without metadata, and keep it; the same one only once."""
        from blog_core.content.images import check_image  # Pillow is slow to import

        if request.mimetype != FORM:
            raise WrongType(request.mimetype, FORM)
        file = request.files.get("file")
        if file is None:
            message = "found no file, expected one in the field `file`"
            raise ValidationError([FieldError("file", "required", message)])
        image = check_image(file.stream.read(), max_bytes=self._site.settings.core.max_upload_bytes)
        alt, name = request.form.get("alt", ""), file.filename or "image"
        with self._site.transaction() as session:
            stored = store_media(session, image=image, original_name=name, alt=alt)
        place = url_for(f"{self._site.name}.rest_media_file", media_id=stored.id)
        return replace(self.one(stored.id), status=201 if stored.is_new else 200, location=place)

    def describe(self, media_id: int, body: AltText) -> Reply:
        """Say in words what a picture shows."""
        with self._site.transaction() as session:
            set_alt(session, media_id=media_id, alt=body.alt)
        return self.one(media_id)

    def delete(self, media_id: int) -> Reply:
        """Delete a file that no text shows."""
        with self._site.transaction() as session:
            delete_media(session, media_id=media_id)
        return Reply(status=204)

    def _actor(self) -> Actor:
        return self._site.access.current_actor()

    def _file(self, row: RowMapping) -> MediaFile:
        shown = {name: row[name] for name in MediaFile.model_fields if name != "url"}
        return MediaFile(**shown, url=url_for(f"{self._site.name}.media", path=row["path"]))
