"""The reader's pages: what strangers see. No JavaScript, no cookie, nothing per visitor."""

from collections.abc import Mapping
from dataclasses import replace

from blog_core.content.keyset import Cursor
from blog_core.reader.ahead import Ahead
from blog_core.reader.comments import Comments
from blog_core.reader.errors import Errors
from blog_core.reader.feeds import Feeds
from blog_core.reader.files import Files
from blog_core.reader.lists import Lists
from blog_core.reader.overviews import Overviews
from blog_core.reader.posts import Posts, post_model
from blog_core.reader.searching import Searching, page_number
from blog_core.reader.theming import Theme
from blog_core.reader.urls import RULES
from blog_core.routes import NEVER, CacheClass, Parser, Route, View, cached_page

__all__ = ["Ahead", "Errors", "Theme", "post_model", "routes"]

PAGE = cached_page(ttl_s=300)
PAGED: Mapping[str, Parser] = {"page": Cursor.parse}
SEARCH: Mapping[str, Parser] = {"q": str, "page": page_number}


def routes(theme: Theme) -> list[Route]:
    """The reader's routes, each with its budget of statements."""
    lists, posts, overviews = Lists(theme), Posts(theme), Overviews(theme)
    search, comments = Searching(theme), Comments(theme)
    feeds, files = Feeds(theme), Files(theme.site)
    return [
        _page("home", lists.home, statements=_LIST, params=PAGED),
        _page("tag", lists.tag, statements=_LIST, params=PAGED),
        _page("author", lists.author, statements=_LIST, params=PAGED),
        _page("month", lists.month, statements=_LIST, params=PAGED),
        _page("tags", overviews.tags, statements=_LIST),
        _page("archive", overviews.archive, statements=_LIST),
        _page("search", search.search, statements=2, params=SEARCH),
        _page("feed", feeds.feed, statements=_LIST),
        _page("tag_feed", feeds.tag_feed, statements=_LIST),
        _page("author_feed", feeds.author_feed, statements=_LIST),
        _page("rss", feeds.rss, statements=_LIST),
        _page("tag_rss", feeds.tag_rss, statements=_LIST),
        _page("author_rss", feeds.author_rss, statements=_LIST),
        _page("sitemap", feeds.sitemap, statements=_LIST),
        _page("sitemap_part", feeds.sitemap_part, statements=_LIST),
        _page("robots", feeds.robots, statements=0),
        _page("post", posts.post, statements=2),
        replace(
            _page("comment", comments.comment, statements=None, cache=NEVER, params=_SAID),
            methods=("GET", "POST"),
            max_body_bytes=theme.site.settings.core.max_body_bytes,
            refused=comments.refused,
        ),
        _page("media", files.media, statements=0, cache=NEVER),
        _page("asset", theme.site.assets.respond, statements=0, cache=NEVER),
        # Last: everything that is nothing else, to answer for the addresses of a former blog.
        _page("old_path", posts.old_path, statements=2),
    ]


_SAID: Mapping[str, Parser] = {"said": str}
_LIST = 3
"""One statement; one for a former address and one for how long that holds where none is found."""


def _page(
    endpoint: str,
    view: View,
    *,
    statements: int | None,
    cache: CacheClass = PAGE,
    params: Mapping[str, Parser] | None = None,
) -> Route:
    return Route(
        endpoint=endpoint,
        rule=RULES[endpoint],
        view=view,
        permission="public",
        cache=cache,
        params=params or {},
        statements=statements,
    )
