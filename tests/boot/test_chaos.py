"""Whatever a plugin does wrong: the boot refuses it, or the reader sees the page."""

from typing import Any

import pytest

from blog_core.errors import PluginError, PluginFailed
from blog_core.testing.trial import BlogMaker, TrialBlog
from tests.contracts import forty_line_cache

from .chaos import Chaos, ChaosHook, Fault, answers_nonsense, raises

FAULTS = [raises, answers_nonsense]
CACHE_METHODS = ["get", "lease", "put", "invalidate"]


def page(blog: TrialBlog) -> tuple[int, str]:
    answer = blog.client().get("/")
    return answer.status_code, answer.get_data(as_text=True)


def titles_seen(blog: TrialBlog, *titles: str) -> bool:
    status, text = page(blog)
    return status == 200 and all(title in text for title in titles)


@pytest.mark.parametrize("fault", [*FAULTS, None])
@pytest.mark.parametrize("method", CACHE_METHODS)
def test_with_a_bad_cache_readers_see_the_present_page(
    blog_app: BlogMaker, method: str, fault: Fault | None
) -> None:
    chaos = Chaos("blog_cache", method, fault, slow_s=0.3)
    blog = blog_app(plugins=[chaos, forty_line_cache])
    blog.post("The first post")
    for _ in range(3):
        assert titles_seen(blog, "The first post")
    blog.post("The second post")
    for _ in range(7):
        assert titles_seen(blog, "The first post", "The second post")


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("method", ["clean_prompt", "clean_response", "actions", "run"])
def test_with_a_bad_text_optimiser_readers_and_editors_see_their_pages(
    blog_app: BlogMaker, method: str, fault: Fault
) -> None:
    blog = blog_app(plugins=[Chaos("blog_text_optimizer", method, fault)])
    post_id = blog.post("The first post")
    assert titles_seen(blog, "The first post")
    assert blog.signed_in("admin").get("/admin/").status_code == 200
    assert blog.site.ports.text.clean_prompt(f"post {post_id}") == f"post {post_id}"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_stage_loader_that_cannot_answer_publishes_nothing(
    blog_app: BlogMaker, fault: Fault
) -> None:
    blog = blog_app(plugins=[Chaos("blog_stage_loader", "may", fault)])
    with pytest.raises(PluginFailed, match=r"'chaos' failed in StageLoader\.may"):
        blog.post("Never to be seen")
    blog.post("A draft", published=False)
    status, text = page(blog)
    assert status == 200
    assert "Never to be seen" not in text


@pytest.mark.parametrize("method", ["load", "validate"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_stage_loader_costs_readers_nothing(
    blog_app: BlogMaker, method: str, fault: Fault
) -> None:
    blog = blog_app(plugins=[Chaos("blog_stage_loader", method, fault)])
    blog.post("The first post")
    assert titles_seen(blog, "The first post")


@pytest.mark.parametrize("fault", FAULTS)
def test_an_executor_that_fails_is_an_error_page_that_says_so(
    blog_app: BlogMaker, fault: Fault
) -> None:
    blog = blog_app(plugins=[Chaos("blog_query_executor", "run", fault)])
    status, text = page(blog)
    assert status == 503
    assert "Traceback" not in text


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("hook", ["blog_post_changed", "blog_health"])
def test_a_bad_listener_harms_neither_the_save_nor_the_reader(
    blog_app: BlogMaker, hook: str, fault: Fault
) -> None:
    blog = blog_app(plugins=[ChaosHook(hook, fault)])
    blog.post("The first post")
    assert titles_seen(blog, "The first post")
    assert all(health.name for health in blog.site.host.health(blog.site))


@pytest.mark.parametrize(
    "hook",
    [
        "blog_contribute",
        "blog_query_executor",
        "blog_cache",
        "blog_stage_loader",
        "blog_text_optimizer",
    ],
)
def test_a_hook_that_raises_at_boot_is_refused_by_name(blog_app: BlogMaker, hook: str) -> None:
    with pytest.raises(PluginError, match=f"Plugin 'chaos' could not start: {hook} raised"):
        blog_app(plugins=[ChaosHook(hook, raises)])


@pytest.mark.parametrize(
    "hook", ["blog_query_executor", "blog_cache", "blog_stage_loader", "blog_text_optimizer"]
)
def test_a_provider_that_is_nonsense_is_refused(blog_app: BlogMaker, hook: str) -> None:
    with pytest.raises(PluginError, match=f"returned a str from {hook}, which has no "):
        blog_app(plugins=[ChaosHook(hook, answers_nonsense)])


def test_an_optional_plugin_that_cannot_start_is_left_out(blog_app: BlogMaker) -> None:
    bad: Any = {"name": ChaosHook("blog_cache", raises), "optional": True}
    blog = blog_app(plugins=[bad])
    blog.post("The first post")
    assert titles_seen(blog, "The first post")
    assert [health.status for health in blog.site.host.health(blog.site)] == ["ill"]
