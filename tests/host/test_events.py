"""Event hooks and health: each plugin by itself."""

import time
from types import SimpleNamespace
from typing import Any

import pytest

from blog_core.api import Contribute, Health, hookimpl

from .conftest import SHORT, Load, Loaded
from .samples import Broken, CachePlugin, Listener
from .test_guards import Failing


def changed(loaded: Loaded, change: str = "news") -> list[str]:
    return [
        answer.failure
        for answer in loaded.host.notify("blog_post_changed", blog=None, change=change)
    ]


def test_one_that_raises_stops_neither_the_others_nor_the_caller(load: Load) -> None:
    heard: list[str] = []
    loaded = load(
        Listener("a", heard), Broken("b", "blog_post_changed", KeyError("x")), Listener("c", heard)
    )
    assert changed(loaded) == ["", "KeyError: 'x'", ""]
    assert heard[-2:] == ["a hears news", "c hears news"]
    assert loaded.count("errors", "b", "blog_post_changed", "call") == 1


def test_one_that_keeps_raising_rests(load: Load) -> None:
    loaded = load(Broken("b", "blog_post_changed", KeyError("x")))
    failures = [changed(loaded)[0] for _ in range(SHORT.failures + 1)]
    assert failures[-1] == "rests after call: KeyError: 'x'"
    time.sleep(SHORT.rest_s)
    assert changed(loaded) == ["KeyError: 'x'"]


def site_of(loaded: Loaded) -> Any:
    well = SimpleNamespace(health=lambda: Health("a room", "ok", ""))
    return SimpleNamespace(ports=loaded.ports, changes=well, jobs=well, webhooks=well)


def healths(loaded: Loaded) -> dict[str, tuple[str, str]]:
    found = loaded.host.health(site_of(loaded))
    return {health.name: (health.status, health.text) for health in found}


def test_health_asks_hooks_and_checks(load: Load) -> None:
    class Well:
        name = "well"

        @hookimpl
        def blog_contribute(self, contribute: Contribute) -> None:
            contribute.health("disk", lambda site: Health("disk", "degraded", "nearly full"))
            contribute.health("odd", lambda site: "fine")  # type: ignore[arg-type,return-value]

        @hookimpl
        def blog_health(self) -> Health:
            return Health("well", "ok", "all is well")

    assert healths(load(Well())) == {
        "well.disk": ("degraded", "nearly full"),
        "well.odd": ("ill", "Its health check failed: returned str, not a Health."),
        "well": ("ok", "all is well"),
    }


def test_a_health_hook_that_raises_is_ill(load: Load) -> None:
    found = healths(load(Broken("bad", "blog_health", KeyError("x"))))
    assert found["bad"] == ("ill", "Its health check failed: KeyError: 'x'.")


def test_health_names_what_failed_and_what_is_off(load: Load) -> None:
    loaded = load(
        {"name": "nobody", "optional": True},
        CachePlugin("off", None),
        env={"BLOG_PLUGINS_DISABLED": "off"},
    )
    found = healths(loaded)
    assert found["nobody"][0] == "ill"
    assert found["nobody"][1].endswith("The core's default stands in.")
    assert found["off"] == ("degraded", "The plugin is switched off by BLOG_PLUGINS_DISABLED.")


@pytest.mark.parametrize("tags", [frozenset({"post:1", "post:2"})])
def test_health_tells_of_what_is_not_invalidated_yet(load: Load, tags: frozenset[str]) -> None:
    loaded = load(CachePlugin("bad", Failing("invalidate")))
    loaded.ports.cache.invalidate(tags)
    status, text = healths(loaded)["bad"]
    assert status == "ill"
    assert text.startswith("2 cache tags are not invalidated yet, because the cache fails:")


def test_health_tells_of_what_rests(load: Load) -> None:
    loaded = load(CachePlugin("bad", Failing("get")))
    for _ in range(SHORT.failures):
        loaded.ports.cache.get("key")
    status, text = healths(loaded)["bad"]
    assert (status, text) == (
        "ill",
        "cache rests after repeated failures, last get: ConnectionError: the cache is away.",
    )
