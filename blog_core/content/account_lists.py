"""What administrators get of accounts: a list page by page, and one account."""

from sqlalchemy import RowMapping, and_, bindparam, func, literal_column, or_, select

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
from blog_core.model import Account, LoginSession
from blog_core.model.account import ROLES
from blog_core.ports import Actor, Query
from blog_core.site import Site

SHOWN = ("all", *ROLES, "closed")
"""The filters of the list: everybody, those of a role, and those who can't sign in any more."""

_ACCOUNT = (
    Account.id,
    Account.name,
    Account.slug,
    Account.email,
    Account.role,
    Account.is_active,
    Account.post_count,
    Account.created_at,
    Account.external_id,
    Account.password_hash.is_not(None).label("has_password"),
    select(func.max(LoginSession.last_seen_at))
    .where(LoginSession.account_id == Account.id)
    .correlate(Account)
    .scalar_subquery()
    .label("last_seen_at"),
)
_FOUND = or_(
    func.lower(Account.name).like(bindparam("pattern"), escape=ESCAPE),
    Account.email.like(bindparam("pattern"), escape=ESCAPE),
)


def _is(shown: str) -> tuple[object, ...]:
    if shown == "all":
        return ()
    if shown == "closed":
        return (Account.is_active.is_(False),)
    return (and_(Account.role == literal_column(f"'{shown}'"), Account.is_active),)


def _list(shown: str, *, newer: bool) -> Query:
    at, id_ = Account.created_at, Account.id
    place = (newer_than_cursor if newer else older_than_cursor)(at, id_)
    order = (at.asc(), id_.asc()) if newer else (at.desc(), id_.desc())
    rows = select(*_ACCOUNT).where(*_is(shown), _FOUND, place).order_by(*order)  # type: ignore[arg-type]
    name = f"account.list_{shown}_{'newer' if newer else 'older'}"
    return Query(name, rows.limit(bindparam("limit")))


LISTS = {(shown, newer): _list(shown, newer=newer) for shown in SHOWN for newer in (False, True)}
ACCOUNT = Query(
    "account.one",
    select(*_ACCOUNT, Account.bio, Account.version).where(Account.id == bindparam("account_id")),
)


def accounts(
    site: Site,
    actor: Actor,
    *,
    shown: str = "all",
    search: str = "",
    cursor: Cursor | None = None,
    limit: int,
) -> Page[RowMapping]:
    """A page of accounts, the newest first; `search` is a part of a name or address.

    One statement. Raises `Forbidden` for all but administrators.
    """
    site.access.require(actor, "manage-accounts")
    place = cursor or START
    pattern = containing(search.lower())
    params = {"at": place.at, "id": place.id, "limit": limit + 1, "pattern": pattern}
    query = LISTS[shown, cursor is not None and cursor.newer]
    return page_of(site.read(query, params), cursor, limit, at="created_at")


def account(site: Site, actor: Actor, account_id: int) -> RowMapping:
    """One account, for administrators. One statement. Raises `NotFound` or `Forbidden`."""
    site.access.require(actor, "manage-accounts")
    rows = site.read(ACCOUNT, {"account_id": account_id})
    if not rows:
        raise NotFound("account", account_id)
    return rows[0]
