"""Plugins that do everything wrong, one thing at a time."""

import time
from collections.abc import Callable, Generator
from typing import Any

from blog_core.api import Setup, hookimpl

Fault = Callable[..., Any]


def raises(*_args: object, **_named: object) -> Any:
    raise RuntimeError("chaos")


def answers_nonsense(*_args: object, **_named: object) -> Any:
    return "nonsense"


class Sabotaged:
    """A provider with one method replaced; everything else is passed on."""

    def __init__(self, inner: object, method: str, fault: Fault) -> None:
        self._inner = inner
        setattr(self, method, fault)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class Chaos:
    """Wraps a port and spoils one of its methods. `slow_s` lets the method work, but late."""

    name = "chaos"

    def __init__(self, hook: str, method: str, fault: Fault | None, slow_s: float = 0.0) -> None:
        def wrap(setup: Setup) -> Generator[None, Any, Any]:
            inner = yield
            works = getattr(inner, method)

            def late(*args: Any, **named: Any) -> Any:
                time.sleep(slow_s)
                return works(*args, **named)

            return Sabotaged(inner, method, fault or late)

        setattr(self, hook, hookimpl(wrapper=True)(wrap))


class ChaosHook:
    """Implements one hook, badly."""

    name = "chaos"

    def __init__(self, hook: str, fault: Fault) -> None:
        def implementation() -> Any:
            return fault()

        setattr(self, hook, hookimpl(implementation))
