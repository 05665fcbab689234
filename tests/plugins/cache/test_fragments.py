"""Pieces of templates and values: kept by themselves, and inherited by what holds them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from jinja2 import DictLoader, Environment
from sqlalchemy import text

from blog_core.caching import NAMESPACES, cached, install_fragments
from blog_core.changes import collecting, depend, expire_at
from blog_core.errors import UnsupportedValue
from blog_core.testing.trial import TrialBlog
from tests.plugins.cache.conftest import BlogMaker

API = NAMESPACES["api"]


@pytest.fixture
def blog(make_blog: BlogMaker, sqlite_url: str) -> TrialBlog:
    blog = make_blog(sqlite_url)
    blog.post("Hello")
    return blog


def touch(blog: TrialBlog) -> None:
    with blog.site.transaction(blog.account()) as session:
        session.execute(text("UPDATE post SET words = words + 1 WHERE id = 1"))


class Render:
    """Renders a template that holds a piece; `made` counts how often the piece was made."""

    def __init__(self, blog: TrialBlog, tag: str | None = "post:1") -> None:
        self.made, self._tag = 0, tag
        self.templates = {
            "page": "{% call cached('piece', key) %}<b>{{ make() }} {{ key }}</b>{% endcall %}"
        }
        self.environment = Environment(loader=DictLoader(self.templates), autoescape=True)
        install_fragments(self.environment, blog.site)

    def __call__(self, key: object = "a") -> str:
        return self.environment.get_template("page").render(key=key, make=self._make)

    def _make(self) -> int:
        if self._tag:
            depend(self._tag)
        self.made += 1
        return self.made


def test_a_piece_is_made_once_for_each_key(blog: TrialBlog) -> None:
    render = Render(blog)
    assert [render("a"), render("a"), render("b"), render("a")] == [
        "<b>1 a</b>",
        "<b>1 a</b>",
        "<b>2 b</b>",
        "<b>1 a</b>",
    ]


def test_a_piece_ends_with_what_it_depends_on(blog: TrialBlog) -> None:
    render = Render(blog)
    render()
    touch(blog)
    assert render() == "<b>2 a</b>"


def test_a_piece_that_depends_on_nothing_is_made_each_time(blog: TrialBlog) -> None:
    render = Render(blog, tag=None)
    assert [render(), render()] == ["<b>1 a</b>", "<b>2 a</b>"]


def test_what_was_escaped_stays_escaped_and_once(blog: TrialBlog) -> None:
    render = Render(blog)
    first = render("<script>")
    assert first == "<b>1 &lt;script&gt;</b>" == render("<script>")


def test_another_text_of_the_template_makes_another_piece(blog: TrialBlog) -> None:
    render = Render(blog)
    render()
    render.templates["page"] = render.templates["page"].replace("<b>", "<i>")
    assert render() == "<i>2 a</b>"


@pytest.mark.parametrize("times", [1, 2])
def test_a_page_inherits_what_its_pieces_depend_on_also_from_kept_ones(
    blog: TrialBlog, times: int
) -> None:
    render = Render(blog)
    for _ in range(times):
        with collecting() as page:
            render()
    assert page.cache_tags == {"post:1"}
    assert page.not_after is not None


def test_a_value_is_built_once_and_ends_with_its_tags(blog: TrialBlog) -> None:
    calls = []

    def build() -> dict[str, int]:
        calls.append(1)
        return {"n": len(calls)}

    def get() -> dict[str, int]:
        return cached(blog.site, API, ("n", 1), build, cache_tags=frozenset({"post:1"}))

    assert [get(), get()] == [{"n": 1}, {"n": 1}]
    touch(blog)
    assert get() == {"n": 2}


@pytest.mark.parametrize("wrong", [{7}, "post:1", None])
def test_tags_that_are_no_texts_are_refused_before_anything_is_built(
    blog: TrialBlog, wrong: Any
) -> None:
    with pytest.raises(TypeError, match=r"cache.tag"):
        cached(blog.site, API, "x", lambda: pytest.fail("built"), cache_tags=wrong)


def test_values_inside_values_end_the_outer_one(blog: TrialBlog) -> None:
    numbers = iter(range(10))

    def inner() -> int:
        depend("post:1")
        return next(numbers)

    def outer() -> list[int]:
        return [cached(blog.site, API, "inner", inner)]

    assert cached(blog.site, API, "outer", outer) == [0]
    assert cached(blog.site, API, "outer", outer) == [0]
    touch(blog)
    assert cached(blog.site, API, "outer", outer) == [1]


def test_a_value_is_not_kept_beyond_the_instant_its_builder_names(blog: TrialBlog) -> None:
    calls = []

    def build() -> int:
        calls.append(1)
        expire_at(datetime.now(UTC) - timedelta(seconds=1))
        return len(calls)

    assert [cached(blog.site, API, "x", build) for _ in range(2)] == [1, 2]


def test_inside_a_transaction_that_has_written_values_are_built(blog: TrialBlog) -> None:
    assert cached(blog.site, API, "x", lambda: 1) == 1
    with blog.site.transaction(blog.account()) as session:
        session.execute(text("UPDATE post SET words = words + 1"))
        assert cached(blog.site, API, "x", lambda: 2) == 2
        assert cached(blog.site, API, "y", lambda: 2) == 2
    assert cached(blog.site, API, "x", lambda: 3) == 1
    assert cached(blog.site, API, "y", lambda: 3) == 3


def test_an_unsupported_value_raises_in_development(blog: TrialBlog) -> None:
    with pytest.raises(UnsupportedValue, match="type object at value"):
        cached(blog.site, API, "x", object)


def test_without_a_cache_values_are_built_each_time(make_blog: BlogMaker, sqlite_url: str) -> None:
    blog = make_blog(sqlite_url, plugins=[])
    assert cached(blog.site, API, "x", lambda: 1) == 1
    assert cached(blog.site, API, "x", lambda: 2) == 2
