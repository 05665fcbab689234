"""One view model for each template, with titles that try to break out of what they stand in."""

from blog_core.reader.documents import (
    FeedEntry,
    FeedPage,
    RobotsPage,
    SitemapPage,
    SitemapUrl,
    post_data,
)
from blog_core.reader.pages import (
    ArchivePage,
    CommentForm,
    CommentPage,
    CommentView,
    ErrorPage,
    FeedLink,
    FoundPost,
    Head,
    Link,
    ListPage,
    Moment,
    MonthView,
    Pagination,
    Piece,
    PostPage,
    PostSummary,
    SearchPage,
    SiteView,
    TagsPage,
    TagView,
    YearView,
    toc_of,
)
from blog_core.rendering import render_comment, render_markdown, stored_html

NASTY = """</title></script><script>alert(1)</script> & "q" 'a' ]]> --> \x0b {{ 7 * 7 }} 日本 🙂"""
ORIGIN = "https://blog.test"
DAY = Moment("2026-11-02T09:00:00+01:00", "2 November 2026")
SITE = SiteView(
    title=f"Site {NASTY}",
    home_url="/",
    feed_url="/feed.atom",
    tagline=f"Line {NASTY}",
    rss_url="/feed.rss",
    search_url="/search",
    nav=(Link("Archive", "/archive"), Link("Tags", "/tags")),
)
AUTHOR = Link(f"Author {NASTY}", "/authors/a")
TAG = Link(f"Tag {NASTY}", "/tags/t")
TEXT = render_markdown(
    "Intro.\n\n## One\n\n```python\nx = 1\n```\n\n### Two\n\n| a |\n|--|\n| b |\n\n## Three\n\n"
    '![alt](/a.png "Caption")\n\n- [x] done\n\nNote[^1].\n\n[^1]: Text.\n'
)
SUMMARY = PostSummary(
    title=f"Post {NASTY}",
    url="/posts/p",
    published=DAY,
    excerpt=f"Excerpt {NASTY}",
    authors=(AUTHOR,),
    tags=(TAG,),
    reading_time_min=3,
    comment_count=2,
)


def head(path: str, **more: object) -> Head:
    """The head of a page at `path`."""
    return Head(f"Head {NASTY}", f"{ORIGIN}{path}", f"About {NASTY}", **more)  # type: ignore[arg-type]


def list_page(path: str, **more: object) -> ListPage:
    """A list of two posts in the middle of others."""
    return ListPage(
        site=SITE,
        head=head(path, feeds=(FeedLink(f"Feed {NASTY}", "/tags/t/feed.atom"),)),
        path=path,
        posts=(SUMMARY, SUMMARY),
        heading=f"Heading {NASTY}",
        intro=f"Intro {NASTY}",
        feed_url="/tags/t/feed.atom",
        pagination=Pagination("/?page=n", "/?page=o"),
        **more,  # type: ignore[arg-type]
    )


def comment(number: int, **more: object) -> CommentView:
    """A comment."""
    body = stored_html(render_comment(f"Hello {NASTY}"))
    return CommentView(number, f"Reader {NASTY}", DAY, body, **more)  # type: ignore[arg-type]


FORM = CommentForm(
    url="/posts/p/comments",
    max_chars=10_000,
    trap="website",
    name=NASTY,
    email="a@b.test",
    body=f"Typed {NASTY}",
    faults={"author_name": f"found {NASTY}", "author_email": "wrong", "body": "too long"},
)
POST = PostPage(
    site=SITE,
    head=head(
        "/posts/p",
        kind="article",
        image_url=f"{ORIGIN}/a.png",
        published_iso=DAY.iso,
        data=post_data(
            site=Link(SITE.title, ORIGIN),
            title=f"Post {NASTY}",
            url=f"{ORIGIN}/posts/p",
            published_iso=DAY.iso,
            modified_iso=DAY.iso,
            authors=[AUTHOR],
        ),
    ),
    path="/posts/p",
    title=f"Post {NASTY}",
    url="/posts/p",
    published=DAY,
    updated=DAY,
    body=stored_html(TEXT.html),
    authors=(AUTHOR,),
    tags=(TAG,),
    toc=toc_of(TEXT.toc),
    comments=(comment(7, author_url="https://a.test/?a=1&b=2"), comment(8, by_post_author=True)),
    comment_form=FORM,
    newer=Link(f"Newer {NASTY}", "/posts/n"),
    older=Link(f"Older {NASTY}", "/posts/o"),
    related=(Link(f"Related {NASTY}", "/posts/r"),),
)
MONTHS = (MonthView("January", "/archive/2026-01", 3, 4), MonthView("February", "", 0, 0))

HTML_PAGES = {
    "home.html": list_page("/"),
    "tag.html": list_page("/tags/t"),
    "author.html": list_page("/authors/a"),
    "month.html": list_page("/archive/2026-11"),
    "post.html": POST,
    "tags.html": TagsPage(
        site=SITE, head=head("/tags"), path="/tags", tags=(TagView(TAG.text, TAG.url, 3),)
    ),
    "archive.html": ArchivePage(
        site=SITE, head=head("/archive"), path="/archive", years=(YearView(2026, 3, MONTHS),)
    ),
    "comment.html": CommentPage(
        site=SITE,
        head=head("/posts/p/comments"),
        path="/posts/p/comments",
        post=Link(f"Post {NASTY}", "/posts/p"),
        heading=f"Not sent {NASTY}",
        told=f"Because {NASTY}",
        form=FORM,
    ),
    "search.html": SearchPage(
        site=SITE,
        head=head("/search?q=x"),
        path="/search",
        query=NASTY,
        told=f"2 posts found {NASTY}",
        posts=(FoundPost(SUMMARY, (Piece(f"… {NASTY} "), Piece(NASTY, marked=True))),),
        pagination=Pagination("", "/search?q=x&page=2"),
    ),
    "error.html": ErrorPage(
        status=404,
        title=f"Lost {NASTY}",
        text=f"Text {NASTY}",
        links=(Link("Home", "/"),),
        reference="7f3a",
    ),
}
ENTRY = FeedEntry(
    id=f"{ORIGIN}/posts/p",
    title=f"Post {NASTY}",
    url=f"{ORIGIN}/posts/p?a=1&b=2",
    published_iso=DAY.iso,
    updated_iso=DAY.iso,
    authors=(f"Author {NASTY}",),
    published_rss="Mon, 02 Nov 2026 08:00:00 +0000",
    summary=f"Summary {NASTY}",
    content=TEXT.html,
    tags=(f"Tag {NASTY}",),
)
MAP = SitemapPage((SitemapUrl(f"{ORIGIN}/?a=1&b=2", "2026-11-02"), SitemapUrl(f"{ORIGIN}/b")))
FEED = FeedPage(
    id=f"{ORIGIN}/",
    title=f"Site {NASTY}",
    url=f"{ORIGIN}/",
    feed_url=f"{ORIGIN}/feed.atom",
    updated_iso=DAY.iso,
    entries=(ENTRY, ENTRY),
    subtitle=f"Line {NASTY}",
    updated_rss="Mon, 02 Nov 2026 08:00:00 +0000",
)
XML_PAGES = {
    "atom.xml": FEED,
    "rss.xml": FEED,
    "sitemap.xml": MAP,
    "sitemap_index.xml": MAP,
}
ROBOTS = RobotsPage(f"{ORIGIN}/sitemap.xml", ("/admin/", "/search"))
