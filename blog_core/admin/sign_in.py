"""Signing in and out, and choosing a password."""

from flask import Response, request

from blog_core.access.origin import own_path
from blog_core.access.signing_in import WrongPassword
from blog_core.admin.pages import Pages
from blog_core.errors import BlogError, FieldError, TooManyRequests, Unavailable, ValidationError


class SignInPages:
    """The views for people of this blog's own accounts."""

    def __init__(self, pages: Pages) -> None:
        self._pages, self._access = pages, pages.site.access

    def sign_in(
        self,
        next: str = "",  # noqa: A002  the name of the parameter
        said: str = "",
    ) -> Response:
        """The form, and what it sends. A wrong password gives the address back as it was typed."""
        onward = own_path(request.form.get("next", next), self._pages.url("admin_posts"))
        if request.method != "POST":
            if self._access.current_actor().is_signed_in:
                return self._pages.to_url(onward)
            return self._form(onward, said=said)
        email, password = request.form.get("email", ""), request.form.get("password", "")
        try:
            token = self._access.sign_in(email=email, password=password)
        except (WrongPassword, TooManyRequests, Unavailable) as error:
            return self._form(onward, email=email[:254], error=error)
        return self._access.keep(self._pages.to_url(onward), token)

    def sign_out(self) -> Response:
        """End the session, here and in the database."""
        return self._access.sign_out(self._pages.to("admin_sign_in"))

    def password(self) -> Response:
        """Change one's own password; all other sessions end with the old one."""
        if request.method != "POST":
            return self._password_form()
        old, new = request.form.get("old", ""), request.form.get("new", "")
        if new != request.form.get("again", ""):
            differs = FieldError("again", "differs", "found another text than in the field above")
            return self._password_form(errors=(differs,), status=422)
        try:
            token = self._access.change_password(old=old, new=new)
        except WrongPassword:
            wrong = FieldError("old", "wrong", "this is not your present password")
            return self._password_form(errors=(wrong,), status=403)
        except ValidationError as error:
            return self._password_form(errors=error.errors, status=error.status)
        except (TooManyRequests, Unavailable) as error:
            return self._told(self._password_form(error=error, status=error.status), error)
        return self._access.keep(self._pages.to("admin_account"), token)

    def _form(
        self, onward: str, *, email: str = "", error: BlogError | None = None, said: str = ""
    ) -> Response:
        status = error.status if error else 200
        page = self._pages.render(
            "sign_in.html", status=status, onward=onward, email=email, error=error, said=said
        )
        return self._told(page, error)

    def _password_form(
        self,
        *,
        errors: tuple[FieldError, ...] = (),
        error: BlogError | None = None,
        status: int = 200,
    ) -> Response:
        identified = self._access.identified()
        return self._pages.render(
            "password.html",
            status=status,
            errors={fault.field: fault.message for fault in errors},
            error=error,
            must_change=identified.must_change_password,
            email=identified.email,
        )

    @staticmethod
    def _told(page: Response, error: BlogError | None) -> Response:
        """Say when another try is worth it."""
        retry_after_s = getattr(error, "retry_after_s", None)
        if retry_after_s is not None:
            page.headers["Retry-After"] = str(retry_after_s)
        return page
