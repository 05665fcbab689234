"""Where a post was found before, and what it will be called."""

from dataclasses import dataclass
from datetime import date

from blog_core.importing.addresses import dated_path, last_segment, path_of, slug_of
from blog_core.importing.dates import date_in_file_name, written_day
from blog_core.importing.fields import Fields, key_form, truth_of
from blog_core.importing.labels import category_folders
from blog_core.importing.plain_values import text_of
from blog_core.importing.source import Source


@dataclass(frozen=True, slots=True)
class Addresses:
    """What a post will be called, and every path that led to it so far."""

    slug: str
    redirects: tuple[str, ...]


def addresses_of(fields: Fields, source: Source) -> Addresses:
    """The slug by front matter, own address or file name; the old paths by all that says so."""
    name = date_in_file_name(source.name)[1]
    own = _own_path(fields, source)
    wanted = fields.text("slug") or (last_segment(own) if own else "") or name
    usual = [] if own else _usual_paths(source, wanted, name)
    paths = dict.fromkeys([*([own] if own else []), *_aliases(fields, source), *usual])
    return Addresses(slug_of(wanted), tuple(paths))


def _own_path(fields: Fields, source: Source) -> str | None:
    """The address that the file claims for itself, unless it is a pattern."""
    for key, value in fields.find("permalink", "url", "path"):
        text = text_of(value)
        path = path_of(text) if text and truth_of(value) is None else None
        if path is not None:
            fields.place(key)
            return path
        if text:
            source.notes.append(f"{key}: {text[:80]!r} is no plain path; left in the extras")
    return None


def _aliases(fields: Fields, source: Source) -> list[str]:
    paths: list[str] = []
    for key, value in fields.find("aliases", "alias", "redirectFrom", "redirects"):
        items = value if isinstance(value, list) else [value]
        found = [(text_of(item), path_of(text_of(item))) for item in items if text_of(item)]
        refused = [text for text, path in found if path is None]
        if refused:
            source.notes.append(
                f"{key}: {refused[0][:80]!r} can be no redirect; left in the extras"
            )
        else:
            fields.place(key)
        paths += [path for _, path in found if path]
    return paths


def _usual_paths(source: Source, wanted: str, name: str) -> list[str]:
    """The addresses that the generator gave by habit."""
    habits = source.habits
    if habits.has_path_addresses:
        path = path_of(f"{source.folder}/{wanted}/")
        return [path] if path else []
    file_day = date_in_file_name(source.name)[0]
    if file_day is None:
        return []
    days = dict.fromkeys((file_day, _written_day(source) or file_day))
    names = dict.fromkeys((wanted, name))
    categories = tuple(category_folders(source))
    found = (
        dated_path(pattern, day, each, categories)
        for pattern in habits.address_patterns
        for day in days
        for each in names
    )
    return [path for path in found if path]


def _written_day(source: Source) -> date | None:
    """The day in `date` as it stands there: generators make addresses of it, not of UTC."""
    text = next((text_of(v) for key, v in source.values.items() if key_form(key) == "date"), "")
    return written_day(text)
