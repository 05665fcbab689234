"""The order of `plugins` is the order of calls."""

from blog_core.host import hook_names

from .conftest import Load
from .samples import CachePlugin, FakeCache, Listener, WrapPlugin


def test_plugins_are_called_in_the_order_of_the_list(load: Load) -> None:
    heard: list[str] = []
    loaded = load(*(Listener(name, heard) for name in ("first", "second", "third")))
    loaded.host.notify("blog_post_changed", blog=None, change="news")
    assert heard == [
        "first contributes",
        "second contributes",
        "third contributes",
        "first hears news",
        "second hears news",
        "third hears news",
    ]


def test_the_first_listed_wrapper_is_outermost(load: Load) -> None:
    order: list[str] = []
    cache = CachePlugin("inner", FakeCache())
    loaded = load(WrapPlugin("outer", order), cache, WrapPlugin("middle", order))
    assert [line for line in order if "wraps" in line] == [
        "middle wraps FakeCache",
        "outer wraps middle",
    ]
    assert getattr(loaded.ports.cache, "inner").name == "outer"  # noqa: B009 - not in the port
    assert loaded.status("outer").wraps == ("cache",)
    assert loaded.status("inner").provides == ("cache",)
    assert loaded.host.providers["cache"] == "inner"


def test_a_wrapper_goes_round_the_default_too(load: Load) -> None:
    order: list[str] = []
    load(WrapPlugin("outer", order))
    assert order == ["outer begins", "outer wraps NoCache"]


def test_the_hooks_are_these_seven() -> None:
    assert hook_names() == [
        "blog_contribute",
        "blog_query_executor",
        "blog_cache",
        "blog_stage_loader",
        "blog_text_optimizer",
        "blog_post_changed",
        "blog_health",
    ]
