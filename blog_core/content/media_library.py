"""The library as editors see it: what there is, found by name or words, and where it is used."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, RowMapping, Select, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from blog_core.content.keyset import (
    START,
    Cursor,
    Page,
    newer_than_cursor,
    older_than_cursor,
    page_of,
)
from blog_core.content.like import ESCAPE, containing
from blog_core.errors import NotFound
from blog_core.model import Account, Media, Post, Revision, WorkingCopy
from blog_core.ports import Actor, Query
from blog_core.site import Site

USES_SHOWN = 20
_COLUMNS = (*Media.__table__.c, Account.name.label("account_name"))
_FOUND = or_(
    func.lower(Media.original_name).like(bindparam("part"), escape=ESCAPE),
    func.lower(Media.alt).like(bindparam("part"), escape=ESCAPE),
)


def _list(*, newer: bool, found: bool) -> Query:
    place = (newer_than_cursor if newer else older_than_cursor)(Media.created_at, Media.id)
    at, id_ = Media.created_at, Media.id
    order = (at.asc(), id_.asc()) if newer else (at.desc(), id_.desc())
    rows = _media().where(place, *((_FOUND,) if found else ()))
    name = f"media.{'found_' if found else ''}{'newer' if newer else 'older'}"
    return Query(name, rows.order_by(*order).limit(bindparam("limit")))


def _media() -> Select[Any]:
    columns: tuple[Any, ...] = _COLUMNS
    return select(*columns).outerjoin(Account, Account.id == Media.account_id)


LISTS = {(n, f): _list(newer=n, found=f) for n in (False, True) for f in (False, True)}
"""The statements of the list, by direction and whether something is looked for."""

ONE = Query("media.one", _media().where(Media.id == bindparam("id")))

_head = aliased(Revision)
_PART: BindParameter[str] = bindparam("part")
USES = Query(
    "media.uses",
    select(Post.id, Post.slug, Post.title, Post.status)
    .outerjoin(_head, _head.id == Post.head_revision_id)
    .where(
        or_(
            Post.body.like(_PART),
            Post.image.like(_PART),
            _head.body.like(_PART),
            _head.image.like(_PART),
            Post.id.in_(
                select(WorkingCopy.post_id).where(
                    or_(WorkingCopy.body.like(_PART), WorkingCopy.image.like(_PART))
                )
            ),
        )
    )
    .order_by(Post.id.desc())
    .limit(USES_SHOWN + 1),
)
"""Reads every text that is shown or being written: asked for one file at a time, by a person."""


def library(
    site: Site, actor: Actor, *, search: str = "", cursor: Cursor | None = None, limit: int
) -> Page[RowMapping]:
    """A page of files, the last uploaded first. One statement. Raises `Forbidden`."""
    site.access.require(actor, "upload-media")
    place = cursor or START
    params: dict[str, object] = {"at": place.at, "id": place.id, "limit": limit + 1}
    if search:
        params["part"] = containing(search.lower())
    query = LISTS[cursor is not None and cursor.newer, bool(search)]
    return page_of(site.read(query, params), cursor, limit, at="created_at")


def media_item(site: Site, actor: Actor, media_id: int) -> RowMapping:
    """One file. Raises `NotFound`, `Forbidden`."""
    site.access.require(actor, "upload-media")
    rows = site.read(ONE, {"id": media_id})
    if not rows:
        raise NotFound("media", media_id)
    return rows[0]


def uses_of(site: Site, path: str) -> Sequence[RowMapping]:
    """Posts whose published text, last revision or working copy names the file: the newest 20,
    and one more if there are more."""
    return site.read(USES, {"part": f"%{path}%"})
