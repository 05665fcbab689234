"""Settings from several sources, laid over each other leaf by leaf; each value keeps its source."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sourced:
    """A raw value and where it was set, in words: "blog.toml", "BLOG_SITE_URL"."""

    value: Any = field(repr=False)
    source: str
    is_text: bool = False


class Layers:
    """The values set so far, by path: `("cache", "max_bytes")`. A later layer wins."""

    def __init__(self) -> None:
        self._leaves: dict[Path, Sourced] = {}

    def lay(self, values: Mapping[str, Any], source: str) -> None:
        """Lay a nested mapping over what is there."""
        for path, value in _leaves(values, ()):
            if value != {} or not self.below(*path):
                self.set(path, Sourced(value, source))

    def set(self, path: Path, leaf: Sourced) -> None:
        """Set one value; what stood above or below its path goes."""
        for known in list(self._leaves):
            shorter = min(len(known), len(path))
            if known[:shorter] == path[:shorter]:
                del self._leaves[known]
        self._leaves[path] = leaf

    def get(self, *path: str) -> Sourced | None:
        """The value set at exactly this path."""
        return self._leaves.get(path)

    def below(self, *path: str) -> dict[Path, Sourced]:
        """All values at or below a path, keyed by what follows it."""
        depth = len(path)
        return {
            known[depth:]: leaf for known, leaf in self._leaves.items() if known[:depth] == path
        }

    def names(self) -> list[str]:
        """The first parts of all paths, each once."""
        return list(dict.fromkeys(path[0] for path in self._leaves))


def _leaves(values: Mapping[str, Any], above: Path) -> Iterator[tuple[Path, Any]]:
    for key, value in values.items():
        path = (*above, str(key))
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, path)
        else:
            yield path, value


def nested(leaves: Mapping[Path, Any]) -> dict[str, Any]:
    """The nested form of values by path."""
    tree: dict[str, Any] = {}
    for path, value in leaves.items():
        branch = tree
        for part in path[:-1]:
            branch = branch.setdefault(part, {})
        branch[path[-1]] = value
    return tree
