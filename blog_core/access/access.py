"""`Access`: the one place that says who acts, whether they may, and that a request is theirs."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from weakref import ref

from flask import Request, Response, has_request_context, request, url_for

from blog_core.access import password_links, signing_in
from blog_core.access.cookies import SessionCookie
from blog_core.access.host_users import Identity, ensure_account
from blog_core.access.identified import (
    NOBODY,
    Identified,
    identify,
    identify_by_token,
    unknown,
)
from blog_core.access.login_sessions import SESSIONS_OF_ACCOUNT, Client, open_params
from blog_core.access.origin import SAFE_METHODS, StaleForm, check_origin
from blog_core.access.passwords import Passwords
from blog_core.access.permissions import Permissions, Subject
from blog_core.access.revoking import revoke_sessions
from blog_core.access.tokens import form_token, is_form_token, opaque, signed, unsigned
from blog_core.changes import uncacheable
from blog_core.errors import BlogError, NotSignedIn, Unavailable
from blog_core.ports import Actor
from blog_core.settings import kept_secret_key
from blog_core.site import SYSTEM

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

    from blog_core.routes import Route
    from blog_core.site import Site

PUBLIC, SIGNED_IN = "public", "signed-in"
TOKEN_FIELD, TOKEN_HEADER = "form_token", "X-Form-Token"
OPEN_TO_ONE_TIME_PASSWORDS = frozenset({"admin_password", "admin_sign_out"})
"""The endpoints left to somebody who has to change a one-time password first."""


class TokenNeeded(NotSignedIn):
    """A route of the API needs a token."""

    def __init__(self, path: str) -> None:
        BlogError.__init__(
            self,
            f"{path} needs a token, sent as `Authorization: Bearer blog_...`. Nothing was changed.",
        )


class PasswordChangeNeeded(BlogError):
    """Somebody signed in with a one-time password and has to choose their own first."""

    status = 403

    def __init__(self, redirect_to: str) -> None:
        self.redirect_to = redirect_to
        super().__init__(
            f"The one-time password has to be changed first, at {redirect_to}. Nothing was changed."
        )


_acting: ContextVar[Actor | None] = ContextVar("blog_acting", default=None)


class Access:
    """Identity, permissions and sign-in of one blog. `identity` maps a host app's user."""

    def __init__(self, identity: Identity | None = None) -> None:
        self.identity = identity
        self.permissions = Permissions()
        self.passwords = Passwords()
        self.cookie = SessionCookie("blog")
        self._site: ref[Site] | None = None
        self._key = b""
        self._lasts = timedelta(days=14)

    def bind(self, site: "Site") -> None:
        """Called once when the blog has been put together."""
        core = site.settings.core
        self._site = ref(site)
        key = core.secret_key.get_secret_value() or kept_secret_key(core.data_dir)
        self._key = key.encode()
        self._lasts = timedelta(days=core.session_days)
        self.cookie = SessionCookie(site.name, public_url=core.site_url)
        for owner, permissions in site.host.contributions.permissions:
            self.permissions.add(permissions, owner=owner)
        site.jobs.register(password_links.RESET_JOB, password_links.mail_reset)

    @property
    def site(self) -> "Site":
        """The blog this belongs to."""
        site = self._site() if self._site is not None else None
        if site is None:
            raise RuntimeError("Access.bind(site) was not called, or the blog is gone.")
        return site

    # --- who ------------------------------------------------------------------------------------

    def current_actor(self) -> Actor:
        """Who acts: as said by `acting`, else who sent the request, else the system itself.

        Code outside of requests is the site owner's own: commands, jobs, scripts.
        """
        actor = _acting.get()
        if actor is not None:
            return actor
        return self.identified().actor if has_request_context() else SYSTEM

    @contextmanager
    def acting(self, actor: Actor) -> Iterator[None]:
        """Act as somebody inside the block."""
        token = _acting.set(actor)
        try:
            yield
        finally:
            _acting.reset(token)

    def identified(self) -> Identified:
        """Who sent the current request, looked up once; its answer must not be stored."""
        if not has_request_context():
            return NOBODY
        known = _identified_by_blog()
        name = self.site.name
        if name not in known:
            uncacheable("it asked who is signed in")
            try:
                known[name] = identify(self, self.site, request)
            except Unavailable:
                # Whoever asks again makes the answer that tells so, with the text that was typed.
                known[name] = unknown(self, request)
                raise
        return known[name]

    def client(self) -> Client:
        """Where the current request comes from."""
        return Client(request.remote_addr or "", request.headers.get("User-Agent", ""))

    def address_digest(self) -> str:
        """The current visitor's address (IPv6: its network) as a text nobody can read back."""
        return opaque(signing_in.network_of(self.client().address), self._key)

    # --- may they -------------------------------------------------------------------------------

    def allows(self, actor: Actor, permission: str, on: Subject | None = None) -> bool:
        """Whether the actor has a permission, on this thing or (without one) on any at all."""
        return self.permissions.allows(actor, permission, on)

    def require(self, actor: Actor, permission: str, on: Subject | None = None) -> None:
        """`NotSignedIn`, `NotFound` or `Forbidden` unless the actor has the permission."""
        self.permissions.require(actor, permission, on)

    def enforce(self, route: "Route", path_args: Mapping[str, Any]) -> None:
        """Let a request through to a route's view, or raise what it is answered with.

        A public page that is only read costs nothing here and looks at no cookie.
        """
        if route.writes:
            self.check_origin(request)
        if route.operation is not None:
            self._let_program_through(route)
            return
        if route.permission == PUBLIC:
            return
        identified = self.identified()
        actor = identified.actor
        if actor.role == "stranger":
            raise NotSignedIn(f"The page {request.path!r}")
        if route.permission != SIGNED_IN:
            self.require(actor, route.permission)
        if identified.must_change_password and route.endpoint not in OPEN_TO_ONE_TIME_PASSWORDS:
            raise PasswordChangeNeeded(self._url("admin_password"))
        if request.method not in SAFE_METHODS:
            self.check_form_token()
            self.settle()

    def _let_program_through(self, route: "Route") -> None:
        """The same for a route of the API. No form token: a browser adds no token by itself."""
        identified = identify_by_token(self.site, request)
        _identified_by_blog()[self.site.name] = identified
        if route.permission == PUBLIC:
            return
        if identified is NOBODY:
            raise TokenNeeded(request.path)
        if route.permission != SIGNED_IN:
            self.require(identified.actor, route.permission)

    def sign_in_url(self, request: Request) -> str | None:
        """The form to sign in with, and back to here afterwards; None where a host has its own."""
        if self.identity is not None:
            return None
        here = f"{request.script_root}{request.full_path.rstrip('?')}"
        return f"{self._url('admin_sign_in')}?{urlencode({'next': here})}"

    def settle(self) -> None:
        """Give a host's user an account at the first write: what they write needs an owner."""
        identified = self.identified()
        if identified.host_user is None:
            return
        with self.site.transaction(SYSTEM) as session:
            ensure_account(session, identified.host_user, at=self.site.clock())
        _identified_by_blog().pop(self.site.name)

    def _url(self, endpoint: str) -> str:
        return url_for(f"{self.site.name}.{endpoint}")

    # --- is the request theirs ------------------------------------------------------------------

    def check_origin(self, request: Request) -> None:
        """`CrossSite` for a writing request that a page of another site sent."""
        check_origin(request, site_url=self.site.settings.core.site_url)

    def form_token(self) -> str:
        """The token for the forms of the page being made; '' for strangers, who need none."""
        binding = self.identified().binding
        return form_token(self._key, binding) if binding else ""

    def check_form_token(self) -> None:
        """`StaleForm` unless the request carries the token of this sign-in."""
        given = request.headers.get(TOKEN_HEADER) or request.form.get(TOKEN_FIELD, "")
        if not is_form_token(self._key, self.identified().binding, given):
            raise StaleForm

    # --- addresses that only we can make ----------------------------------------------------------

    def sign(self, purpose: str, text: str) -> str:
        """A text with this blog's signature, for a link that is handed out."""
        return signed(self._key, purpose, text)

    def signed_text(self, purpose: str, token: str) -> str | None:
        """The text of a token that `sign` gave for this purpose; None for any other. Asks no
        database."""
        return unsigned(self._key, purpose, token)

    # --- signing in and out ---------------------------------------------------------------------

    def sign_in(self, *, email: str, password: str) -> str:
        """The token of a new session for the current browser. Raises as `signing_in.sign_in`."""
        old = self.cookie.read(request)
        return signing_in.sign_in(
            self._door(), email=email, password=password, client=self.client(), old_token=old
        )

    def change_password(self, *, old: str, new: str) -> str:
        """Change the current actor's password; the token of the one session that is left."""
        account_id = self._own_account()
        return signing_in.change_password(
            self._door(), account_id=account_id, old=old, new=new, client=self.client()
        )

    def ask_for_password_link(self, *, email: str) -> None:
        """Mail a link to choose a password by. Raises as `password_links.ask_for_link`."""
        address = self.client().address
        password_links.ask_for_link(self._door(), email=email, address=address)

    def use_password_link(self, *, token: str, new: str) -> None:
        """Choose a password by a link. Raises as `password_links.use_link`."""
        password_links.use_link(self._door(), token=token, new=new)

    def keep(self, response: Response, token: str) -> Response:
        """Hand a session's token to the browser with this response."""
        self.cookie.write(request, response, token, lasts=self._lasts)
        return response

    def sign_out(self, response: Response) -> Response:
        """End the current session and take the cookie back."""
        identified = self.identified()
        if identified.token_digest is not None:
            self.end_session(identified.token_digest)
        self.cookie.clear(request, response)
        return response

    def sessions(self) -> "Sequence[RowMapping]":
        """The open sessions of the current actor, the last used first. One statement."""
        params = open_params(self.site.clock(), account_id=self._own_account())
        return self.site.read(SESSIONS_OF_ACCOUNT, params)

    def end_session(self, token_digest: str | None = None) -> None:
        """End one of the current actor's sessions, or all of them."""
        account_id = self._own_account()
        with self.site.transaction(SYSTEM) as session:
            now = self.site.clock()
            revoke_sessions(session, account_id, at=now, token_digest=token_digest)

    def _own_account(self) -> int:
        account_id = self.current_actor().account_id
        if account_id is None:
            raise NotSignedIn("One's own account")
        return account_id

    def _door(self) -> signing_in.Door:
        return signing_in.Door(self.site, self.passwords, self._key, self._lasts)


def _identified_by_blog() -> dict[str, Identified]:
    # With the request: `g` outlives it where an app context is open around several requests.
    known: dict[str, Identified] = request.environ.setdefault("blog.identified", {})
    return known
