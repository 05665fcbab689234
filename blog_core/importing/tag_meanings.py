"""Template tags whose meaning is certain, whoever's syntax they are written in."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from blog_core.importing import markdown_pieces as md
from blog_core.importing.dates import date_in_file_name
from blog_core.importing.template_arguments import Arguments, unquoted


@dataclass(frozen=True, slots=True)
class Place:
    """Where a tag stands: inside HTML or not, in which folder of the archive, in whose syntax."""

    in_html: bool = False
    folder: str = ""
    is_liquid: bool = True


Meaning: TypeAlias = Callable[[Arguments, Place], str | None]
BlockMeaning: TypeAlias = Callable[[Arguments, str, Place], str | None]

_IMAGE_FILE = re.compile(r"\.(?:png|jpe?g|gif|webp|avif|svg)(?:[?#].*)?$", re.IGNORECASE)
_SRC = ("src", "image", "image_src", "img", "image_path", "path", "file")
_VIDEO_ID = re.compile(r"[\w-]{6,20}")
_YOUTUBE = re.compile(
    r"(?:https?:)?//(?:www\.|m\.)?(?:youtube(?:-nocookie)?\.com/(?:embed/|watch\?v=)|youtu\.be/)"
    r"([\w-]{6,20})"
)
_LOCAL = re.compile(r"(?![a-z][a-z0-9+.-]*:)[^/#.][^:]*/", re.IGNORECASE)


def image(args: Arguments, place: Place) -> str | None:
    """`{% image "path" "alt" %}`, `{{< figure src= alt= caption= >}}` and their relatives."""
    src = args.get(*_SRC)
    alt, caption = args.get("alt", "alt_text", "image_alt"), args.get("caption", "title")
    if not src:
        src, alt, caption = args.at(0), alt or args.at(1), caption or args.at(2)
        if not args.is_tidy:
            alt, caption = _rest_after(args.rest, src), ""
    return _shown(src, alt, caption, args.get("link", "href", "url"), place)


def image_with_class(args: Arguments, place: Place) -> str | None:
    """`{% image_with_class "path" "class" "alt" %}`; the class is of no use elsewhere."""
    alt = args.at(2) if args.is_tidy else _rest_after(args.rest, args.at(0), args.at(1))
    return _shown(args.at(0), alt, "", "", place)


def include(args: Arguments, place: Place) -> str | None:
    """An included template that was handed an image or a video. Others cannot be known."""
    name = args.at(0).lower()
    src = args.get(*_SRC, "url")
    if _IMAGE_FILE.search(src):
        named = {**args.named, "src": src}
        if src == args.named.get("url"):
            named.pop("url")
        return image(Arguments(args.rest, (), named), place)
    if "youtube" in name or "video" in name:
        return youtube(Arguments(args.rest, (args.get("id", "youtube_id", "video", "url"),)), place)
    return None


def youtube(args: Arguments, place: Place) -> str | None:
    """A YouTube film by its id or address, as a link to it."""
    wanted = args.get("id", "url", "src") or args.at(0)
    address = youtube_address(wanted)
    if address is None and _VIDEO_ID.fullmatch(wanted):
        address = f"https://www.youtube.com/watch?v={wanted}"
    if address is None:
        return None
    return md.link(address, args.get("title") or "Video on YouTube", in_html=place.in_html)


def youtube_address(address: str) -> str | None:
    """The page of a film whose embedded form `address` is, else None."""
    match = _YOUTUBE.match(address)
    return f"https://www.youtube.com/watch?v={match[1]}" if match else None


def vimeo(args: Arguments, place: Place) -> str | None:
    """A Vimeo film by its number."""
    number = args.get("id") or args.at(0)
    if not re.fullmatch(r"\d{4,12}", number):
        return None
    title = args.get("title") or "Video on Vimeo"
    return md.link(f"https://vimeo.com/{number}", title, in_html=place.in_html)


def gist(args: Arguments, place: Place) -> str | None:
    """A gist by `user/id` or `user id`, as a link to it."""
    parts = [part for argument in args.positional[:2] for part in argument.split("/")][:2]
    if not parts or not all(re.fullmatch(r"[\w.-]+", part) for part in parts):
        return None
    address = f"https://gist.github.com/{'/'.join(parts)}"
    return md.link(address, f"Gist {'/'.join(parts)}", in_html=place.in_html)


def post_on_x(args: Arguments, place: Place) -> str | None:
    """A post on X, formerly Twitter, by its number."""
    number = args.get("id") or args.at(0)
    if not re.fullmatch(r"\d{5,20}", number):
        return None
    user = args.get("user") or "i"
    address = f"https://twitter.com/{user}/status/{number}"
    return md.link(address, "Post on X", in_html=place.in_html)


def post_address(args: Arguments, _place: Place) -> str | None:
    """`{% post_url 2015-01-06-protosketch %}` and `{% link _posts/2015-01-06-protosketch.md %}`."""
    name = args.at(0)
    day, rest = date_in_file_name(re.sub(r"\.\w+$", "", name.rpartition("/")[2]))
    if day is not None:
        return f"/{day:%Y/%m/%d}/{rest}/"
    return "/" + name.lstrip("/") if name and not name.endswith((".md", ".markdown")) else None


def page_reference(args: Arguments, place: Place) -> str | None:
    """Hugo's `{{< ref "other.md#part" >}}`, as the path of that page."""
    name, mark, fragment = (args.get("path") or args.at(0)).partition("#")
    if not name:
        return f"#{fragment}" if fragment else None
    stem = re.sub(r"(?:/?_?index)?\.(?:md|markdown)$", "", name)
    folder = "" if stem.startswith("/") or not place.folder else f"/{place.folder}"
    return f"{folder}/{stem.strip('/')}/{mark}{fragment}"


def highlight(args: Arguments, inner: str, _place: Place) -> str | None:
    """A block of code, as a fence."""
    language = re.sub(r"^lang(?:uage)?:", "", args.at(0) or args.get("lang", "language"))
    return md.fence(inner, language if re.fullmatch(r"[\w+#.-]+", language) else "")


def callout(kind: str) -> BlockMeaning:
    """A box that says note, tip or warning; the first argument may say which."""

    def box(args: Arguments, inner: str, place: Place) -> str | None:
        named = (args.get("type", "kind", "class") or args.at(0)).lower()
        words = args.get("title", "text") or (args.at(1) if named in _ALERTS else "")
        title = f"**{words}**\n\n" if words else ""
        return _quoted(title + inner.strip(), f"[!{_ALERTS.get(named, kind)}]", place)

    return box


def block_quote(args: Arguments, inner: str, place: Place) -> str | None:
    """A quotation with whoever said it."""
    author = args.get("author", "by", "source", "cite") or args.at(0)
    return _quoted(inner.strip() + (f"\n\n— {author}" if author else ""), "", place)


def details(args: Arguments, inner: str, _place: Place) -> str | None:
    """A part that folds away."""
    summary = args.get("summary", "title") or args.at(0) or "Details"
    return f"<details>\n<summary>{summary}</summary>\n\n{inner.strip()}\n\n</details>"


def unwrapped(_args: Arguments, inner: str, _place: Place) -> str | None:
    """A wrapper that only says how its content is to be read."""
    return inner


def root_relative(path: str) -> str:
    """`assets/a.png` as `/assets/a.png`: generators count from the root of the site."""
    return f"/{path}" if _LOCAL.match(path) else path


def _shown(src: str, alt: str, caption: str, link: str, place: Place) -> str | None:
    if not src:
        return None
    src = root_relative(src) if place.is_liquid else src
    if alt.count('"') == 2:
        alt = unquoted(alt)
    return md.image(src, alt, caption=caption, link=link, in_html=place.in_html)


def _quoted(text: str, heading: str, place: Place) -> str | None:
    """A quotation; inside HTML, where Markdown's form would not be read, None."""
    return None if place.in_html else md.quote(text, heading)


def _rest_after(text: str, *arguments: str) -> str:
    """What follows `arguments` in an untidy tag, without the quotes at its ends."""
    for argument in arguments:
        text = text.partition(argument)[2].lstrip("\"'")
    return " ".join(text.strip(" \t\r\n,").strip("\"'").split())


_ALERTS = {
    "note": "NOTE", "info": "NOTE", "notice": "NOTE", "tip": "TIP", "success": "TIP",
    "hint": "TIP", "important": "IMPORTANT", "warning": "WARNING", "warn": "WARNING",
    "attention": "WARNING", "caution": "CAUTION", "danger": "CAUTION", "error": "CAUTION",
}  # fmt: skip

MEANINGS: Mapping[str, Meaning] = {
    "image": image, "img": image, "figure": image, "picture": image, "responsive_image": image,
    "image_with_class": image_with_class,
    "include": include, "include_relative": include, "include_cached": include,
    "youtube": youtube, "vimeo": vimeo, "gist": gist,
    "tweet": post_on_x, "twitter": post_on_x, "x": post_on_x,
    "post_url": post_address, "link": post_address,
    "ref": page_reference, "relref": page_reference,
}  # fmt: skip
BLOCK_MEANINGS: Mapping[str, BlockMeaning] = {
    "highlight": highlight, "codeblock": highlight,
    "quote": block_quote, "blockquote": block_quote, "pullquote": block_quote,
    "details": details, "rawhtml": unwrapped, "raw_html": unwrapped, "markdown": unwrapped,
    "note": callout("NOTE"), "info": callout("NOTE"), "notice": callout("NOTE"),
    "callout": callout("NOTE"), "alert": callout("NOTE"), "admonition": callout("NOTE"),
    "tip": callout("TIP"), "hint": callout("TIP"), "important": callout("IMPORTANT"),
    "warning": callout("WARNING"), "caution": callout("CAUTION"), "danger": callout("CAUTION"),
}  # fmt: skip
