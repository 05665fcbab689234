"""What stops the boot, and the sentence it stops with."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from blog_core.api import Contribute, PluginError, hookimpl
from blog_core.errors import PluginConflict, PluginNotFound

from .conftest import Load
from .samples import Broken, CachePlugin, FakeCache


def refusal(load: Load, *plugins: object, **more: Any) -> str:
    with pytest.raises(PluginError) as caught:
        load(*plugins, **more)
    return str(caught.value)


def test_an_unknown_name_lists_the_installed_plugins(load: Load) -> None:
    with pytest.raises(PluginNotFound) as caught:
        load("cahce")
    assert str(caught.value) == (
        "Plugin 'cahce' was not found. Installed plugins: cache, db_opt, llm, workflow. "
        "Correct the name in `plugins`, or install the package that provides it."
    )


def test_a_misspelt_hook_gets_the_nearest_name(load: Load) -> None:
    class Misspelt:
        @hookimpl
        def blog_cahce(self) -> None: ...

    assert refusal(load, Misspelt()) == (
        "Plugin 'misspelt' implements the unknown hook 'blog_cahce'; "
        "'blog_cache' is meant, perhaps."
    )


def test_a_hook_without_its_mark_is_told(load: Load) -> None:
    class Unmarked:
        def blog_health(self) -> None: ...

    assert "has a function blog_health without @hookimpl; mark it" in refusal(load, Unmarked())


def test_a_module_without_hooks_is_no_plugin(load: Load) -> None:
    text = refusal(load, "json.decoder")
    assert "Plugin 'decoder' implements no hook of the blog; known are blog_contribute" in text


def test_an_unknown_argument_is_told(load: Load) -> None:
    class Odd:
        @hookimpl
        def blog_cache(self, settings: Any) -> None: ...

    text = refusal(load, Odd())
    assert "'odd'" in text
    assert "{'settings'}" in text


def test_two_providers_of_one_port_are_refused_before_either_is_asked(load: Load) -> None:
    plugins = CachePlugin("one", FakeCache()), Broken("two", "blog_cache", KeyError("asked"))
    with pytest.raises(PluginConflict) as caught:
        load(*plugins)
    assert str(caught.value) == (
        "Plugins 'one' and 'two' both provide blog_cache. Remove one of them from `plugins`."
    )


def test_half_a_port_is_refused_with_what_is_missing(load: Load) -> None:
    class Half:
        levels: frozenset[str] = frozenset()

        def get(self, key: str) -> None: ...

    text = refusal(load, CachePlugin("half", Half()))
    assert text == (
        "Plugin 'half' returned a Half from blog_cache, which has no lease, put, invalidate. "
        "See blog_core.ports.Cache for what it must have."
    )


def test_a_method_that_cannot_be_called_as_the_port_does_is_refused(load: Load) -> None:
    class OldPut(FakeCache):
        def put(self, key: str, value: bytes) -> bool:  # type: ignore[override]
            return True

    text = refusal(load, CachePlugin("old", OldPut()))
    assert "has put(key: str, value: bytes) -> bool where the port calls" in text
    assert "put(lease, value, ttl_s=…, cache_tags=…)" in text


def test_a_wrapper_of_an_event_is_refused(load: Load) -> None:
    class Wraps:
        @hookimpl(wrapper=True)
        def blog_post_changed(self) -> Iterator[None]:
            yield

    text = refusal(load, Wraps())
    assert "wraps blog_post_changed, which every plugin answers by itself" in text
    assert "only blog_cache, blog_query_executor" in text


def test_a_wrapper_that_never_returns_is_refused(load: Load) -> None:
    class Twice:
        @hookimpl(wrapper=True)
        def blog_cache(self) -> Any:
            yield
            yield

    assert "yields once and then returns its object" in refusal(load, Twice())


def test_asking_to_be_first_is_refused(load: Load) -> None:
    class First:
        @hookimpl(tryfirst=True)
        def blog_health(self) -> None: ...

    assert "the order of `plugins` decides that" in refusal(load, First())


def test_another_hook_api_is_told(load: Load) -> None:
    class Future:
        BLOG_HOOK_API = 2

        @hookimpl
        def blog_health(self) -> None: ...

    assert "was written for hook API 2, and this blog speaks 1" in refusal(load, Future())


def test_the_same_name_twice_is_refused(load: Load) -> None:
    twice = CachePlugin("same", FakeCache()), CachePlugin("same", FakeCache())
    assert refusal(load, *twice) == "`plugins` names 'same' twice. Remove one of them."


@pytest.mark.parametrize("hook", ["blog_contribute", "blog_cache", "blog_query_executor"])
def test_a_plugin_that_raises_at_boot_stops_it(load: Load, hook: str) -> None:
    text = refusal(load, Broken("bad", hook, KeyError("lost")))
    assert text == (
        f"Plugin 'bad' could not start: {hook} raised KeyError: 'lost'. Mend it, take it out of "
        f"`plugins`, or start without it by BLOG_PLUGINS_DISABLED=bad."
    )


def test_a_module_that_raises_on_import_is_told(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bad_plugin_one.py").write_text("import a_module_nobody_has")
    (tmp_path / "bad_plugin_two.py").write_text("1 / 0")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "No module named 'a_module_nobody_has'" in refusal(load, "bad_plugin_one:x")
    assert "ZeroDivisionError: division by zero" in refusal(load, "bad_plugin_two:plugin")


def test_a_missing_attribute_is_told(load: Load) -> None:
    assert "(json has no 'plugin')" in refusal(load, "json:plugin")


@pytest.mark.parametrize(
    "add,fault",
    [
        (lambda c: c.job("send", print), "adds the job 'send'. Its name must start with 'mine.'"),
        (lambda c: c.migrations(Path("/nowhere")), "adds the folder /nowhere: no such folder"),
    ],
)
def test_reaching_into_anothers_names_is_refused(load: Load, add: Any, fault: str) -> None:
    class Mine:
        @hookimpl
        def blog_contribute(self, contribute: Contribute) -> None:
            add(contribute)

    assert fault in refusal(load, Mine())
