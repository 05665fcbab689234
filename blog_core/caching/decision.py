"""What was decided about one request, for whoever explains it or serves the next one sooner."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from blog_core.ports import CacheTags

_PLACE = "blog.cache"


@dataclass(frozen=True, slots=True)
class Decision:
    """`outcome` is one of `counts.OUTCOMES`; `reason` says why a built page was not stored."""

    key: str
    outcome: str
    cache_tags: CacheTags = frozenset()
    reason: str = ""

    @property
    def is_kept(self) -> bool:
        """Whether the cache holds what was answered."""
        return self.outcome in {"hit", "stored"}

    def note(self, environ: dict[str, Any]) -> None:
        """Leave it in the WSGI environment."""
        environ[_PLACE] = self


def decision_of(environ: Mapping[str, Any]) -> Decision | None:
    """The decision about this request, if its route is one that may be cached."""
    found = environ.get(_PLACE)
    return found if isinstance(found, Decision) else None
