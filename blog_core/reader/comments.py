"""Taking a reader's comment: on to where it stands, to a page that says it waits, or the form back.

Nothing that was typed is lost: whatever goes wrong, it comes back in the form with the reason.
"""

from collections.abc import Mapping
from typing import Any

from flask import Response, request, url_for

from blog_core.content import reading
from blog_core.content.comments import AddedComment
from blog_core.content.reader_comments import SentComment, may_be_commented, send_comment, take_turn
from blog_core.errors import (
    BlogError,
    FieldError,
    NotFound,
    Refused,
    TooLarge,
    TooManyRequests,
    Unavailable,
    ValidationError,
)
from blog_core.reader.comment_form import comment_form, filled, sent_comment
from blog_core.reader.pages import CommentForm, CommentPage, Link
from blog_core.reader.theming import Theme

WAITS = "Thank you. Your comment is kept, and stands below the post once somebody has read it."


Post = Mapping[Any, Any]
"""The columns of a post."""


class Comments:
    """The view that takes comments."""

    def __init__(self, theme: Theme) -> None:
        self._theme, self._site = theme, theme.site

    def comment(self, slug: str, said: str = "") -> Response:
        """Take a comment; asked for by itself, the form or (`said`) that the comment waits."""
        form = comment_form(self._theme, slug)
        if request.method != "POST":
            found = reading.post(self._site, slug)
            return self._waits(found) if said == "waits" else self._asked(found, form)
        sent = sent_comment(request.form)
        post: Post = _nameless(slug)
        try:
            post = reading.post(self._site, slug)
            added = self._send(post, sent)
        except ValidationError as error:
            return self._back(post, filled(form, sent, error.errors), error, _FAULTY)
        except TooLarge as error:
            fault = FieldError("body", "too_long", str(error).rstrip("."))
            return self._back(post, filled(form, sent, (fault,)), error, _FAULTY)
        except (Refused, TooManyRequests, Unavailable) as error:
            return self._back(post, filled(form, sent), error, _told(error))
        path = self._theme.urls.post(slug)
        if added.status == "approved":
            return _on_to(f"{path}#comment-{added.id}")
        return _on_to(f"{self._theme.urls.comment(slug)}?said=waits")

    def refused(self, error: BlogError, slug: str) -> Response:
        """A comment that the door did not let in comes back, where its post can be seen."""
        try:
            post: Post = reading.post(self._site, slug)
        except NotFound:
            raise error from None
        except Unavailable:
            post = _nameless(slug)
        form = filled(comment_form(self._theme, slug), sent_comment(request.form))
        return self._back(post, form, error, str(error))

    def _send(self, post: Post, sent: SentComment) -> AddedComment:
        digest = self._site.access.address_digest()
        queue = url_for(f"{self._site.name}.admin_comments")
        take_turn(self._site, digest)
        with self._site.transaction() as session:
            return send_comment(
                session,
                post_id=post["id"],
                sent=sent,
                address_digest=digest,
                queue_url=self._theme.urls.absolute(queue),
            )

    def _waits(self, post: Post) -> Response:
        return self._answer(post, 200, "Your comment waits", WAITS)

    def _asked(self, post: Post, form: CommentForm) -> Response:
        if may_be_commented(self._site, post, self._site.clock()):
            return self._answer(post, 200, "Write a comment", "It stands below the post.", form)
        return self._answer(post, 200, "Comments are closed", "No more can be written here.")

    def _back(self, post: Post, form: CommentForm, error: BlogError, told: str) -> Response:
        response = self._answer(post, error.status, "Your comment was not sent", told, form)
        retry_after_s = getattr(error, "retry_after_s", None)
        if retry_after_s is not None:
            response.headers["Retry-After"] = str(retry_after_s)
        return response

    def _answer(
        self,
        post: Post,
        status: int,
        heading: str,
        told: str,
        form: CommentForm | None = None,
    ) -> Response:
        path = self._theme.urls.comment(post["slug"])
        model = CommentPage(
            site=self._theme.view,
            head=self._theme.head(heading, path, indexed=False),
            path=path,
            post=Link(post["title"], self._theme.urls.post(post["slug"])),
            heading=heading,
            told=told,
            form=form,
        )
        body = self._theme.html("comment.html", model).body
        return Response(body, status, mimetype="text/html")


_FAULTY = "Something is missing or wrong; it is marked below."


def _nameless(slug: str) -> Post:
    """What is known of a post while the database is away: enough to give a text back."""
    return {"slug": slug, "title": "the post"}


def _told(error: BlogError) -> str:
    if isinstance(error, Refused):
        return "Comments on this post are closed. Your text stands below, to be copied."
    return f"{error} Your text stands below."


def _on_to(url: str) -> Response:
    return Response(status=303, headers={"Location": url})
