"""Who sent a request, found out once: by the host app, or by the cookie of a login session."""

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Request

from blog_core.access import login_sessions
from blog_core.access.api_tokens import InvalidToken, TokenInfo, identify_program
from blog_core.access.host_users import (
    ACCOUNT_OF_HOST_USER,
    HostUser,
    actor_of_host_user,
)
from blog_core.access.login_sessions import OPEN_SESSION, TOUCH_EVERY, open_params
from blog_core.access.tokens import digest_of
from blog_core.errors import Unavailable
from blog_core.ports import Actor
from blog_core.site import STRANGER, SYSTEM

if TYPE_CHECKING:
    from blog_core.access.access import Access
    from blog_core.site import Site


@dataclass(frozen=True, slots=True)
class Identified:
    """The actor, and what the forms on their pages are bound to.

    `token_digest` names the login session, `host_user` the person whom the host app
    signed in, `token` the token that a program sent.
    """

    actor: Actor
    binding: str = ""
    token_digest: str | None = None
    must_change_password: bool = False
    email: str | None = None
    host_user: HostUser | None = None
    token: TokenInfo | None = None


NOBODY = Identified(STRANGER)


def identify(access: "Access", site: "Site", request: Request) -> Identified:
    """Who sent the request; a stranger when nothing says otherwise. At most one statement."""
    if access.identity is not None:
        user = access.identity(request)
        return NOBODY if user is None else _by_host(site, user)
    token = access.cookie.read(request)
    return NOBODY if token is None else _by_session(site, token)


def unknown(access: "Access", request: Request) -> Identified:
    """Who sent a request while the database cannot say: nobody, whose forms stay good."""
    if access.identity is not None:
        user = access.identity(request)
        return NOBODY if user is None else Identified(STRANGER, binding=f"host:{user.id}")
    token = access.cookie.read(request)
    return NOBODY if token is None else Identified(STRANGER, binding=digest_of(token))


def identify_by_token(site: "Site", request: Request) -> Identified:
    """Who sent a request to the API, which takes tokens only: cookies say nothing here.

    Without `Authorization` a stranger. Raises `InvalidToken` for anything but a token that is open.
    """
    given = request.headers.get("Authorization")
    if given is None:
        return NOBODY
    scheme, _, token = given.partition(" ")
    if scheme.lower() != "bearer":
        raise InvalidToken
    actor, info = identify_program(site, token.strip(), address=request.remote_addr or "")
    return Identified(actor, token=info)


def _by_host(site: "Site", user: HostUser) -> Identified:
    rows = site.read(ACCOUNT_OF_HOST_USER, {"external_id": user.id})
    if rows and not rows[0]["is_active"]:
        return NOBODY
    actor = actor_of_host_user(user, rows[0]["id"] if rows else None)
    return Identified(actor, binding=f"host:{user.id}", email=user.email, host_user=user)


def _by_session(site: "Site", token: str) -> Identified:
    now = site.clock()
    digest = digest_of(token)
    rows = site.read(OPEN_SESSION, open_params(now, digest=digest))
    if not rows:
        return NOBODY
    row = rows[0]
    if now - row["last_seen_at"] > TOUCH_EVERY:
        # A database that is busy with another write is no reason to keep anybody out.
        with suppress(Unavailable), site.transaction(SYSTEM) as session:
            login_sessions.touch(session, digest, at=now)
    return Identified(
        Actor(row["id"], row["name"], row["role"]),
        binding=digest,
        token_digest=digest,
        must_change_password=row["must_change_password"],
        email=row["email"],
    )
