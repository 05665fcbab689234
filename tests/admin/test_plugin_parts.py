"""What plugins add to the admin: pages in its navigation, panels and buttons beside the editor."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from blog_core.api import (
    NEVER,
    Action,
    AdminPage,
    Asset,
    Contribute,
    Panel,
    Route,
    Site,
    hookimpl,
    render_admin,
)
from blog_core.errors import PluginError
from blog_core.testing.trial import BlogMaker, TrialBlog

PAGE = """{% extends "blog_admin/base.html" %}
{% block title %}Parts{% endblock %}
{% block main %}<h1>Parts of {{ owner }}</h1>{% endblock %}
"""


class Parts:
    """A plugin with one of each."""

    name = "parts"

    def __init__(self, folder: Path) -> None:
        self.templates, self.fails = folder / "templates", False
        (self.templates / "parts").mkdir(parents=True)
        (self.templates / "parts" / "page.html").write_text(PAGE)
        (self.templates / "parts" / "panel.html").write_text("<p>Words: {{ words }}</p>")
        self.style, self.script = folder / "parts.css", folder / "parts.js"
        self.style.write_text(".parts { color: inherit; }")
        self.script.write_text("export {};")

    def words(self, site: Site, post_id: int) -> Mapping[str, object]:
        if self.fails:
            raise RuntimeError("the counter is broken")
        return {"words": f"<b>{post_id}</b>"}

    @hookimpl
    def blog_contribute(self, contribute: Contribute) -> None:
        contribute.templates(self.templates)
        contribute.admin_routes(
            Route(
                endpoint="parts_page",
                rule="/parts",
                view=lambda: render_admin("parts/page.html", owner="<me>"),
                permission="see-internals",
                cache=NEVER,
            ),
            Route(
                endpoint="parts_count",
                rule="/parts/<int:post_id>",
                view=lambda post_id: f"counted {post_id}",
                permission="edit-posts",
                cache=NEVER,
                methods=("POST",),
                max_body_bytes=100_000,
            ),
        )
        contribute.admin_page(AdminPage("Parts & pieces", "parts_page", "see-internals"))
        contribute.panel(Panel("words", "Words", "parts/panel.html", self.words))
        contribute.panel(
            Panel("internal", "Inside", "parts/panel.html", self.words, permission="see-internals")
        )
        contribute.action(Action("count", "Count words", "parts_count"))
        contribute.asset(Asset(self.style, "admin"))
        contribute.asset(Asset(self.script, "editor"))


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return Parts(tmp_path / "parts")


@pytest.fixture
def blog(blog_app: BlogMaker, parts: Parts) -> TrialBlog:
    return blog_app(plugins=[parts])


def text_of(blog: TrialBlog, path: str, role: str = "admin") -> str:
    answer = blog.signed_in(role).get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def errors_of(blog: TrialBlog, part: str) -> list[float]:
    counted = blog.site.metrics.sum_all().items()
    return [n for sample, n in counted if "errors_total" in sample and f'"{part}"' in sample]


def test_a_page_of_a_plugin_stands_in_the_admins_frame_and_menu(blog: TrialBlog) -> None:
    page = text_of(blog, "/admin/parts")
    assert "<h1>Parts of &lt;me&gt;</h1>" in page
    assert '<a href="/admin/parts" aria-current="page">Parts &amp; pieces</a>' in page
    assert '<a href="/admin/parts">Parts &amp; pieces</a>' in text_of(blog, "/admin/")


def test_the_menu_shows_nobody_what_they_may_not_open(blog: TrialBlog) -> None:
    assert "Parts &amp; pieces" not in text_of(blog, "/admin/", "author")
    assert "Posts</a>" in text_of(blog, "/admin/", "author")
    assert "<nav" not in blog.client().get("/admin/sign-in").get_data(as_text=True)


def test_panels_and_buttons_stand_beside_the_editor(blog: TrialBlog) -> None:
    post_id = blog.post("One", published=False)
    page = text_of(blog, f"/admin/posts/{post_id}/edit")
    assert f"<p>Words: &lt;b&gt;{post_id}&lt;/b&gt;</p>" in page
    assert 'id="panel-parts-internal"' in page
    assert f'formaction="/admin/parts/{post_id}">Count words</button>' in page
    assert 'id="panel-parts-internal"' not in text_of(
        blog, f"/admin/posts/{post_id}/edit", "editor"
    )
    assert "panel-parts" not in text_of(blog, "/admin/posts/new")


def test_styles_and_scripts_load_on_their_kind_of_page(blog: TrialBlog) -> None:
    post_id = blog.post("One", published=False)
    desk, editor = text_of(blog, "/admin/"), text_of(blog, f"/admin/posts/{post_id}/edit")
    assert "parts/parts.css" in desk
    assert "parts/parts.css" in editor
    assert "parts/parts.js" not in desk
    assert "parts/parts.js" in editor


def test_a_panel_that_fails_is_named_and_the_text_can_be_written(
    blog: TrialBlog, parts: Parts
) -> None:
    post_id = blog.post("One", body="The text.", published=False)
    parts.fails = True
    page = text_of(blog, f"/admin/posts/{post_id}/edit")
    assert "This cannot be shown at present" in page
    assert "The text.</textarea>" in page
    assert errors_of(blog, "panel words") == [1.0]


@pytest.mark.parametrize("path", ["/admin/posts/1/edit", "/admin/"])
def test_without_plugins_nothing_of_it_is_there(blog_app: BlogMaker, path: str) -> None:
    blog = blog_app(plugins=[])
    blog.post("One", published=False)
    page = text_of(blog, path)
    assert "editor-panels" not in page
    assert "parts" not in page


def test_a_page_must_carry_its_plugins_name() -> None:
    with pytest.raises(PluginError, match="adds the endpoint 'admin_posts'"):
        Contribute("parts").admin_page(AdminPage("Posts", "admin_posts"))


def test_a_missing_template_is_a_failed_panel(blog_app: BlogMaker, parts: Parts) -> None:
    def data(_site: Any, _post_id: int) -> Mapping[str, object]:
        return {}

    class Careless(Parts):
        @hookimpl
        def blog_contribute(self, contribute: Contribute) -> None:
            contribute.panel(Panel("gone", "Gone", "parts/gone.html", data))

    careless = Careless(parts.templates.parent / "careless")
    blog = blog_app(plugins=[careless])
    post_id = blog.post("One", published=False)
    assert "This cannot be shown" in text_of(blog, f"/admin/posts/{post_id}/edit")
