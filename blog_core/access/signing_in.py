"""Signing in, changing a password: limited by account and address, and telling guessers nothing."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, update

from blog_core.access.login_sessions import Client, open_session
from blog_core.access.passwords import Passwords, check_new
from blog_core.access.rate_limits import Limit, forgive, refuse, take
from blog_core.access.revoking import revoke_access
from blog_core.access.tokens import digest_of, opaque
from blog_core.errors import BlogError
from blog_core.model import Account, LoginSession
from blog_core.ports import Query
from blog_core.site import SYSTEM
from blog_core.validation import is_name

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

    from blog_core.site import Site

BY_ACCOUNT = Limit("sign-in-account", burst=6, refill_s=60)
BY_ADDRESS = Limit("sign-in-address", burst=20, refill_s=15)

_log = logging.getLogger("blog.access")

_CREDENTIALS = select(
    Account.id, Account.name, Account.email, Account.password_hash, Account.is_active
)
BY_EMAIL = Query("access.by_email", _CREDENTIALS.where(Account.email == bindparam("email")))
BY_ID = Query("access.by_id", _CREDENTIALS.where(Account.id == bindparam("account_id")))


class WrongPassword(BlogError):
    """Name and password do not belong together. The text does not say which of them is wrong."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            "There is no account with this address and password. Correct them and try again, or "
            "have a link mailed to you to choose a new password."
        )


@dataclass(frozen=True, slots=True)
class Door:
    """What signing in needs: the blog, its hasher, the key of digests, how long a session lasts."""

    site: "Site"
    passwords: Passwords
    key: bytes
    lasts: timedelta


def sign_in(
    door: Door, *, email: str, password: str, client: Client, old_token: str | None = None
) -> str:
    """The token of a new session. `old_token`'s session ends: an id from before proves nothing.

    Raises `WrongPassword`, `TooManyRequests` or `Unavailable`.
    """
    email = email.strip().lower()
    limits = ((BY_ACCOUNT, opaque(email, door.key)), (BY_ADDRESS, network_of(client.address)))
    _take(door, limits)
    rows = door.site.read(BY_EMAIL, {"email": email}) if is_name(email) else ()
    account = rows[0] if rows else None
    if not _is_right(door, account, password) or account is None:
        _log.warning("Sign-in refused from %s", client.address)
        raise WrongPassword
    now = door.site.clock()
    with door.site.transaction(SYSTEM) as session:
        if old_token is not None:
            old = update(LoginSession).where(LoginSession.token_digest == digest_of(old_token))
            session.execute(old.where(LoginSession.revoked_at.is_(None)).values(revoked_at=now))
        # Not the address's: else a guesser's own account would buy new attempts at others'.
        forgive(session, *limits[0])
        token = open_session(session, account["id"], at=now, lasts=door.lasts, client=client)
    _log.info("Account %d signed in from %s", account["id"], client.address)
    return token


def change_password(door: Door, *, account_id: int, old: str, new: str, client: Client) -> str:
    """Change one's own password; all sessions end, and the token of a new one is returned.

    Raises `WrongPassword`, `ValidationError` for the new one, `TooManyRequests` or `Unavailable`.
    """
    account = door.site.read(BY_ID, {"account_id": account_id})[0]
    check_new(new, field="new", not_like=(old, account["name"], account["email"] or ""))
    _take(door, ((BY_ACCOUNT, f"id-{account_id}"),))
    if not _is_right(door, account, old):
        raise WrongPassword
    new_hash = door.passwords.hash(new)
    now = door.site.clock()
    with door.site.transaction(SYSTEM) as session:
        changed = update(Account).where(Account.id == account_id)
        values = {"password_hash": new_hash, "must_change_password": False, "updated_at": now}
        session.execute(changed.values(version=Account.version + 1, **values))
        revoke_access(session, account_id, at=now)
        forgive(session, BY_ACCOUNT, f"id-{account_id}")
        token = open_session(session, account_id, at=now, lasts=door.lasts, client=client)
    _log.info("Account %d changed its password from %s", account_id, client.address)
    return token


def network_of(address: str) -> str:
    """What one person can easily have many of counts as one: an IPv6 address by its /64."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(parsed, IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped) if mapped else str(ip_network((parsed, 64), strict=False))
    return str(parsed)


def _take(door: Door, limits: tuple[tuple[Limit, str], ...]) -> None:
    """Use an attempt of each limit. It counts whatever comes of the attempt."""
    with door.site.transaction(SYSTEM) as session:
        waits = tuple(take(session, limit, key, at=door.site.clock()) for limit, key in limits)
    refuse("Signing in", waits)


def _is_right(door: Door, account: "RowMapping | None", password: str) -> bool:
    """Takes as long for an unknown account, one without password and one that was closed."""
    password_hash = account["password_hash"] if account else None
    is_right = door.passwords.matches(password, password_hash)
    return is_right and account is not None and account["is_active"]
