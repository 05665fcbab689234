"""Addresses on the web: paths that can be redirected, and names made of them."""

import re
from collections.abc import Mapping
from datetime import date
from urllib.parse import unquote, urlsplit

from blog_core.slugs import MAX_SLUG_CHARS, slugify

MAX_PATH_CHARS = 1000

_PLACEHOLDER = re.compile(r":([a-z_]+)")
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\?#]")
_TEMPLATE = re.compile(r"\{[{%]|:[a-z_]+")


def slug_of(text: str) -> str:
    """The slug of a text that was one before: kept whole as far as a slug may be long."""
    return slugify(text, max_chars=MAX_SLUG_CHARS)


def path_of(address: str) -> str | None:
    """The path of an address as a redirect can use it, or None if it can be none.

    Scheme, host, query and fragment go; `/about` and `about` are the same. Addresses with template
    placeholders, dot segments, control characters or spaces are refused.
    """
    try:
        path = unquote(urlsplit(address.strip()).path)
    except ValueError:
        return None
    path = "/" + path.lstrip("/")
    is_refused = (
        path == "/"
        or not path.isprintable()
        or len(path) > MAX_PATH_CHARS
        or _UNSAFE.search(path)
        or _TEMPLATE.search(address)
        or {".", ".."} & set(path.split("/"))
    )
    return None if is_refused else path


def last_segment(path: str) -> str:
    """The name a path ends with, without a file ending: `/2015/05/21/tockingtime/`."""
    name = path.rstrip("/").rpartition("/")[2]
    stem = re.sub(r"\.html?$", "", name)
    if stem == "index":
        return last_segment(path.rstrip("/").rpartition("/")[0])
    return stem


def dated_path(pattern: str, day: date, name: str, categories: tuple[str, ...] = ()) -> str | None:
    """An address by a pattern such as `/:year/:month/:day/:title/`; None for unknown placeholders.

    The placeholders are Jekyll's and Hugo's.
    """
    parts: Mapping[str, str] = {
        "year": f"{day.year:04}",
        "short_year": f"{day.year % 100:02}",
        "month": f"{day.month:02}",
        "i_month": str(day.month),
        "day": f"{day.day:02}",
        "i_day": str(day.day),
        "y_day": f"{day.timetuple().tm_yday:03}",
        "categories": "/".join(categories),
        "output_ext": ".html",
        **dict.fromkeys(("title", "slug", "filename", "contentbasename"), name),
    }
    if any(key not in parts for key in _PLACEHOLDER.findall(pattern)):
        return None
    path = _PLACEHOLDER.sub(lambda match: parts[match[1]], pattern)
    return path_of(re.sub(r"/{2,}", "/", path))
