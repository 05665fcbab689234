"""Pages of the search are kept like others, and change with the posts; odd queries take no room."""

import pytest

from blog_core.testing.trial import TrialBlog
from tests.plugins.cache.conftest import BlogMaker


@pytest.fixture
def blog(make_blog: BlogMaker, sqlite_url: str) -> TrialBlog:
    made = make_blog(sqlite_url)
    made.post("Bread", "Flour and water.")
    return made


def status(blog: TrialBlog, path: str) -> str:
    return str(blog.client().get(path).headers["Cache-Status"])


def test_a_kept_search_changes_with_the_posts(blog: TrialBlog) -> None:
    blog.client().get("/search?q=flour")
    assert status(blog, "/search?q=flour") == "blog; hit"
    blog.post("More of it", "Flour again.")
    assert "More of it" in blog.client().get("/search?q=flour").text


def test_a_search_that_found_nothing_finds_what_is_written_then(blog: TrialBlog) -> None:
    blog.client().get("/search?q=yeast")
    assert status(blog, "/search?q=yeast") == "blog; hit"
    blog.post("Leaven", "With yeast.")
    assert "Leaven" in blog.client().get("/search?q=yeast").text


def test_a_query_longer_than_what_is_looked_for_is_not_kept(blog: TrialBlog) -> None:
    path = f"/search?q={'flour+' * 50}"
    assert [status(blog, path) for _ in range(2)] == ["blog; fwd=miss", "blog; fwd=miss"]


def test_unknown_parameters_make_no_entries(blog: TrialBlog) -> None:
    blog.client().get("/search?q=flour&utm_source=x")
    assert "bypass" in status(blog, "/search?q=flour&utm_source=x")
