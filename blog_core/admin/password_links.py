"""Forgotten passwords: asking for a link, and choosing a password by one."""

from flask import Response, request

from blog_core.access.password_links import LinkGone, account_of_link
from blog_core.admin.pages import Pages
from blog_core.errors import BlogError, FieldError, TooManyRequests, Unavailable, ValidationError


class PasswordLinkPages:
    """The views for people who cannot sign in."""

    def __init__(self, pages: Pages) -> None:
        self._pages, self._site, self._access = pages, pages.site, pages.site.access

    def ask(self) -> Response:
        """The form, and an answer that is the same for every address."""
        if request.method != "POST":
            return self._asking()
        email = request.form.get("email", "")
        try:
            self._access.ask_for_password_link(email=email)
        except ValidationError as error:
            return self._asking(email=email[:254], faults=error.errors, status=error.status)
        except TooManyRequests as error:
            page = self._asking(email=email[:254], error=error, status=error.status)
            page.headers["Retry-After"] = str(error.retry_after_s)
            return page
        return self._asking(email=email[:254], is_sent=True)

    def choose(self, token: str) -> Response:
        """Choose a password. Looking at the page does not use the link up: mail programs look."""
        try:
            if request.method != "POST":
                return self._choosing(token)
            return self._chosen(token)
        except LinkGone as error:
            return self._unlinked(self._asking(error=error, status=error.status))
        except ValidationError as error:
            return self._choosing(token, faults=error.errors, status=error.status)
        except Unavailable as error:
            return self._choosing(token, error=error, status=error.status)

    def _chosen(self, token: str) -> Response:
        new = request.form.get("new", "")
        if new != request.form.get("again", ""):
            message = "found another text than in the field above"
            raise ValidationError([FieldError("again", "differs", message)])
        self._access.use_password_link(token=token, new=new)
        return self._unlinked(self._pages.to("admin_sign_in", said="password"))

    def _asking(
        self,
        *,
        email: str = "",
        faults: tuple[FieldError, ...] = (),
        error: BlogError | None = None,
        is_sent: bool = False,
        status: int = 200,
    ) -> Response:
        return self._pages.render(
            "forgotten_password.html",
            status=status,
            email=email,
            errors={fault.field: fault.message for fault in faults},
            error=error,
            is_sent=is_sent,
        )

    def _choosing(
        self,
        token: str,
        *,
        faults: tuple[FieldError, ...] = (),
        error: BlogError | None = None,
        status: int = 200,
    ) -> Response:
        account = account_of_link(self._site, token)
        page = self._pages.render(
            "choose_password.html",
            status=status,
            token=token,
            account=account,
            errors={fault.field: fault.message for fault in faults},
            error=error,
        )
        return self._unlinked(page)

    @staticmethod
    def _unlinked(page: Response) -> Response:
        """The address of the page is as good as a password, so no other site learns it."""
        page.headers["Referrer-Policy"] = "no-referrer"
        return page
