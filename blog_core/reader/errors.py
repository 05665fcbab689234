"""Errors as answers: a page for people, a reference for the log, nothing about the inside."""

import logging
import secrets
from typing import TYPE_CHECKING

from flask import Response, request
from werkzeug.exceptions import HTTPException

from blog_core.access.access import PasswordChangeNeeded
from blog_core.errors import BlogError, NotSignedIn, Unavailable
from blog_core.headers import secure

if TYPE_CHECKING:
    from blog_core.reader.theming import Theme

_log = logging.getLogger("blog.errors")

TITLES = {
    400: "That address is not complete",
    401: "Sign in first",
    403: "Not for this account",
    404: "There is nothing here",
    405: "This cannot be done here",
    410: "This is gone",
    412: "Somebody else was faster",
    413: "That is too much at once",
    415: "That kind of file is not accepted",
    422: "Something is missing or wrong",
    429: "Too many tries",
    500: "Something broke on our side",
    503: "One moment, please",
}


class Errors:
    """Answers what went wrong in one blog."""

    def __init__(self, theme: "Theme") -> None:
        self._theme = theme

    def blog_error(self, error: BlogError) -> Response:
        """The page of an error of ours; a stranger who needs an account is sent to sign in."""
        if request.method in {"GET", "HEAD"}:
            target = getattr(error, "redirect_to", None)
            if isinstance(error, NotSignedIn):
                target = self._theme.site.access.sign_in_url(request)
            if target is not None:
                return self._sent_to(target)
        if error.status >= 500 and not isinstance(error, Unavailable):
            return self._page(
                error.status, "It was noted and will be looked at.", self._note(error)
            )
        response = self._page(error.status, _told(error))
        retry_after_s = getattr(error, "retry_after_s", None)
        if retry_after_s is not None:
            response.headers["Retry-After"] = str(retry_after_s)
        return response

    @staticmethod
    def _sent_to(target: str) -> Response:
        response = Response(status=303, headers={"Location": target})
        response.headers["Cache-Control"] = "private, no-store"
        return secure(response)

    def _elsewhere(self, error: BlogError) -> str | None:
        """Where somebody is sent who has to sign in, or to choose a password, first."""
        if isinstance(error, NotSignedIn):
            return self._theme.site.access.sign_in_url(request)
        if isinstance(error, PasswordChangeNeeded):
            return error.redirect_to
        return None

    def http_error(self, error: HTTPException) -> Response:
        """The page of an error that Flask or a view raised by status."""
        response = self._page(error.code or 500, error.description or "")
        for name, value in error.get_headers(request.environ):
            if name.lower() in {"allow", "retry-after", "location"}:
                response.headers[name] = value
        return response

    def unexpected(self, error: Exception) -> Response:
        """The page of everything else: the log has the reference and the traceback."""
        return self._page(500, "It was noted and will be looked at.", self._note(error))

    def _note(self, error: Exception) -> str:
        reference = secrets.token_hex(4)
        _log.error("[%s] %s %s", reference, request.method, request.path, exc_info=error)
        return reference

    def _page(self, status: int, text: str, reference: str = "") -> Response:
        title = TITLES.get(status, TITLES[500 if status >= 500 else 400])
        response = Response(
            self._theme.error(status, title, text, reference), status, mimetype="text/html"
        )
        response.headers["Cache-Control"] = "private, no-store"
        return secure(response)


def _told(error: BlogError) -> str:
    """What a person may read of an error of ours: not what stands at a hidden address."""
    if error.status == 404:
        return "The address may be mistyped, or what stood here was moved or taken down."
    if error.status == 503:
        return "The blog is very busy, or one of its parts is away. Try again in a few seconds."
    return str(error)
