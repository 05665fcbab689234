"""The search page: a form, and what it found."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from blog_core.caching import Page
from blog_core.changes import uncacheable
from blog_core.content.search import MAX_PAGE, Found, search
from blog_core.content.search_queries import CANDIDATES
from blog_core.content.search_words import MAX_CHARS, MAX_WORDS
from blog_core.errors import Unavailable
from blog_core.reader.lists import summaries
from blog_core.reader.pages import FoundPost, Pagination, SearchPage
from blog_core.reader.snippets import snippet
from blog_core.reader.theming import Theme

AT_ONCE = 3
"""Searches that one process runs at the same time: the other threads stay free for readers."""

_WAIT_S = 2


class Searching:
    """The search of one blog: one statement when it found something, else two."""

    def __init__(self, theme: Theme) -> None:
        self._theme, self._site = theme, theme.site
        self._limit = theme.site.settings.core.posts_per_page
        self._turns = BoundedSemaphore(AT_ONCE)

    def search(self, q: str = "", page: int = 1) -> Page:
        """The form, and page `page` of what the words of `q` find. Any text may be looked for."""
        query = " ".join(q.split())
        if len(q) > MAX_CHARS:
            uncacheable("its query is longer than what is looked for")
        with self._turn():
            found = search(self._site, query, page=page, limit=self._limit)
        shown = query[:MAX_CHARS]
        path = self._theme.urls.search(shown, page)
        model = SearchPage(
            site=self._theme.view,
            head=self._theme.head(f"Search: {shown}" if shown else "Search", path, indexed=False),
            path=path,
            query=shown,
            told=_told(shown, found, page),
            posts=self._posts(found),
            pagination=self._pagination(shown, found, page),
        )
        return self._theme.html("search.html", model)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=_WAIT_S):
            raise Unavailable("Too many searches run at once. Try again in a moment.")
        try:
            yield
        finally:
            self._turns.release()

    def _posts(self, found: Found) -> tuple[FoundPost, ...]:
        words = found.wanted.words
        return tuple(
            FoundPost(post, snippet(row["html"], words, otherwise=row["excerpt"]))
            for post, row in zip(summaries(self._theme, found.rows), found.rows, strict=True)
        )

    def _pagination(self, query: str, found: Found, page: int) -> Pagination:
        urls = self._theme.urls
        goes_on = page < MAX_PAGE and found.total > page * self._limit
        return Pagination(
            newer_url=urls.search(query, page - 1) if page > 1 else "",
            older_url=urls.search(query, page + 1) if goes_on else "",
        )


def page_number(text: str) -> int:
    """A page of a search; at most `MAX_PAGE`, since nobody reads on that far."""
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MAX_PAGE):
        raise ValueError(f"expected a page from 1 to {MAX_PAGE}")
    return int(text)


def _told(query: str, found: Found, page: int) -> str:
    """What is to be said about an answer, as one line."""
    if not query:
        return ""
    if not found.wanted.groups:
        return "There is no word in this."
    told = [_count(found)] if found.rows or page == 1 else ["There are no more matches."]
    if found.wanted.left_out:
        told.append(f"Only the first {MAX_WORDS} words were looked for.")
    return " ".join(told)


def _count(found: Found) -> str:
    if not found.rows:
        return "Nothing was found."
    if found.is_cut:
        return f"The newest {CANDIDATES:,} matches, the best first."
    return f"{found.total:,} posts found." if found.total != 1 else "One post found."
