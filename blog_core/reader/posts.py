"""A post's page, and what answers at an old address."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping

from blog_core.caching import Page
from blog_core.changes import expire_at
from blog_core.content import reading
from blog_core.content.reader_comments import comments_close_at, may_be_commented
from blog_core.errors import NotFound
from blog_core.reader.comment_form import comment_form
from blog_core.reader.documents import post_data
from blog_core.reader.lists import people
from blog_core.reader.moved import moved_page
from blog_core.reader.pages import CommentView, Link, PostPage, toc_of
from blog_core.reader.theming import Theme
from blog_core.rendering import Heading, stored_html


class Posts:
    """The views of single posts of one blog."""

    def __init__(self, theme: Theme) -> None:
        self._theme, self._site = theme, theme.site

    def post(self, slug: str) -> Page:
        """A post with its comments: two statements, one when nobody has commented."""
        try:
            found = reading.post_page(self._site, slug)
        except NotFound:
            return moved_page(self._theme, f"/posts/{slug}") or _raise_missing("post", slug)
        model = post_model(self._theme, found.post, found.comments)
        if model.comment_form is not None:
            self._until_closed(found.post)
        return self._theme.html("post.html", model)

    def _until_closed(self, post: RowMapping) -> None:
        """The page with the form holds until comments close."""
        closes_at = comments_close_at(self._site.settings.core.comments, post["publish_at"])
        if closes_at is not None:
            expire_at(closes_at)

    def old_path(self, path: str) -> Page:
        """Any other address: the one that answers for it now, or 404."""
        return moved_page(self._theme, f"/{path}") or _raise_missing("page", f"/{path}")


def _links(theme: Theme, posts: Sequence[Mapping[str, str]]) -> tuple[Link, ...]:
    return tuple(Link(post["title"], theme.urls.post(post["slug"])) for post in posts)


def post_model(
    theme: Theme, post: Mapping[Any, Any], comments: tuple[RowMapping, ...] = ()
) -> PostPage:
    """A post (columns of `POST_COLUMNS`) as its template shows it."""
    urls = theme.urls
    path = urls.post(post["slug"])
    published, updated = theme.moment(post["publish_at"]), theme.moment(post["updated_at"])
    authors = people(theme, post)
    image_url = theme.full(post["image"])
    full_authors = [Link(author.text, urls.absolute(author.url)) for author in authors]
    data = post_data(
        site=Link(theme.view.title, urls.absolute(urls.home())),
        title=post["title"],
        url=urls.absolute(path),
        published_iso=published.iso,
        modified_iso=max(published.iso, updated.iso),
        authors=full_authors,
        description=post["excerpt"],
        image_url=image_url,
        words=post["words"],
        language=theme.language,
    )
    names = {author.text for author in authors}
    return PostPage(
        site=theme.view,
        head=theme.head(
            post["title"],
            path,
            description=post["excerpt"],
            kind="article",
            image_url=image_url,
            published_iso=published.iso,
            modified_iso=max(published.iso, updated.iso),
            data=data,
        ),
        path=path,
        title=post["title"],
        url=path,
        published=published,
        updated=updated if updated.text != published.text and updated.iso > published.iso else None,
        body=stored_html(post["html"]),
        authors=authors,
        tags=tuple(Link(tag["name"], urls.tag(tag["slug"])) for tag in post["tags"]),
        reading_time_min=post["reading_time_min"],
        toc=toc_of([Heading(**heading) for heading in post["toc"] or ()]),
        comments=tuple(
            CommentView(
                id=comment["id"],
                author=comment["author_name"],
                posted=theme.moment(comment["created_at"]),
                body=stored_html(comment["html"]),
                author_url=comment["author_url"] or "",
                by_post_author=comment["account_id"] is not None
                and comment["author_name"] in names,
            )
            for comment in comments
        ),
        comment_form=comment_form(theme, post["slug"])
        if may_be_commented(theme.site, post, theme.site.clock())
        else None,
        # A preview has neither neighbours nor kin: it is in no list yet.
        newer=next(iter(_links(theme, post.get("newer", ()))), None),
        older=next(iter(_links(theme, post.get("older", ()))), None),
        related=_links(theme, post.get("related", ())),
    )


def _raise_missing(kind: str, key: str) -> Page:
    raise NotFound(kind, key)
