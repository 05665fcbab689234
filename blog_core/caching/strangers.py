"""Which requests may be answered from the cache: those that carry nothing personal."""

from collections.abc import Iterable, Mapping
from typing import Any

BYPASS_METHOD = "method"
BYPASS_AUTHORIZATION = "authorization"
BYPASS_COOKIE = "cookie"


class Strangers:
    """Knows which cookies say nothing about a person; a name that ends in `*` is a prefix."""

    def __init__(self, ignore_cookies: Iterable[str] = ()) -> None:
        names = frozenset(ignore_cookies)
        self._prefixes = tuple(name[:-1] for name in names if name.endswith("*"))
        self._names = frozenset(name for name in names if not name.endswith("*"))

    def bypass(self, environ: Mapping[str, Any]) -> str:
        """Why this WSGI request must not meet the cache; "" for a stranger's GET or HEAD."""
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return BYPASS_METHOD
        if "HTTP_AUTHORIZATION" in environ:
            return BYPASS_AUTHORIZATION
        cookies = environ.get("HTTP_COOKIE")
        if cookies and not all(map(self._says_nothing, cookies.split(";"))):
            return BYPASS_COOKIE
        return ""

    def _says_nothing(self, cookie: str) -> bool:
        name = cookie.partition("=")[0].strip()
        if not cookie.strip():
            return True
        return name in self._names or bool(name and name.startswith(self._prefixes))
