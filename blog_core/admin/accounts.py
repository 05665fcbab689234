"""Accounts, for administrators: who there is, inviting people, roles, closing, their sessions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from flask import Response, request
from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from blog_core.access.login_sessions import SESSIONS_OF_ACCOUNT, open_params
from blog_core.access.password_links import (
    INVITATION_LASTS,
    address_of,
    mail_invitation,
    make_link,
)
from blog_core.admin.declaring import GET_AND_POST, declare
from blog_core.admin.pages import Pages
from blog_core.admin.params import one_of, searched, whole_number
from blog_core.content import account_lists, accounts
from blog_core.content.keyset import Cursor
from blog_core.errors import ValidationError
from blog_core.model.account import ROLES
from blog_core.routes import Parser, Route

PER_PAGE = 50
SAID = {
    "saved": "Saved.",
    "closed": "Closed: nobody can sign in with this account, and its sessions have ended.",
    "opened": "Open again.",
    "mailed": "A link to choose a password is on its way.",
    "ended": "Signed out.",
}


@dataclass(frozen=True, slots=True)
class TypedAccount:
    """The fields of an account's form. They go back into it unchanged when something is wrong."""

    name: str = ""
    email: str = ""
    role: str = "author"
    bio: str = ""

    @classmethod
    def of_form(cls, form: Mapping[str, str]) -> "TypedAccount":
        """From a sent form."""
        names = ("name", "email", "role", "bio")
        return cls(**{name: form.get(name, "").replace("\r\n", "\n") for name in names})

    @classmethod
    def of_account(cls, row: RowMapping) -> "TypedAccount":
        """From an account as it stands."""
        return cls(row["name"], row["email"] or "", row["role"], row["bio"])


class AccountsPages:
    """The views of accounts. Each use case asks for the permission once more."""

    def __init__(self, pages: Pages) -> None:
        self._pages, self._site = pages, pages.site

    def list(self, role: str = "all", q: str = "", page: Cursor | None = None) -> Response:
        """Everybody, the newest first, by role and by a part of a name or address."""
        actor = self._site.access.current_actor()
        found = account_lists.accounts(
            self._site, actor, shown=role, search=q, cursor=page, limit=PER_PAGE
        )
        return self._pages.render(
            "accounts.html",
            shown=role,
            choices=account_lists.SHOWN,
            search=q or None,
            accounts=found.rows,
            older=found.older,
            newer=found.newer,
        )

    def new(self) -> Response:
        """Invite somebody: an account without a password, and a link to choose one."""
        if request.method != "POST":
            return self._invite(TypedAccount())
        typed = TypedAccount.of_form(request.form)
        try:
            with self._site.transaction() as session:
                made = accounts.create_account(
                    session, name=typed.name, role=typed.role, email=typed.email, bio=typed.bio
                )
                shown = self._link(session, made.id, typed.name, typed.email)
        except ValidationError as error:
            return self._invite(typed, error)
        if shown is None:
            return self._pages.to("admin_one_account", account_id=made.id, said="mailed")
        return self._show(self._account(made.id), shown_link=shown)

    def one(self, account_id: int, said: str = "") -> Response:
        """One account with its sessions, and the form that changes it."""
        found = self._account(account_id)
        if request.method != "POST":
            return self._show(found, said=SAID.get(said, ""))
        typed = TypedAccount.of_form(request.form)
        try:
            with self._site.transaction() as session:
                _change(session, found, typed, whole_number(request.form.get("version", "")))
        except ValidationError as error:
            return self._show(self._account(account_id), typed=typed, error=error)
        return self._pages.to("admin_one_account", account_id=account_id, said="saved")

    def set_active(self, account_id: int) -> Response:
        """Close an account, or open it again."""
        is_active = request.form.get("active") == "yes"
        version = whole_number(request.form.get("version", ""))
        try:
            with self._site.transaction() as session:
                accounts.set_active(
                    session, account_id=account_id, version=version, is_active=is_active
                )
        except ValidationError as error:
            return self._show(self._account(account_id), error=error)
        said = "opened" if is_active else "closed"
        return self._pages.to("admin_one_account", account_id=account_id, said=said)

    def link(self, account_id: int) -> Response:
        """A new link to choose a password by, mailed or shown this once."""
        found = self._account(account_id)
        with self._site.transaction() as session:
            shown = self._link(session, account_id, found["name"], found["email"] or "")
        if shown is None:
            return self._pages.to("admin_one_account", account_id=account_id, said="mailed")
        return self._show(found, shown_link=shown)

    def end_sessions(self, account_id: int) -> Response:
        """Sign a person out of one browser, or of all."""
        digest = request.form.get("session", "")
        with self._site.transaction() as session:
            accounts.end_sessions(
                session, account_id=account_id, token_digest=None if digest == "all" else digest
            )
        return self._pages.to("admin_one_account", account_id=account_id, said="ended")

    def _account(self, account_id: int) -> RowMapping:
        return account_lists.account(self._site, self._site.access.current_actor(), account_id)

    def _link(self, session: Session, account_id: int, name: str, email: str) -> str | None:
        """Make a link and mail it; its address instead, if it is to be shown or can't be mailed."""
        at = self._site.clock()
        token = make_link(session, account_id, at=at, lasts=INVITATION_LASTS)
        if request.form.get("how") == "show" or not email.strip():
            return address_of(self._site, token)
        mail_invitation(
            session, self._site, account_id=account_id, name=name, email=email.strip(), token=token
        )
        return None

    def _invite(self, typed: TypedAccount, error: ValidationError | None = None) -> Response:
        return self._pages.render(
            "account_new.html",
            status=error.status if error else 200,
            typed=typed,
            faults={fault.field: fault for fault in error.errors} if error else {},
            roles=ROLES,
        )

    def _show(
        self,
        found: RowMapping,
        *,
        typed: TypedAccount | None = None,
        error: ValidationError | None = None,
        shown_link: str | None = None,
        said: str = "",
    ) -> Response:
        params = open_params(self._site.clock(), account_id=found["id"])
        return self._pages.render(
            "account_one.html",
            status=error.status if error else 200,
            account=found,
            typed=typed or TypedAccount.of_account(found),
            faults={fault.field: fault for fault in error.errors} if error else {},
            shown_link=shown_link,
            said=said,
            sessions=self._site.read(SESSIONS_OF_ACCOUNT, params),
            this_one=self._site.access.identified().token_digest,
            roles=ROLES,
        )


def _change(session: Session, found: RowMapping, typed: TypedAccount, version: int) -> None:
    """All changes of the form or none; what stays as it was is not written."""
    before = TypedAccount.of_account(found)
    accounts.change_account(
        session,
        account_id=found["id"],
        version=version,
        name=typed.name,
        email=typed.email if typed.email != before.email else None,
        bio=typed.bio,
    )
    if typed.role != before.role:
        accounts.change_role(session, account_id=found["id"], version=version + 1, role=typed.role)


def accounts_routes(pages: Pages) -> Sequence[Route]:
    """The list, the invitation, one account and its buttons."""
    views = AccountsPages(pages)
    page = partial(declare, pages.site)
    one = "/accounts/<int(max=9223372036854775807):account_id>"
    chosen: Mapping[str, Parser] = {
        "page": Cursor.parse,
        "role": one_of(*account_lists.SHOWN),
        "q": searched,
    }
    said, sent, may = {"said": one_of(*SAID)}, ("POST",), "manage-accounts"
    return (
        page("accounts", "/accounts", views.list, may, statements=2, params=chosen),
        page("new_account", "/accounts/new", views.new, may, GET_AND_POST),
        page("one_account", one, views.one, may, GET_AND_POST, params=said),
        page("close_account", f"{one}/active", views.set_active, may, sent),
        page("account_link", f"{one}/link", views.link, may, sent),
        page("end_sessions", f"{one}/sessions", views.end_sessions, may, sent),
    )
