"""What a plugin's hooks must be before it is let in; each refusal says what to do."""

import inspect
from collections.abc import Iterator
from difflib import get_close_matches

import pluggy

from blog_core import hookspecs
from blog_core.errors import PluginError
from blog_core.hookspecs import HOOK_API
from blog_core.host.port_table import PORTS

_WRAPPABLE = frozenset(port.hook for port in PORTS)


def hook_names() -> list[str]:
    """All hooks there are."""
    marker = f"{hookspecs.PROJECT}_spec"
    return [name for name in vars(hookspecs) if hasattr(getattr(hookspecs, name), marker)]


def hooks_of(manager: pluggy.PluginManager, name: str, plugin: object) -> tuple[str, ...]:
    """The hooks a plugin implements. Raises `PluginError` with everything wrong about them."""
    faults = list(_faults(manager, plugin))
    if faults:
        raise PluginError(f"Plugin {name!r} {'; it '.join(faults)}.")
    return tuple(hook for hook, _ in _implementations(manager, plugin))


def _faults(manager: pluggy.PluginManager, plugin: object) -> Iterator[str]:
    declared = getattr(plugin, "BLOG_HOOK_API", HOOK_API)
    if declared != HOOK_API:
        yield (
            f"was written for hook API {declared!r}, and this blog speaks {HOOK_API}. Install the "
            f"release of the plugin that fits, or the blog's that speaks {declared!r}"
        )
        return
    known = hook_names()
    found = dict(_implementations(manager, plugin))
    for hook, options in found.items():
        if hook not in known:
            yield f"implements the unknown hook {hook!r}; {_nearest(hook, known)}"
        elif options["hookwrapper"] or (options["wrapper"] and hook not in _WRAPPABLE):
            yield _wrapper_fault(hook)
        if options["tryfirst"] or options["trylast"]:
            yield f"asks to be called first or last in {hook}; the order of `plugins` decides that"
    unmarked = [hook for hook in known if hook not in found and _is_function(plugin, hook)]
    for hook in unmarked:
        yield f"has a function {hook} without @hookimpl; mark it"
    if not found and not unmarked:
        yield f"implements no hook of the blog; known are {', '.join(known)}"


def _wrapper_fault(hook: str) -> str:
    if hook in _WRAPPABLE:
        return f"wraps {hook} in pluggy's old way; use @hookimpl(wrapper=True)"
    wrappable = ", ".join(sorted(_WRAPPABLE))
    return f"wraps {hook}, which every plugin answers by itself; only {wrappable} can be wrapped"


def _implementations(
    manager: pluggy.PluginManager, plugin: object
) -> Iterator[tuple[str, "pluggy.HookimplOpts"]]:
    for attribute in dir(plugin):
        options = manager.parse_hookimpl_opts(plugin, attribute)
        if options is not None:
            yield options.get("specname") or attribute, options


def _is_function(plugin: object, name: str) -> bool:
    return inspect.isroutine(inspect.getattr_static(plugin, name, None))


def _nearest(hook: str, known: list[str]) -> str:
    close = get_close_matches(hook, known, n=1)
    return f"{close[0]!r} is meant, perhaps" if close else f"known are {', '.join(known)}"
