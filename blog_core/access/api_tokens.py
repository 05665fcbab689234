"""Tokens of programs: shown once, kept as digests, with scopes, an end, and their last use.

A scope is the name of a permission. A token never allows more than the role of its account does.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import RowMapping, bindparam, insert, select, update
from sqlalchemy.orm import Session

from blog_core.access.rate_limits import Limit, refuse, take
from blog_core.access.signing_in import network_of
from blog_core.access.tokens import digest_of, new_token
from blog_core.errors import BlogError, NotFound
from blog_core.model import Account, ApiToken, UtcDateTime
from blog_core.ports import Actor, Query
from blog_core.site import SYSTEM
from blog_core.validation import Faults

if TYPE_CHECKING:
    from blog_core.access.permissions import Permissions
    from blog_core.site import Site

PREFIX = "blog_"
"""Begins every token, so that tools which look for secrets in texts find them."""

NOT_FOR_PROGRAMS = frozenset(
    {"manage-accounts", "manage-redirects", "manage-site", "see-internals"}
)
"""No operation of the API needs these, so a token that leaks cannot have them."""

MAX_DAYS = 3_650
MAX_TOKENS = 100
MAX_TOKEN_CHARS = 128
TOUCH_EVERY = timedelta(minutes=1)
"""How exactly `last_used_at` is kept."""

WRONG = Limit("wrong-token", burst=20, refill_s=15)
"""Unknown tokens from one address."""

_now = bindparam("now", type_=UtcDateTime())

OPEN_TOKEN = Query(
    "access.token",
    select(
        ApiToken.id.label("token_id"),
        ApiToken.name.label("token_name"),
        ApiToken.scopes,
        ApiToken.last_used_at,
        ApiToken.expires_at,
        Account.id,
        Account.name,
        Account.role,
    )
    .join(Account, Account.id == ApiToken.account_id)
    .where(
        ApiToken.token_digest == bindparam("digest"),
        ApiToken.revoked_at.is_(None),
        ApiToken.expires_at > _now,
        Account.is_active,
    ),
)

_TOKENS = (
    select(
        ApiToken.id,
        ApiToken.name,
        ApiToken.scopes,
        ApiToken.created_at,
        ApiToken.last_used_at,
        ApiToken.expires_at,
        ApiToken.account_id,
        Account.name.label("account_name"),
        Account.email.label("account_email"),
    )
    .join(Account, Account.id == ApiToken.account_id)
    .where(ApiToken.revoked_at.is_(None))
    .order_by(ApiToken.created_at.desc(), ApiToken.id.desc())
)
TOKENS_OF_ACCOUNT = Query(
    "access.tokens", _TOKENS.where(ApiToken.account_id == bindparam("account_id"))
)
ALL_TOKENS = Query("access.all_tokens", _TOKENS.limit(1_000))


class InvalidToken(BlogError):
    """The token of a request opens nothing. The text does not say why."""

    status = 401

    def __init__(self) -> None:
        super().__init__(
            "The token is unknown, has expired or was revoked. Make another one on the page "
            "Tokens of the admin, or by `blog token add`; nothing was changed."
        )


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made. `token` is kept nowhere else: show it once."""

    id: int
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """What is known of the token of the current request."""

    id: int
    name: str
    scopes: tuple[str, ...]
    expires_at: datetime


def add_token(
    session: Session,
    permissions: "Permissions",
    *,
    account_id: int,
    name: str,
    scopes: Collection[str],
    days: int,
    at: datetime,
) -> NewToken:
    """Make a token for an account, with an end `days` days from now.

    Raises `ValidationError` with every fault: the name, unknown scopes or those that the account's
    role does not have, the days, too many tokens.
    """
    role = session.scalar(select(Account.role).where(Account.id == account_id))
    if role is None:
        raise NotFound("account", account_id)
    faults = Faults()
    name = faults.line("name", name, max_chars=100)
    _check_scopes(faults, permissions, role, scopes)
    if not 1 <= days <= MAX_DAYS:
        message = f"found {days}, expected 1 to {MAX_DAYS:,} days"
        faults.add("days", "out_of_range", message, MAX_DAYS)
    open_ones = select(ApiToken.id).where(
        ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > at
    )
    if len(session.scalars(open_ones.limit(MAX_TOKENS)).all()) >= MAX_TOKENS:
        message = f"found {MAX_TOKENS} tokens already. Revoke one that is not used any more"
        faults.add("name", "too_many", message, MAX_TOKENS)
    faults.raise_any()
    token, expires_at = f"{PREFIX}{new_token()}", at + timedelta(days=days)
    row = {
        "account_id": account_id,
        "name": name,
        "token_digest": digest_of(token),
        "scopes": sorted(scopes),
        "created_at": at,
        "expires_at": expires_at,
    }
    token_id = session.execute(insert(ApiToken).returning(ApiToken.id), [row]).scalar_one()
    return NewToken(token_id, token, expires_at)


def revoke_token(
    session: Session, token_id: int, *, at: datetime, account_id: int | None = None
) -> None:
    """End a token, or `NotFound`; with `account_id` only one of that account."""
    open_one = ApiToken.id == token_id, ApiToken.revoked_at.is_(None)
    revoked = update(ApiToken).where(*open_one).values(revoked_at=at)
    if account_id is not None:
        revoked = revoked.where(ApiToken.account_id == account_id)
    if session.execute(revoked.returning(ApiToken.id)).one_or_none() is None:
        raise NotFound("token", token_id)


def scopes_for(permissions: "Permissions", role: str) -> tuple[str, ...]:
    """The scopes that a token of an account with this role can have."""
    return tuple(
        item.name
        for item in permissions
        if role in item.grants and item.name not in NOT_FOR_PROGRAMS
    )


def tokens_of(site: "Site", account_id: int) -> Sequence[RowMapping]:
    """The tokens of an account that were not revoked, the newest first. One statement."""
    return site.read(TOKENS_OF_ACCOUNT, {"account_id": account_id})


def identify_program(site: "Site", token: str, *, address: str) -> tuple[Actor, TokenInfo]:
    """Who sends a token. One read, one short write.

    Raises `InvalidToken`, or `TooManyRequests` when this token was used too often lately or too
    many unknown ones came from this address.
    """
    now = site.clock()
    is_ours = token.startswith(PREFIX) and len(token) <= MAX_TOKEN_CHARS and token.isascii()
    params = {"digest": digest_of(token), "now": now} if is_ours else {}
    rows = site.read(OPEN_TOKEN, params) if params else ()
    if not rows:
        _count_wrong(site, address)
        raise InvalidToken
    row = rows[0]
    _count_use(site, row, now)
    scopes = tuple(str(scope) for scope in row["scopes"])
    actor = Actor(row["id"], row["name"], row["role"], scopes=frozenset(scopes))
    return actor, TokenInfo(row["token_id"], row["token_name"], scopes, row["expires_at"])


def _check_scopes(
    faults: Faults, permissions: "Permissions", role: str, scopes: Collection[str]
) -> None:
    possible = scopes_for(permissions, role)
    expected = ", ".join(possible)
    if not scopes:
        faults.add("scopes", "required", f"found none, expected some of {expected}")
    for scope in sorted(set(scopes) - set(possible)):
        found = f"found {scope[:80]!r}, expected some of {expected}"
        faults.add("scopes", "invalid", found)


def _count_wrong(site: "Site", address: str) -> None:
    with site.transaction(SYSTEM) as session:
        wait_s = take(session, WRONG, network_of(address), at=site.clock())
    refuse("Requests with unknown tokens", (wait_s,))


def _count_use(site: "Site", row: RowMapping, now: datetime) -> None:
    per_minute = site.settings.core.rest.requests_per_minute
    limit = Limit("token", burst=per_minute, refill_s=60 / per_minute)
    with site.transaction(SYSTEM) as session:
        wait_s = take(session, limit, str(row["token_id"]), at=now)
        if row["last_used_at"] is None or now - row["last_used_at"] > TOUCH_EVERY:
            values: dict[str, Any] = {"last_used_at": now}
            session.execute(update(ApiToken).where(ApiToken.id == row["token_id"]).values(**values))
    refuse("Requests with this token", (wait_s,))
