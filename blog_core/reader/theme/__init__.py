"""The default theme: templates and static files that a site overrides by name.

A folder given first wins: its `blog/post.html` replaces ours, and may begin with
`{% extends "default/blog/post.html" %}` to change a block only.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined

THEME_DIR = Path(__file__).parent
TEMPLATES_DIR = THEME_DIR / "templates"
STATIC_DIR = THEME_DIR / "static"
DEFAULT_PREFIX = "default"


def theme_environment(
    asset: Callable[[str], str], *, folders: Sequence[Path] = (), auto_reload: bool = False
) -> Environment:
    """A Jinja environment for the reader's pages; `asset(name)` gives a static file's address.

    Everything but plain text is escaped, and a name that a page does not have is an error.
    """
    own = FileSystemLoader(TEMPLATES_DIR)
    environment = Environment(
        loader=ChoiceLoader(
            [FileSystemLoader(list(folders)), own, PrefixLoader({DEFAULT_PREFIX: own})]
        ),
        autoescape=_is_escaped,  # noqa: S701  all but plain text
        undefined=StrictUndefined,
        auto_reload=auto_reload,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = asset
    return environment


def _is_escaped(template: str | None) -> bool:
    return template is None or not template.endswith(".txt")
