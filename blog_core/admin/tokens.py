"""Tokens of programs: make one and see it once, see when each was used, end it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from flask import Response, request
from sqlalchemy import RowMapping

from blog_core.access.api_tokens import (
    ALL_TOKENS,
    NewToken,
    add_token,
    revoke_token,
    scopes_for,
    tokens_of,
)
from blog_core.admin.declaring import GET_AND_POST, declare
from blog_core.admin.pages import Pages
from blog_core.admin.params import whole_number
from blog_core.errors import NotSignedIn, ValidationError
from blog_core.routes import Route

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

USUAL_DAYS = "90"


@dataclass(frozen=True, slots=True)
class TypedToken:
    """The fields of the form. They go back into it unchanged when something is wrong."""

    name: str = ""
    days: str = USUAL_DAYS
    scopes: tuple[str, ...] = ()

    @classmethod
    def of_form(cls, form: "MultiDict[str, str]") -> "TypedToken":
        """From a sent form."""
        return cls(form.get("name", ""), form.get("days", ""), tuple(form.getlist("scopes")))


class TokenPages:
    """The views of tokens: one's own, and for who manages accounts everybody's."""

    def __init__(self, pages: Pages) -> None:
        self._pages, self._site = pages, pages.site

    def list(self, said: str = "") -> Response:
        """The tokens there are, and what a sent form makes: shown once, on the page of this one
        answer."""
        if request.method != "POST":
            told = "Revoked: the token opens nothing any more." if said else ""
            return self._show(TypedToken(), said=told)
        typed = TypedToken.of_form(request.form)
        try:
            made = self._add(typed)
        except ValidationError as error:
            return self._show(typed, error=error)
        return self._show(TypedToken(), made=made)

    def revoke(self) -> Response:
        """End a token."""
        own = None if self._sees_all() else self._own_account()
        token_id = whole_number(request.form.get("token", ""))
        with self._site.transaction() as session:
            revoke_token(session, token_id, at=self._site.clock(), account_id=own)
        return self._pages.to("admin_tokens", said="revoked")

    def _add(self, typed: TypedToken) -> NewToken:
        with self._site.transaction() as session:
            return add_token(
                session,
                self._site.access.permissions,
                account_id=self._own_account(),
                name=typed.name,
                scopes=typed.scopes,
                days=whole_number(typed.days),
                at=self._site.clock(),
            )

    def _show(
        self,
        typed: TypedToken,
        *,
        made: NewToken | None = None,
        error: ValidationError | None = None,
        said: str = "",
    ) -> Response:
        access = self._site.access
        return self._pages.render(
            "tokens.html",
            status=error.status if error else 200,
            typed=typed,
            made=made,
            said=said,
            faults={fault.field: fault for fault in error.errors} if error else {},
            scopes=scopes_for(access.permissions, access.current_actor().role),
            sees_all=self._sees_all(),
            tokens=self._tokens(),
            now=self._site.clock(),
            api=self._pages.url("rest_page"),
        )

    def _tokens(self) -> Sequence[RowMapping]:
        if self._sees_all():
            return self._site.read(ALL_TOKENS)
        return tokens_of(self._site, self._site.access.current_actor().account_id or 0)

    def _sees_all(self) -> bool:
        access = self._site.access
        return access.allows(access.current_actor(), "manage-accounts")

    def _own_account(self) -> int:
        account_id = self._site.access.current_actor().account_id
        if account_id is None:
            raise NotSignedIn("A token")
        return account_id


def token_routes(pages: Pages) -> Sequence[Route]:
    """The routes of tokens. Everybody who is signed in may make some: they allow no more than the
    account itself."""
    views, page = TokenPages(pages), partial(declare, pages.site)
    said = {"said": str}
    return (
        page("tokens", "/tokens", views.list, "signed-in", GET_AND_POST, params=said),
        page("revoke_token", "/tokens/revoke", views.revoke, "signed-in", ("POST",)),
    )
