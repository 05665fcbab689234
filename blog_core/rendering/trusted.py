"""The one place where text becomes markup that templates do not escape."""

import json
from collections.abc import Mapping

from markupsafe import Markup

_IN_SCRIPT = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def stored_html(html: str) -> Markup:
    """HTML that `render_markdown`, `render_comment` or `sanitise` made, as it came from storage."""
    return Markup(html)  # noqa: S704  only sanitised HTML is stored


def kept_piece(html: str) -> Markup:
    """What a template made, to stand in another one: it was escaped when it was rendered."""
    return Markup(html)  # noqa: S704  only what a template rendered is kept


def json_data(value: Mapping[str, object]) -> Markup:
    """`value` as JSON for a `<script type="application/ld+json">`; nothing in it can end that."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.translate(_IN_SCRIPT))  # noqa: S704  no markup character is left
