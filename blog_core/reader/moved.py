"""What answers at an old address: the one that stands for it now."""

from blog_core.caching import Page
from blog_core.content import reading
from blog_core.reader.theming import Theme


def moved_page(theme: Theme, path: str) -> Page | None:
    """A 301 to where `path` leads now; None when it leads nowhere. One statement."""
    moved = reading.moved(theme.site, path)
    if moved is None:
        return None
    urls = theme.urls
    if moved.slug:
        target = urls.post(moved.slug)
    else:
        target = moved.target or "/"
        target = f"{urls.prefix}{target}" if target.startswith("/") else target
    return Page("", status=301, headers=(("Location", target),))
