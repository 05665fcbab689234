"""One's own account: who one is here, and the browsers that are signed in."""

from flask import Response, request

from blog_core.admin.pages import Pages


class AccountPage:
    """The views of the account page."""

    def __init__(self, pages: Pages) -> None:
        self._pages, self._access = pages, pages.site.access

    def show(self) -> Response:
        """Name, address and role; the open sessions, this one marked."""
        identified = self._access.identified()
        has_sessions = identified.token_digest is not None
        return self._pages.render(
            "account.html",
            email=identified.email,
            sessions=self._access.sessions() if has_sessions else (),
            this_one=identified.token_digest,
        )

    def end_session(self) -> Response:
        """Sign out one other browser, or all of them, this one included."""
        digest = request.form.get("session", "")
        self._access.end_session(None if digest == "all" else digest)
        return self._pages.to("admin_account")
