"""The one sanitiser: whatever HTML the blog stores or shows has passed through here, last.

Two closed lists of tags and attributes: "post" for what editors write, "comment" for strangers.
Ids get the prefix `h-`, so that no text can take the place of an id of the page.
"""

import html
import re
from collections.abc import Callable
from typing import Final, Literal

import nh3

from blog_core.errors import BlogError
from blog_core.rendering.addresses import SCHEMES, may_address
from blog_core.rendering.allowed_html import (
    COMMENT_ATTRIBUTES,
    COMMENT_TAGS,
    COMMENT_VALUES,
    DROPPED_WITH_CONTENT,
    POST_ATTRIBUTES,
    POST_CLASSES,
    POST_TAGS,
    POST_VALUES,
)
from blog_core.rendering.characters import legal_text
from blog_core.rendering.limits import MAX_HTML_BYTES, refuse_over
from blog_core.rendering.tangle import MAX_DEPTH, is_tangled

Profile = Literal["post", "comment"]

ID_PREFIX: Final = "h-"
# HTML that changes when it is parsed again is how filters are tricked, so we clean until it rests.
MAX_PASSES: Final = 8

_LANGUAGE = re.compile(r"[\w+#.-]{1,40}", re.ASCII)
# The parser beneath takes quadratic time for a run of these; written out they mean the same.
_BARE_AMPERSAND = re.compile(r"&(?![a-zA-Z#])")
# A parser eats the line end after <pre>, one with every pass.
_PRE_START = re.compile(r"(<pre\b[^<>]*>)[\r\n]+", re.IGNORECASE)


def _address(value: str) -> str | None:
    return value if may_address(value) else None


def _link(value: str) -> str | None:
    """An address; one inside the text follows the prefix that ids get."""
    inside = value.startswith("#") and len(value) > 1 and not value.startswith("#" + ID_PREFIX)
    return f"#{ID_PREFIX}{value[1:]}" if inside else _address(value)


def _sources(value: str) -> str | None:
    """A `srcset` of which each candidate may be addressed."""
    parts = [part.split() for part in value.split(",")]
    return value if all(part and may_address(part[0]) for part in parts) else None


def _id(value: str) -> str | None:
    name = "-".join(value.split())
    return name if not name or name.startswith(ID_PREFIX) else ID_PREFIX + name


def _ids(value: str) -> str | None:
    return " ".join(_id(name) or "" for name in value.split())


def _language(value: str) -> str | None:
    return value if _LANGUAGE.fullmatch(value) else None


def _code_class(value: str) -> str | None:
    """`language-python` and the like."""
    names = value.split()
    named = len(names) == 1 and names[0].startswith("language-")
    return names[0] if named and _LANGUAGE.fullmatch(names[0][9:]) else None


_POST_REWRITES: dict[tuple[str, str] | str, Callable[[str], str | None]] = {
    "cite": _address,
    ("code", "class"): _code_class,
    "data-lang": _language,
    "headers": _ids,
    "href": _link,
    "id": _id,
    "name": _id,
    "poster": _address,
    "src": _address,
    "srcset": _sources,
}


def _filter_post(tag: str, attribute: str, value: str) -> str | None:
    """The value to keep, or None to drop the attribute."""
    rewrite = _POST_REWRITES.get(attribute) or _POST_REWRITES.get((tag, attribute))
    return (rewrite(value) or None) if rewrite else value


def _filter_comment(_tag: str, attribute: str, value: str) -> str | None:
    return _address(value) if attribute == "href" else value


_CLEANERS: Final = {
    "post": nh3.Cleaner(
        tags=set(POST_TAGS),
        clean_content_tags=set(DROPPED_WITH_CONTENT),
        attributes=POST_ATTRIBUTES,
        attribute_filter=_filter_post,
        link_rel="noopener",
        tag_attribute_values=POST_VALUES,
        set_tag_attribute_values={"img": {"loading": "lazy"}},  # two would come in any order
        url_schemes=set(SCHEMES),
        allowed_classes=POST_CLASSES,
    ),
    "comment": nh3.Cleaner(
        tags=set(COMMENT_TAGS),
        clean_content_tags=set(DROPPED_WITH_CONTENT),
        attributes=COMMENT_ATTRIBUTES,
        attribute_filter=_filter_comment,
        link_rel="nofollow ugc noopener",
        tag_attribute_values=COMMENT_VALUES,
        url_schemes=set(SCHEMES),
    ),
}


class Unclean(BlogError):
    """HTML that is too tangled to be cleaned, or changes whenever it is parsed."""

    status = 422

    def __init__(self) -> None:
        super().__init__(
            f"The HTML nests more than {MAX_DEPTH} elements, leaves too many unclosed, or changes "
            f"whenever it is parsed. Close the elements it opens, or paste it as plain text."
        )


def sanitise(text: str, *, profile: Profile) -> str:
    """`text` as HTML that is safe to show: unknown tags go, their text stays.

    Cleaning the result again changes nothing. HTML that cannot be cleaned comes back as text.
    Raises `TooLarge` above `MAX_HTML_BYTES`.
    """
    try:
        return clean(text, profile=profile)
    except Unclean:
        return html.escape(legal_text(text), quote=False)


def clean(text: str, *, profile: Profile) -> str:
    """As `sanitise`, but raises `Unclean` for HTML that cannot be cleaned."""
    refuse_over(MAX_HTML_BYTES, text, what="The HTML")
    before = _PRE_START.sub(r"\1", _BARE_AMPERSAND.sub("&amp;", legal_text(text)))
    for _ in range(MAX_PASSES):
        if is_tangled(before):
            raise Unclean
        after = legal_text(_CLEANERS[profile].clean(before))
        if after == before:
            return after
        before = after
    raise Unclean
