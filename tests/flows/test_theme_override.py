"""A site's own folder of templates and files comes before the theme's, by name."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flows.world import World


@pytest.fixture
def theme_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "theme"
    (folder / "templates" / "blog").mkdir(parents=True)
    (folder / "static").mkdir()
    return folder


@pytest.fixture
def world(make_world: Callable[..., World], sqlite_url: str, theme_dir: Path) -> World:
    (theme_dir / "templates" / "blog" / "post.html").write_text(
        '{% extends "default/blog/post.html" %}'
        "{% block after_post %}<p>Written by hand.</p>{% endblock %}"
    )
    (theme_dir / "static" / "blog.css").write_text("body { color: teal }")
    return make_world(sqlite_url, theme_dir=str(theme_dir))


def test_a_template_of_the_site_changes_one_block_and_keeps_the_rest(world: World):
    world.post(world.account("author"), "Own theme")
    html = world.get("/posts/own-theme").get_data(as_text=True)
    assert "<p>Written by hand.</p>" in html
    assert "<h1>Own theme</h1>" in html


def test_a_file_of_the_site_wins_and_has_an_address_of_its_own(world: World):
    html = world.get("/").get_data(as_text=True)
    path = html.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = world.get(path)
    assert answer.data == b"body { color: teal }"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    outdated = world.get("/assets/0000000000000000/blog.css")
    assert outdated.headers["Cache-Control"] == "public, no-cache"


def test_a_file_that_is_none_is_not_found(world: World):
    for path in ("/assets/0/nope.css", "/assets/0/../blog.toml", "/media/../blog.sqlite3"):
        assert world.get(path).status_code == 404, path
