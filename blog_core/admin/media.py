"""The media library: upload, find, describe, insert, delete."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Response, jsonify, request
from sqlalchemy import RowMapping

from blog_core.access.permissions import Subject
from blog_core.admin.declaring import GET_AND_POST, declare
from blog_core.admin.pages import Pages, private
from blog_core.admin.params import searched
from blog_core.content.keyset import Cursor
from blog_core.content.media import media_prefix, set_alt, store_media
from blog_core.content.media_library import USES_SHOWN, library, media_item, uses_of
from blog_core.content.media_removal import delete_media
from blog_core.content.media_variants import variants_of
from blog_core.errors import BlogError, ValidationError
from blog_core.routes import Route

PER_PAGE = 24
UPLOAD_BYTES = 64 * 1024 * 1024
"""All files of one request together."""

THUMBNAIL_PX = 480
_PATH = "/media/<int(max=9223372036854775807):media_id>"
_SAID = {"": "", "deleted": "Deleted.", "saved": "Saved.", "uploaded": "Uploaded."}


@dataclass(frozen=True, slots=True)
class MediaLine:
    """A file in the grid. `thumbnail` is the address of its smallest copy."""

    row: RowMapping
    url: str
    thumbnail: str

    @property
    def markdown(self) -> str:
        """What shows it in a text."""
        alt = self.row["alt"].replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
        return f"![{alt}]({self.url})"


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that was not taken, and why."""

    name: str
    reason: str


class MediaPages:
    """The views of the library."""

    def __init__(self, pages: Pages) -> None:
        self._pages, self._site = pages, pages.site

    def list(self, q: str = "", page: Cursor | None = None, said: str = "") -> Response:
        """The files, the last uploaded first, and the form for more."""
        if request.method != "POST":
            return self._grid(q, page, said=_SAID[said])
        stored, refused = self._upload()
        if not refused:
            return self._pages.to("admin_media", said="uploaded")
        return self._grid("", None, status=422, stored=stored, refused=refused)

    def upload(self) -> Response:
        """The same for the editor: what was stored, as Markdown, and what was not, as JSON."""
        stored, refused = self._upload()
        answer = jsonify(
            stored=[{"markdown": each.markdown, "url": each.url} for each in stored],
            refused=[{"name": each.name, "reason": each.reason} for each in refused],
        )
        answer.status_code = 422 if refused and not stored else 200
        return private(answer)

    def choose(self, q: str = "", page: Cursor | None = None) -> Response:
        """A part of a page for the editor: pictures as buttons."""
        found = self._found(q, page)
        text = self._pages.text(
            "blog_admin/media_choice.html",
            lines=[self._line(row) for row in found.rows],
            older=found.older,
            newer=found.newer,
            search=q,
        )
        return private(Response(text, mimetype="text/html"))

    def one(self, media_id: int, said: str = "") -> Response:
        """A file: what it shows in words, where it is used, how to insert it."""
        if request.method != "POST":
            return self._one(media_id, said=_SAID[said])
        alt = request.form.get("alt", "")
        try:
            with self._site.transaction() as session:
                set_alt(session, media_id=media_id, alt=alt)
        except ValidationError as error:
            return self._one(media_id, error=error, alt=alt)
        return self._pages.to("admin_media_item", media_id=media_id, said="saved")

    def delete(self, media_id: int) -> Response:
        """Delete a file that no text shows."""
        try:
            with self._site.transaction() as session:
                delete_media(session, media_id=media_id)
        except BlogError as error:
            if error.status != 409:
                raise
            return self._one(media_id, error=error)
        return self._pages.to("admin_media", said="deleted")

    # --- parts ----------------------------------------------------------------------------------

    def _upload(self) -> "tuple[Sequence[MediaLine], Sequence[RefusedFile]]":
        """Check every file of the request, and store those that are images."""
        from blog_core.content.images import check_image  # Pillow is slow to import

        files = [file for file in request.files.getlist("file") if file.filename]
        if not files:
            nothing = "found no file, expected at least one image"
            return (), (RefusedFile("file", nothing),)
        ids, refused = [], []
        most = self._site.settings.core.max_upload_bytes
        for file in files:
            name = (file.filename or "")[:200]
            try:
                image = check_image(file.stream.read(most + 1), max_bytes=most)
                with self._site.transaction() as session:
                    stored = store_media(
                        session,
                        image=image,
                        original_name=name,
                        alt=request.form.get("alt", "") if len(files) == 1 else "",
                    )
                ids.append(stored.id)
            except BlogError as error:
                refused.append(RefusedFile(name, _reason(error)))
        actor = self._site.access.current_actor()
        return [self._line(media_item(self._site, actor, id_)) for id_ in ids], refused

    def _found(self, q: str, page: Cursor | None) -> Any:
        actor = self._site.access.current_actor()
        return library(self._site, actor, search=q, cursor=page, limit=PER_PAGE)

    def _grid(
        self,
        q: str,
        page: Cursor | None,
        *,
        status: int = 200,
        said: str = "",
        stored: Sequence[MediaLine] = (),
        refused: Sequence[RefusedFile] = (),
    ) -> Response:
        found = self._found(q, page)
        return self._pages.render(
            "media.html",
            status=status,
            lines=[self._line(row) for row in found.rows],
            older=found.older,
            newer=found.newer,
            search=q,
            said=said,
            stored=stored,
            refused=refused,
            max_mib=self._site.settings.core.max_upload_bytes // 1024 // 1024,
        )

    def _one(
        self,
        media_id: int,
        *,
        said: str = "",
        error: BlogError | None = None,
        alt: str | None = None,
    ) -> Response:
        access = self._site.access
        actor = access.current_actor()
        row = media_item(self._site, actor, media_id)
        owners = frozenset({row["account_id"]} if row["account_id"] is not None else ())
        subject = Subject("media", media_id, owners=owners, is_public=True)
        uses = uses_of(self._site, row["path"])
        return self._pages.render(
            "media_item.html",
            status=error.status if error else 200,
            line=self._line(row),
            alt=row["alt"] if alt is None else alt,
            may_edit=access.allows(actor, "edit-media", subject),
            uses=uses[:USES_SHOWN],
            has_more_uses=len(uses) > USES_SHOWN,
            said=said,
            error=error,
        )

    def _line(self, row: RowMapping) -> MediaLine:
        prefix = media_prefix(self._site)
        copies = [] if row["is_animated"] else variants_of(row["path"], row["width_px"] or 0)
        wanted = ("image/webp", THUMBNAIL_PX)
        small = next((v.path for v in copies if (v.mime_type, v.width_px) == wanted), row["path"])
        return MediaLine(row, f"{prefix}{row['path']}", f"{prefix}{small}")


def _reason(error: BlogError) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(each.message for each in error.errors)
    return str(error)


def _said(text: str) -> str:
    if text not in _SAID:
        raise ValueError(f"expected one of {', '.join(filter(None, _SAID))}")
    return text


def media_routes(pages: Pages) -> Sequence[Route]:
    """The routes of the library."""
    media, page = MediaPages(pages), partial(declare, pages.site)
    may = "upload-media"
    listed = {"q": searched, "page": Cursor.parse}
    files = {"max_body_bytes": UPLOAD_BYTES}
    shown = {**listed, "said": _said}
    return (
        page("media", "/media", media.list, may, GET_AND_POST, params=shown, **files),
        page("media_upload", "/media/upload", media.upload, may, ("POST",), **files),
        page("media_choice", "/media/choose", media.choose, may, params=listed, statements=2),
        page("media_item", _PATH, media.one, may, GET_AND_POST, params={"said": _said}),
        page("media_delete", f"{_PATH}/delete", media.delete, may, ("POST",)),
    )
