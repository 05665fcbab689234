"""The media library: list, upload, describe. What is uploaded is checked by its content."""

from typing import TYPE_CHECKING

from flask import request, url_for
from sqlalchemy import RowMapping, bindparam, select

from blog_core.content.images import check_image
from blog_core.content.keyset import START, Cursor, older_than_cursor, page_of
from blog_core.content.media import set_alt, store_media
from blog_core.errors import FieldError, NotFound, ValidationError
from blog_core.model import Media
from blog_core.ports import Query
from blog_core.rest.asking import FORM, WrongType
from blog_core.rest.models import AltText, MediaFile, MediaList
from blog_core.rest.paging import listed
from blog_core.rest.params import DEFAULT_LIMIT
from blog_core.rest.reply import Reply

if TYPE_CHECKING:
    from blog_core.site import Site

FORM_BYTES = 64 * 1024
"""What a form may have beside its file."""

_FILES = select(
    Media.id,
    Media.path,
    Media.original_name,
    Media.mime_type,
    Media.size_bytes,
    Media.width_px,
    Media.height_px,
    Media.alt,
    Media.created_at,
)
FILES = Query(
    "rest.media",
    _FILES.where(older_than_cursor(Media.created_at, Media.id))
    .order_by(Media.created_at.desc(), Media.id.desc())
    .limit(bindparam("limit")),
)
FILE = Query("rest.media_file", _FILES.where(Media.id == bindparam("media_id")))


class MediaFiles:
    """The views of the media library of one blog."""

    def __init__(self, site: "Site") -> None:
        self._site = site

    def list(self, page: Cursor | None = None, limit: int = DEFAULT_LIMIT) -> Reply:
        """Files, the newest first."""
        place = page or START
        params = {"at": place.at, "id": place.id, "limit": limit + 1}
        found = page_of(self._site.read(FILES, params), page, limit, at="created_at")
        return listed(found, self._file, MediaList)

    def one(self, media_id: int) -> Reply:
        """One file."""
        rows = self._site.read(FILE, {"media_id": media_id})
        if not rows:
            raise NotFound("media", media_id)
        return Reply(self._file(rows[0]))

    def upload(self) -> Reply:
        """Check a picture, write it anew without metadata, and keep it; the same one only once."""
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
        rows = self._site.read(FILE, {"media_id": stored.id})
        place = url_for(f"{self._site.name}.rest_media_file", media_id=stored.id)
        return Reply(self._file(rows[0]), status=201 if stored.is_new else 200, location=place)

    def describe(self, media_id: int, body: AltText) -> Reply:
        """Say in words what a picture shows."""
        with self._site.transaction() as session:
            set_alt(session, media_id=media_id, alt=body.alt)
        return self.one(media_id)

    def _file(self, row: RowMapping) -> MediaFile:
        shown = {name: row[name] for name in MediaFile.model_fields if name != "url"}
        return MediaFile(**shown, url=url_for(f"{self._site.name}.media", path=row["path"]))
