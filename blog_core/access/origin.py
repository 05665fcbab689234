"""Whether a request that writes comes from a page of ours, by what the browser says of itself."""

from urllib.parse import urlsplit

from flask import Request

from blog_core.errors import BlogError

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class CrossSite(BlogError):
    """A page of another site sent the request."""

    status = 403

    def __init__(self, found: str) -> None:
        super().__init__(
            f"The request was sent by another site ({found}). Nothing was changed: open the page "
            f"here and try again."
        )


class StaleForm(BlogError):
    """The token of a form is missing or belongs to another sign-in."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            "The form belongs to another sign-in, or lacks its token. Nothing was changed: reload "
            "the page, or sign in in another window, and send it again."
        )


def check_origin(request: Request, *, site_url: str = "") -> None:
    """`CrossSite` for a writing request of another site.

    All browsers say where such a request comes from; one that says nothing is sent by a program,
    which has no visitor's cookies to misuse. `site_url` is the public address of the blog.
    """
    if request.method in SAFE_METHODS:
        return
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site is not None and fetch_site not in {"same-origin", "none"}:
        raise CrossSite(f"Sec-Fetch-Site: {fetch_site[:40]}")
    origin = request.headers.get("Origin")
    if origin is not None and not _is_own(origin, request.host, site_url):
        raise CrossSite(f"Origin: {origin[:100]}")


def _is_own(origin: str, host: str, site_url: str) -> bool:
    # The scheme is left out of it: behind a proxy that ends TLS we see http.
    try:
        parts, public = urlsplit(origin), urlsplit(site_url)
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.netloc)
        and (parts.netloc in {host, public.netloc})
    )


def own_path(text: str | None, otherwise: str) -> str:
    """`text` when it is a path of this site to go on to after signing in, else `otherwise`."""
    is_path = text is not None and text.startswith("/") and not text.startswith("//")
    if text is None or not is_path or "\\" in text or not text.isprintable() or len(text) > 2_000:
        return otherwise
    return text
