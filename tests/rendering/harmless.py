"""Reads sanitised HTML as a parser of its own and says what in it could still do harm."""

from html.parser import HTMLParser

ALLOWED_SCHEMES = {"http", "https", "mailto", "tel"}
ADDRESSES = {"href", "src", "cite", "poster"}
FORBIDDEN_TAGS = {
    *("script", "style", "iframe", "frame", "object", "embed", "applet", "link", "meta", "base"),
    *("form", "input", "button", "select", "textarea", "svg", "math", "template", "noscript"),
    *("body", "html", "head", "title", "xmp", "plaintext", "marquee"),
}


class _Faults(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in FORBIDDEN_TAGS or "-" in tag:
            self.found.append(f"<{tag}>")
        self.found.extend(f"{tag} {name}={value}" for name, value in attrs if _harms(name, value))

    def handle_decl(self, decl: str) -> None:
        self.found.append(f"declaration {decl}")

    def handle_comment(self, data: str) -> None:
        self.found.append(f"comment {data}")


def _harms(name: str, value: str | None) -> bool:
    value = value or ""
    if name.startswith(("on", "hx-", "x-", "@", ":", "data-hx")) or name in {"style", "srcdoc"}:
        return True
    if name in {"target", "ping", "download", "contenteditable", "autofocus", "autoplay"}:
        return True
    if name in {"id", "name"}:
        return not value.startswith("h-")
    if name in ADDRESSES:
        return _scheme(value) not in ALLOWED_SCHEMES | {""}
    if name == "srcset":
        return any(_scheme(part) not in ALLOWED_SCHEMES | {""} for part in value.split(","))
    return name == "tabindex" and value != "0"


def _scheme(address: str) -> str:
    """As browsers read it: white space and controls are skipped, then letters up to a colon."""
    bare = "".join(char for char in address if char > " ").lower()
    head, colon, _ = bare.partition(":")
    return head if colon and not set(head) & set("/?#") else ""


def faults_in(html: str) -> list[str]:
    """What could run, fetch or clash; nothing for sanitised HTML."""
    reader = _Faults()
    reader.feed(html)
    reader.close()
    return reader.found
