"""What user HTML may consist of: closed lists of tags, attributes, values and classes."""

from pygments.token import STANDARD_TYPES


def _names(spaced: str) -> frozenset[str]:
    return frozenset(spaced.split())


COMMENT_TAGS = _names("a b blockquote br code del em i li ol p pre s strong ul")
POST_TAGS = COMMENT_TAGS | _names(
    "abbr audio bdi bdo caption cite col colgroup dd details dfn div dl dt figcaption figure "
    "h1 h2 h3 h4 h5 h6 hr img ins kbd mark picture q rp rt ruby samp section small source span "
    "sub summary sup table tbody td tfoot th thead time tr u var video wbr"
)
# Tags whose content is code or markup of another language, never text for readers.
DROPPED_WITH_CONTENT = _names(
    "iframe math noembed noframes noscript object script style svg template"
)
POST_ATTRIBUTES = {
    "*": {"id", "title", "lang", "dir"},
    "a": {"href", "name", "hreflang", "aria-label"},
    "audio": {"src", "controls", "preload", "loop", "muted", "aria-label"},
    "blockquote": {"cite"},
    "code": {"class"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "div": {"aria-label"},
    "figure": {"aria-label"},
    "img": {"src", "alt", "width", "height", "srcset", "sizes"},
    "ins": {"cite", "datetime"},
    "li": {"value"},
    "ol": {"start", "reversed"},
    "pre": {"data-lang"},
    "q": {"cite"},
    "section": {"aria-label"},
    "source": {"src", "srcset", "sizes", "type", "media", "width", "height"},
    "span": {"aria-label"},
    "table": {"aria-label"},
    "td": {"colspan", "rowspan", "headers"},
    "th": {"colspan", "rowspan", "headers", "scope", "abbr"},
    "time": {"datetime"},
    "video": {"src", "controls", "poster", "width", "height", "loop", "muted", "aria-label"},
}
POST_VALUES = {
    "a": {"role": {"doc-noteref", "doc-backlink"}},
    "div": {"role": {"group"}, "tabindex": {"0"}},
    "img": {"decoding": {"async"}},
    "ol": {"type": {"1", "a", "A", "i", "I"}},
    "pre": {"tabindex": {"0"}},
    "section": {"role": {"doc-endnotes"}},
    "span": {"role": {"img"}, "aria-hidden": {"true"}},
}
_CELL_CLASSES = {"cell-left", "cell-center", "cell-right"}
_ALERT_CLASSES = {
    f"markdown-alert-{kind}" for kind in ("note", "tip", "important", "warning", "caution")
}
POST_CLASSES = {
    "a": {"footnote-backref"},
    "div": {"table-scroll", "markdown-alert"} | _ALERT_CLASSES,
    "li": {"task"},
    "p": {"markdown-alert-title"},
    "section": {"footnotes"},
    "span": {"task-mark"} | {name for name in STANDARD_TYPES.values() if name},
    "sup": {"footnote-ref"},
    "td": _CELL_CLASSES,
    "th": _CELL_CLASSES,
    "ul": {"contains-task-list"},
    "ol": {"contains-task-list"},
}
COMMENT_ATTRIBUTES: dict[str, set[str]] = {"*": set(), "a": {"href"}}
COMMENT_VALUES = {"pre": {"tabindex": {"0"}}}
