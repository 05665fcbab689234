"""Login sessions: rows that a cookie's token opens, that end by time, and that can be ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from blog_core.access.tokens import digest_of, new_token
from blog_core.model import Account, LoginSession, UtcDateTime
from blog_core.ports import Query

IDLE = timedelta(days=7)
"""A session that nobody used for this long is over."""

TOUCH_EVERY = timedelta(minutes=10)
"""How exactly `last_seen_at` is kept: it costs a write."""

_now = bindparam("now", type_=UtcDateTime())
_idle_since = bindparam("idle_since", type_=UtcDateTime())
_is_open = (
    LoginSession.revoked_at.is_(None),
    LoginSession.expires_at > _now,
    LoginSession.last_seen_at > _idle_since,
)

OPEN_SESSION = Query(
    "access.session",
    select(
        LoginSession.token_digest,
        LoginSession.last_seen_at,
        Account.id,
        Account.name,
        Account.email,
        Account.role,
        Account.must_change_password,
    )
    .join(Account, Account.id == LoginSession.account_id)
    .where(LoginSession.token_digest == bindparam("digest"), Account.is_active, *_is_open),
)

SESSIONS_OF_ACCOUNT = Query(
    "access.sessions",
    select(
        LoginSession.token_digest,
        LoginSession.created_at,
        LoginSession.last_seen_at,
        LoginSession.expires_at,
        LoginSession.user_agent,
        LoginSession.address,
    )
    .where(LoginSession.account_id == bindparam("account_id"), *_is_open)
    .order_by(LoginSession.last_seen_at.desc()),
)


@dataclass(frozen=True, slots=True)
class Client:
    """Where a request comes from, as it is shown in the list of sessions."""

    address: str = ""
    user_agent: str = ""


def open_params(now: datetime, **params: object) -> dict[str, object]:
    """The parameters of the two statements above."""
    return {"now": now, "idle_since": now - IDLE, **params}


def open_session(
    session: Session, account_id: int, *, at: datetime, lasts: timedelta, client: Client
) -> str:
    """Begin a session; the token for its cookie, which is kept nowhere else."""
    token = new_token()
    row = {
        "token_digest": digest_of(token),
        "account_id": account_id,
        "created_at": at,
        "last_seen_at": at,
        "expires_at": at + lasts,
        "user_agent": client.user_agent[:255],
        "address": client.address[:64],
    }
    session.execute(insert(LoginSession), [row])
    return token


def touch(session: Session, token_digest: str, *, at: datetime) -> None:
    """Note that a session is in use."""
    seen = update(LoginSession).where(LoginSession.token_digest == token_digest)
    session.execute(seen.values(last_seen_at=at))
