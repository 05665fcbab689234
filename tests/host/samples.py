"""Small plugins for the host's tests."""

from collections.abc import Mapping
from typing import Any

from blog_core.api import (
    Actor,
    Cache,
    CacheTags,
    Contribute,
    Entry,
    Lease,
    SettingsModel,
    Setup,
    TextAction,
    hookimpl,
)


class FakeCache:
    """Holds one entry, in the right form."""

    levels: frozenset[str] = frozenset({"shared-stamps"})

    def __init__(self, entry: Entry | None = None) -> None:
        self.entry = entry
        self.invalidated: list[Any] = []

    def get(self, key: str) -> Entry | None:
        return self.entry

    def lease(self, key: str, wait_s: float) -> Lease:
        return Lease(key, True, None, lambda: None)

    def put(self, lease: Lease, value: bytes, *, ttl_s: float, cache_tags: CacheTags) -> bool:
        return True

    def invalidate(self, cache_tags: Any) -> None:
        self.invalidated.append(cache_tags)


class CachePlugin:
    """Provides the cache it is given."""

    def __init__(self, name: str, cache: object) -> None:
        self.name, self.cache = name, cache

    @hookimpl
    def blog_cache(self) -> Any:
        return self.cache


class Wrapping(FakeCache):
    """A cache round another one."""

    def __init__(self, name: str, inner: Cache) -> None:
        super().__init__()
        self.name, self.inner = name, inner


class WrapPlugin:
    """Wraps whatever cache there is, and notes the order."""

    def __init__(self, name: str, order: list[str]) -> None:
        self.name, self.order = name, order

    @hookimpl(wrapper=True)
    def blog_cache(self) -> Any:
        self.order.append(f"{self.name} begins")
        inner = yield
        self.order.append(f"{self.name} wraps {getattr(inner, 'name', type(inner).__name__)}")
        return Wrapping(self.name, inner)


class Listener:
    """Notes what it is told, in a list it shares."""

    def __init__(self, name: str, heard: list[str]) -> None:
        self.name, self.heard = name, heard

    @hookimpl
    def blog_contribute(self) -> None:
        self.heard.append(f"{self.name} contributes")

    @hookimpl
    def blog_post_changed(self, change: Any) -> None:
        self.heard.append(f"{self.name} hears {change}")


class OwnSettings(SettingsModel):
    """A section."""

    size: int = 1


class WithSettings:
    """Has a section and reads it."""

    name = "sized"
    found: int = 0

    @hookimpl
    def blog_contribute(self, contribute: Contribute) -> None:
        contribute.settings(OwnSettings)

    @hookimpl
    def blog_cache(self, setup: Setup) -> Any:
        self.found = setup.section(OwnSettings).size
        return FakeCache()


class Broken:
    """Raises in the hook it is told to."""

    def __init__(self, name: str, hook: str, error: BaseException) -> None:
        def raises() -> None:
            raise error

        self.name = name
        setattr(self, hook, hookimpl(raises))


class FakeText:
    """A text port whose answers a test chooses."""

    def __init__(self, **answers: Any) -> None:
        self._answers = answers

    def _answer(self, method: str) -> Any:
        answer = self._answers.get(method)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def clean_prompt(self, text: str) -> str:
        return self._answer("clean_prompt")  # type: ignore[no-any-return]

    def clean_response(self, text: str) -> str:
        return self._answer("clean_response")  # type: ignore[no-any-return]

    def actions(self) -> tuple[TextAction, ...]:
        return self._answer("actions")  # type: ignore[no-any-return]

    def run(self, action: str, text: str, *, actor: Actor) -> str:
        return self._answer("run")  # type: ignore[no-any-return]


class FakeStages(FakeText):
    """A stage port whose answers a test chooses."""

    def load(self, post_id: int, stage_id: str) -> Mapping[str, object]:
        return self._answer("load")  # type: ignore[no-any-return]

    def validate(self, data: Mapping[str, object]) -> bool:
        return self._answer("validate")  # type: ignore[no-any-return]

    def may(self, post_id: int, actor: Actor, transition: str) -> Any:
        return self._answer("may")
