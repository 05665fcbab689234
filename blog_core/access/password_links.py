"""Links to choose a password by: asked for by whoever forgot theirs, or sent with an invitation.

A link works once and for a while; its token is kept as a digest only. Asking for one takes the same
steps whether the address belongs to somebody or not: a job looks that up, not the request.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import CursorResult, bindparam, delete, select, update
from sqlalchemy.orm import Session

from blog_core.access.passwords import check_new
from blog_core.access.rate_limits import Limit, forgive, refuse, take
from blog_core.access.revoking import revoke_access
from blog_core.access.signing_in import BY_ACCOUNT, Door, network_of
from blog_core.access.tokens import digest_of, new_token, opaque
from blog_core.errors import BlogError
from blog_core.jobs import enqueue_mail
from blog_core.model import Account, PasswordLink, UtcDateTime
from blog_core.ports import Query
from blog_core.site import SYSTEM
from blog_core.validation import Faults

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

    from blog_core.site import Site

RESET_JOB = "blog.password_link"
RESET_LASTS, INVITATION_LASTS = timedelta(hours=1), timedelta(days=7)
ASKED_FOR_ACCOUNT = Limit("password-link-account", burst=3, refill_s=1_200)
ASKED_BY_ADDRESS = Limit("password-link-address", burst=10, refill_s=300)

_log = logging.getLogger("blog.access")

BY_TOKEN = Query(
    "access.password_link",
    select(Account.id, Account.name, Account.email, PasswordLink.expires_at)
    .join(Account, Account.id == PasswordLink.account_id)
    .where(
        PasswordLink.token_digest == bindparam("digest"),
        PasswordLink.expires_at > bindparam("now", type_=UtcDateTime()),
        Account.is_active,
    ),
)


class LinkGone(BlogError):
    """A link to choose a password by was used, has ended, or never was one."""

    status = 410

    def __init__(self) -> None:
        super().__init__(
            "This link was used already or has ended, so no password was changed. Ask for a new "
            "one on the page to sign in."
        )


def ask_for_link(door: Door, *, email: str, address: str) -> None:
    """Have a link mailed, if the address is that of an account; nothing tells whether it is.

    Raises `ValidationError` for a text that is no address, or `TooManyRequests`.
    """
    faults = Faults()
    wanted = faults.email("email", email)
    if not wanted:
        faults.add("email", "required", "found nothing, expected the mail address of an account")
    faults.raise_any()
    site, keys = door.site, (opaque(wanted or "", door.key), network_of(address))
    with site.transaction(SYSTEM) as session:
        limits = zip((ASKED_FOR_ACCOUNT, ASKED_BY_ADDRESS), keys, strict=True)
        waits = tuple(take(session, limit, key, at=site.clock()) for limit, key in limits)
        if not any(waits):
            site.jobs.enqueue(RESET_JOB, {"email": wanted})
    refuse("Asking for a link", waits)


def mail_reset(site: "Site", arguments: Mapping[str, Any]) -> None:
    """The job: make a link for the account with this address and mail it; else do nothing."""
    with site.transaction(SYSTEM) as session:
        is_meant = Account.email == arguments["email"], Account.is_active
        account = session.execute(select(Account.id, Account.name).where(*is_meant)).one_or_none()
        if account is None:
            return
        token = make_link(session, account.id, at=site.clock(), lasts=RESET_LASTS)
        enqueue_mail(
            session,
            to_address=arguments["email"],
            subject=f"{site.settings.core.title}: choose a new password",
            body=_RESET.format(
                name=account.name, title=site.settings.core.title, link=address_of(site, token)
            ),
            unique_key=f"password:{digest_of(token)}",
            account_id=account.id,
        )


def make_link(session: Session, account_id: int, *, at: datetime, lasts: timedelta) -> str:
    """A new link of an account; older ones end with it. Its token is kept nowhere."""
    token = new_token()
    session.execute(delete(PasswordLink).where(PasswordLink.account_id == account_id))
    row = PasswordLink(
        token_digest=digest_of(token),
        account_id=account_id,
        created_at=at,
        expires_at=at + lasts,
    )
    session.add(row)
    session.flush()
    return token


def mail_invitation(
    session: Session, site: "Site", *, account_id: int, name: str, email: str, token: str
) -> None:
    """Mail a link to somebody who was given an account, or a new password, by an administrator."""
    title = site.settings.core.title
    enqueue_mail(
        session,
        to_address=email,
        subject=f"{title}: your account",
        body=_INVITATION.format(name=name, title=title, link=address_of(site, token)),
        unique_key=f"password:{digest_of(token)}",
        account_id=account_id,
    )


def account_of_link(site: "Site", token: str) -> "RowMapping":
    """Whose password a link changes: id, name and address. Raises `LinkGone`."""
    rows = site.read(BY_TOKEN, {"digest": digest_of(token), "now": site.clock()})
    if not rows:
        raise LinkGone
    return rows[0]


def use_link(door: Door, *, token: str, new: str) -> None:
    """Set the password of a link's account; the link and all sessions of the account end.

    Raises `LinkGone`, `ValidationError` for the password, or `Unavailable`.
    """
    account = account_of_link(door.site, token)
    check_new(new, field="new", not_like=(account["name"], account["email"] or ""))
    new_hash = door.passwords.hash(new)
    now = door.site.clock()
    with door.site.transaction(SYSTEM) as session:
        used = delete(PasswordLink).where(PasswordLink.token_digest == digest_of(token))
        result = session.execute(used)
        if not isinstance(result, CursorResult) or result.rowcount != 1:
            raise LinkGone
        changed = update(Account).where(Account.id == account["id"])
        values = {"password_hash": new_hash, "must_change_password": False, "updated_at": now}
        session.execute(changed.values(version=Account.version + 1, **values))
        revoke_access(session, account["id"], at=now)
        forgive(session, BY_ACCOUNT, opaque(account["email"] or "", door.key))
    _log.info("Account %d chose a password by a link", account["id"])


def address_of(site: "Site", token: str) -> str:
    """The address of a link; without `site_url` only the path is known.

    Never from the request: its Host could send the token to somebody else's server.
    """
    core = site.settings.core
    return f"{core.site_url or site.url_prefix}{core.admin_prefix}/set-password/{token}"


_RESET = """\
Hello {name},

somebody asked for a new password for your account at "{title}". If it was you, choose one here,
within an hour:

{link}

If it was not you, there is nothing to do: your password stays as it is.
"""
_INVITATION = """\
Hello {name},

you have an account at "{title}". Choose your password here, within seven days:

{link}
"""
