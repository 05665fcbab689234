"""Several blogs: in a host app, twice in one app, and differently configured in one process."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from blog_core import Blog
from blog_core.content.posts import create_post
from blog_core.content.publishing import publish
from blog_core.content.text import PostText
from blog_core.current import current_site
from blog_core.errors import ConfigError, NoCurrentBlog
from blog_core.model import Account
from blog_core.model.migrate import migrate
from blog_core.site import Site
from tests.flows.world import World

HOST_APP = Path(__file__).parents[2] / "docs" / "host-app" / "app.py"


def write(site: Site, title: str) -> None:
    """Publish a post as the site's own first account."""
    with site.activate(), site.transaction() as session:
        at = site.clock()
        account = Account(name="Ann", slug="ann", role="editor", created_at=at, updated_at=at)
        session.add(account)
        session.flush()
        saved = create_post(
            session, text=PostText(title=title, body="Text."), author_ids=[account.id]
        )
        publish(session, post_id=saved.post_id, version=None)


@pytest.fixture
def host_app() -> Any:
    spec = importlib.util.spec_from_file_location("host_app_example", HOST_APP)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_the_example_host_app_has_a_journal_written_by_its_own_users(
    host_app: Any, database_url: str, tmp_path: Path
):
    app = host_app.create_app(database_url, str(tmp_path / "journal"))
    site: Site = app.extensions["blog"]["blog"]
    with site.activate():
        migrate(site)
    with app.app_context():
        host_app.db.session.add_all(
            [
                host_app.Customer(name="Ann Staff", email="ann@example.com", writes=True),
                host_app.Customer(name="Bob Buyer", email="bob@example.com"),
            ]
        )
        host_app.db.session.commit()
    client = app.test_client()
    assert b"Chairs and tables" in client.get("/").data
    assert b"The workshop journal" in client.get("/journal/").data
    assert client.get("/journal/admin/").status_code == 401
    client.post("/sign-in", data={"email": "bob@example.com"})
    assert client.get("/journal/admin/").status_code == 401
    client.post("/sign-in", data={"email": "ann@example.com"})
    assert client.get("/journal/admin/").status_code == 200
    assert client.get("/nowhere").status_code == 404
    assert b"There is nothing here" not in client.get("/nowhere").data
    assert b"There is nothing here" in client.get("/journal/nowhere").data
    with app.app_context():
        host_app.db.engine.dispose()
    site.ports.executor.close()


def two_blogs(tmp_path: Path) -> tuple[Flask, Site, Site]:
    app = Flask("two")
    app.testing = True
    for name in ("blog", "news"):
        key = "BLOG" if name == "blog" else "BLOG_NEWS"
        app.config[key] = {"data_dir": str(tmp_path / name), "title": f"The {name}"}
    sites = [
        Blog(name="blog").init_app(app, url_prefix="/blog"),
        Blog(name="news").init_app(app, url_prefix="/news"),
    ]
    for site in sites:
        with site.activate():
            migrate(site)
    return app, sites[0], sites[1]


def test_two_blogs_in_one_app_share_nothing(tmp_path: Path):
    app, blog, news = two_blogs(tmp_path)
    write(blog, "Only in the blog")
    write(news, "Only in the news")
    client = app.test_client()
    first, second = client.get("/blog/").data, client.get("/news/").data
    assert b"Only in the blog" in first
    assert b"Only in the news" not in first
    assert b"Only in the news" in second
    assert b'href="/news/posts/only-in-the-news"' in second
    assert client.get("/blog/posts/only-in-the-news").status_code == 404
    for site in (blog, news):
        site.ports.executor.close()


def test_outside_a_request_it_must_be_said_which_of_two_blogs_is_meant(tmp_path: Path):
    app, blog, news = two_blogs(tmp_path)
    with app.app_context(), pytest.raises(NoCurrentBlog, match=r"2 blogs exist \(blog, news\)"):
        current_site()
    with news.activate():
        assert current_site() is news
    for site in (blog, news):
        site.ports.executor.close()


def test_a_second_blog_of_the_same_name_is_refused_with_the_remedy(tmp_path: Path):
    app = Flask("twice")
    app.config["BLOG"] = {"data_dir": str(tmp_path)}
    Blog(app)
    with pytest.raises(ConfigError, match="another name for the second one"):
        Blog(app)


def test_two_differently_configured_apps_live_in_one_process(
    make_world: Callable[..., World], tmp_path: Path
):
    first = make_world(f"sqlite:///{tmp_path / 'a.db'}", title="First", posts_per_page=1)
    second = make_world(f"sqlite:///{tmp_path / 'b.db'}", title="Second", language="de")
    write(first.site, "Here")
    assert b"Here" in first.get("/").data
    assert b"Here" not in second.get("/").data
    assert b'lang="de"' in second.get("/").data
