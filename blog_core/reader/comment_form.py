"""The form of a comment, empty or with what was typed and is wrong."""

from collections.abc import Mapping
from dataclasses import replace

from blog_core.content.reader_comments import SentComment
from blog_core.errors import FieldError
from blog_core.reader.pages import CommentForm
from blog_core.reader.theming import Theme

TRAP = "website"
"""The field that people do not see: a name that programs like to fill in."""

_MOST_CHARS = 100_000


def comment_form(theme: Theme, slug: str) -> CommentForm:
    """The empty form below a post."""
    settings = theme.site.settings.core.comments
    return CommentForm(url=theme.urls.comment(slug), max_chars=settings.max_chars, trap=TRAP)


def filled(
    form: CommentForm, sent: SentComment, errors: tuple[FieldError, ...] = ()
) -> CommentForm:
    """The form with what was sent, and what is wrong with it."""
    faults = {error.field: error.message for error in errors}
    return replace(form, name=sent.name, email=sent.email, body=sent.body, faults=faults)


def sent_comment(form: Mapping[str, str]) -> SentComment:
    """What a form sent, line ends as we keep them."""
    given = {
        name: form.get(name, "")[:_MOST_CHARS] for name in ("author_name", "author_email", TRAP)
    }
    body = form.get("body", "").replace("\r\n", "\n")
    return SentComment(body, given["author_name"], given["author_email"], given[TRAP])
