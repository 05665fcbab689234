"""Editors look at the site as of a day to come; readers never get what they saw."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.flows.world import World
from tests.plugins.workflow.screens.conftest import make_world
from tests.plugins.workflow.screens.visiting import Visitor

__all__ = ["make_world"]


@pytest.fixture
def world(make_world: Callable[..., World], sqlite_url: str) -> World:
    """A blog with the cache, a post of today and one that goes out in three days."""
    world = make_world(sqlite_url, plugins=["cache", "workflow"])
    author = world.account("author")
    world.account("editor")
    world.post(author, "Of today")
    world.post(author, "Of Friday", at=world.clock() + timedelta(days=3))
    return world


def test_the_front_page_shows_what_is_out_by_then(world: World):
    editor = Visitor.of(world, "editor")
    friday = editor.client.get("/admin/workflow/ahead?day=2026-11-27")
    page = friday.get_data(as_text=True)
    assert page.index("Of Friday") < page.index("Of today")
    assert friday.headers["Cache-Control"] == "private, no-store"
    assert friday.headers["X-Robots-Tag"] == "noindex"
    assert "Of Friday" not in editor.page("/workflow/ahead?day=2026-11-26")
    assert "As of 2026-11-27" in page


def test_links_lead_to_the_post_as_of_then(world: World):
    editor = Visitor.of(world, "editor")
    page = editor.page("/workflow/ahead?day=2026-11-27")
    assert 'href="/admin/workflow/ahead/of-friday?day=2026-11-27"' in page
    post = editor.page("/workflow/ahead/of-friday?day=2026-11-27")
    assert "Some text." in post
    assert "Write a comment" not in post
    editor.page("/workflow/ahead/of-friday?day=2026-11-26", status=404)


def test_readers_never_get_what_editors_saw(world: World):
    editor, reader = Visitor.of(world, "editor"), world.client()
    editor.page("/workflow/ahead?day=2026-11-27")
    editor.page("/workflow/ahead/of-friday?day=2026-11-27")
    assert "Of Friday" not in reader.get("/").get_data(as_text=True)
    assert reader.get("/posts/of-friday").status_code == 404
    again = reader.get("/")
    assert "hit" in again.headers["Cache-Status"]
    assert "Of Friday" not in again.get_data(as_text=True)


def test_only_editors_look_ahead(world: World):
    author = Visitor.of(world, "author")
    author.page("/workflow/ahead?day=2026-11-27", status=403)
    assert "as readers will see it" not in author.page("/workflow/calendar")
    assert world.client().get("/admin/workflow/ahead?day=2026-11-27").status_code == 303


def test_a_wrong_day_is_named(world: World):
    page = Visitor.of(world, "editor").page("/workflow/ahead?day=friday", status=400)
    assert "expected a day such as 2026-11-24" in page


def test_the_calendar_names_what_goes_out_and_when(world: World):
    page = Visitor.of(world, "editor").page("/workflow/calendar?month=2026-11")
    assert "Of Friday" in page
    assert "goes out 12:00" in page


def test_without_a_day_it_is_today(world: World):
    editor = Visitor.of(world, "editor")
    page = editor.page("/workflow/ahead")
    assert "As of 2026-11-24" in page
    assert "Of Friday" not in page
    assert "Some text." in editor.page("/workflow/ahead/of-today")
