"""One's own account: who one is here, what readers see of it, the browsers that are signed in."""

from flask import Response, request

from blog_core.admin.pages import Pages
from blog_core.admin.params import whole_number
from blog_core.content.account_lists import ACCOUNT
from blog_core.content.accounts import change_account
from blog_core.errors import ValidationError


class AccountPage:
    """The views of the account page."""

    def __init__(self, pages: Pages) -> None:
        self._pages, self._site, self._access = pages, pages.site, pages.site.access

    def show(self, said: str = "") -> Response:
        """Name, address and role; the open sessions, this one marked."""
        return self._show(said="Saved." if said else "")

    def change(self) -> Response:
        """Change one's name and what readers are told about one."""
        account_id = self._access.current_actor().account_id
        try:
            with self._site.transaction() as session:
                change_account(
                    session,
                    account_id=account_id or 0,
                    version=whole_number(request.form.get("version", "")),
                    name=request.form.get("name", ""),
                    bio=request.form.get("bio", "").replace("\r\n", "\n"),
                )
        except ValidationError as error:
            return self._show(error=error)
        return self._pages.to("admin_account", said="saved")

    def end_session(self) -> Response:
        """Sign out one other browser, or all of them, this one included."""
        digest = request.form.get("session", "")
        self._access.end_session(None if digest == "all" else digest)
        return self._pages.to("admin_account")

    def _show(self, *, error: ValidationError | None = None, said: str = "") -> Response:
        identified = self._access.identified()
        has_sessions = identified.token_digest is not None
        rows = self._site.read(ACCOUNT, {"account_id": identified.actor.account_id or 0})
        return self._pages.render(
            "account.html",
            status=error.status if error else 200,
            email=identified.email,
            account=rows[0] if rows and has_sessions else None,
            typed=request.form if error else None,
            faults={fault.field: fault for fault in error.errors} if error else {},
            said=said,
            sessions=self._access.sessions() if has_sessions else (),
            this_one=identified.token_digest,
        )
