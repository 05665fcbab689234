"""The complete key of an entry: release, blog, namespace, name."""

from typing import TYPE_CHECKING

from blog_core import __version__
from blog_core.caching.keys import digest

if TYPE_CHECKING:
    from blog_core.settings import Settings

_OTHER_HOSTS_DIFFER = {"secret_key", "data_dir", "theme_dir", "serve", "mail"}
FORMAT = 1
"""Of keys, pages and values; another number makes every entry that was stored before unknown."""


def key_prefix(blog: str, settings: "Settings") -> str:
    """What all keys of one blog begin with.

    It changes with the release and with every setting: no page of another one is ever read, even
    where the store outlives the process.
    """
    told = settings.core.model_dump(mode="json", exclude=_OTHER_HOSTS_DIFFER)
    plugins = sorted(settings.sections)
    return f"blog:{blog}:{digest(FORMAT, __version__, told, plugins)[:8]}"
