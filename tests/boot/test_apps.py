"""Plugins in real apps: swapped, switched off, and different in each app of a process."""

import pytest

from blog_core.host.guards import GuardedCache
from blog_core.testing.trial import BlogMaker, TrialBlog
from tests.contracts import forty_line_cache


def home(blog: TrialBlog) -> str:
    answer = blog.client().get("/")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_a_forty_line_plugin_takes_the_caches_place(blog_app: BlogMaker) -> None:
    blog = blog_app(plugins=["tests.contracts.forty_line_cache"])
    blog.post("The first post")
    first = home(blog)
    with blog.statements() as log:
        assert home(blog) == first
    assert len(log) == 0
    blog.post("The second post")
    assert "The second post" in home(blog)


def test_switched_off_it_leaves_nothing_behind(
    blog_app: BlogMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BLOG_PLUGINS_DISABLED", "forty_line_cache")
    blog = blog_app(plugins=["tests.contracts.forty_line_cache"])
    blog.post("The first post")
    home(blog)
    with blog.statements() as log:
        assert "The first post" in home(blog)
    assert len(log) == 1
    assert blog.site.host.providers["cache"] == "core"


def test_two_apps_of_one_process_have_plugins_and_metrics_of_their_own(
    blog_app: BlogMaker,
) -> None:
    cached, plain = blog_app(plugins=[forty_line_cache]), blog_app(title="Plain")
    for blog in (cached, plain):
        blog.post(f"Of {blog.site.settings.core.title}")
        home(blog)
    assert "Of A blog" in home(cached)
    assert "Of Plain" in home(plain)
    cache = cached.site.ports.cache
    assert isinstance(cache, GuardedCache)
    assert cache.quarantine.plugin == "forty_line_cache"
    gets = 'blog_plugin_calls_total{method="get",plugin="forty_line_cache",port="cache"}'
    assert cached.site.metrics.sum_all()[gets] > 0
    assert gets not in plain.site.metrics.sum_all()


def test_the_port_calls_of_a_request_are_counted_for_everybody_to_sum(
    blog_app: BlogMaker,
) -> None:
    blog = blog_app()
    blog.post("The first post")
    run = 'blog_plugin_calls_total{method="run",plugin="core",port="executor"}'
    before = blog.site.metrics.sum_all()[run]
    home(blog)
    assert blog.site.metrics.sum_all()[run] == before + 1
