"""The four ports by hook: their protocols, what a provider must have, and its checks at boot."""

import inspect
from dataclasses import dataclass
from typing import Any

from blog_core.errors import PluginError
from blog_core.ports import Cache, QueryExecutor, StageLoader, TextOptimizer

_MISSING = object()


@dataclass(frozen=True, slots=True)
class Port:
    """One port: the hook that provides it, its short name in metrics, and its protocol."""

    hook: str
    name: str
    protocol: type

    @property
    def members(self) -> dict[str, Any]:
        """The methods and properties of the protocol."""
        return {
            name: member
            for name, member in vars(self.protocol).items()
            if not name.startswith("_") and (callable(member) or isinstance(member, property))
        }

    def check(self, provider: object, plugin: str) -> None:
        """Refuse half a port, and methods that cannot be called as the port calls them."""
        missing = [name for name in self.members if not _has(provider, name)]
        wrong = [
            text
            for name, member in self.members.items()
            if name not in missing and (text := _odd_signature(provider, name, member))
        ]
        if missing or wrong:
            lacks = f"has no {', '.join(missing)}" if missing else ""
            raise PluginError(
                f"Plugin {plugin!r} returned a {type(provider).__name__} from {self.hook}, which "
                f"{' and '.join(filter(None, [lacks, *wrong]))}. "
                f"See blog_core.ports.{self.protocol.__name__} for what it must have."
            )


PORTS = (
    Port("blog_query_executor", "executor", QueryExecutor),
    Port("blog_cache", "cache", Cache),
    Port("blog_stage_loader", "stages", StageLoader),
    Port("blog_text_optimizer", "text", TextOptimizer),
)
"""In the order in which providers are asked."""


def _has(provider: object, name: str) -> bool:
    # Static first: a property must not run only to see that it is there.
    return inspect.getattr_static(provider, name, _MISSING) is not _MISSING or hasattr(
        provider, name
    )


def _odd_signature(provider: object, name: str, member: Any) -> str:
    if isinstance(member, property):
        return ""
    method = getattr(provider, name)
    if not callable(method):
        return f"has a {name} that is no method"
    try:
        signature = inspect.signature(method)
    except (TypeError, ValueError):
        return ""
    wanted = list(inspect.signature(member).parameters.values())[1:]
    positional = [p.name for p in wanted if p.kind is not p.KEYWORD_ONLY]
    named = {p.name: None for p in wanted if p.kind is p.KEYWORD_ONLY}
    try:
        signature.bind(*positional, **named)
    except TypeError:
        call = ", ".join([*positional, *(f"{key}=…" for key in named)])
        return f"has {name}{signature} where the port calls {name}({call})"
    return ""
