"""Call a plugin while the app is made; whatever it raises becomes one `PluginError`."""

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any, TypeVar

from blog_core.errors import PluginError
from blog_core.host.status import PluginStatus

T = TypeVar("T")


def attempt(status: PluginStatus, what: str, call: Callable[..., T], *arguments: object) -> T:
    """The call's result, its time added to the plugin's start. Raises `PluginError`."""
    start = perf_counter()
    try:
        return call(*arguments)
    except PluginError:
        raise
    except Exception as error:  # a plugin may raise anything
        raise PluginError(
            f"Plugin {status.name!r} could not start: {what} raised "
            f"{type(error).__name__}: {error}. Mend it, take it out of `plugins`, or start without "
            f"it by BLOG_PLUGINS_DISABLED={status.name}."
        ) from error
    finally:
        status.start_s += perf_counter() - start


def call_hook(implementation: Any, available: Mapping[str, object]) -> Any:
    """Call one implementation with those of the hook's arguments that it names."""
    return implementation.function(*(available[name] for name in implementation.argnames))
