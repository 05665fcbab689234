"""The one cookie: a session's token, out of reach for scripts and other sites."""

from datetime import timedelta

from flask import Request, Response


class SessionCookie:
    """Reads and writes the cookie of one blog. `public_url` says whether it is reached by https."""

    def __init__(self, blog: str, *, public_url: str = "") -> None:
        self._blog, self._public_url = blog, public_url

    def read(self, request: Request) -> str | None:
        """The token, if the browser sent one of a possible form."""
        token = request.cookies.get(self._name(request))
        return token if token and len(token) <= 128 and token.isascii() else None

    def write(self, request: Request, response: Response, token: str, *, lasts: timedelta) -> None:
        """Hand a token to the browser."""
        response.set_cookie(
            self._name(request),
            token,
            max_age=lasts,
            path="/",
            secure=self._is_secure(request),
            httponly=True,
            samesite="Lax",
        )

    def clear(self, request: Request, response: Response) -> None:
        """Take the token back."""
        response.delete_cookie(
            self._name(request),
            path="/",
            secure=self._is_secure(request),
            httponly=True,
            samesite="Lax",
        )

    def _is_secure(self, request: Request) -> bool:
        return self._public_url.startswith("https:") or request.is_secure

    def _name(self, request: Request) -> str:
        """With `__Host-` no other host, path or plain http can set a cookie of this name."""
        name = f"{self._blog}_session"
        return f"__Host-{name}" if self._is_secure(request) else name
