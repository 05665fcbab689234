"""Pages of a real blog: built once, served from the cache, and never after they were overtaken."""

import gzip
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import brotli
import pytest
from flask import Flask
from sqlalchemy import create_engine, text, update
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import TestResponse

from blog_core import Blog
from blog_core.api import Post
from blog_core.content.posts import create_post
from blog_core.content.publishing import publish
from blog_core.content.text import PostText
from blog_core.testing.trial import TrialBlog
from tests.plugins.cache.conftest import BlogMaker


def status(blog: TrialBlog, path: str, **headers: str) -> str:
    """What the cache says of a stranger's request."""
    return str(raw(blog, path, headers).headers.get("Cache-Status"))


def raw(blog: TrialBlog, path: str, headers: dict[str, str]) -> TestResponse:
    """What a client without a cookie jar gets, which sends the Cookie header as it is."""
    return blog.app.test_client(use_cookies=False).get(path, headers=headers)


@pytest.mark.parametrize("path", ["/", "/posts/hello", "/feed.atom", "/sitemap.xml", "/archive"])
def test_a_page_is_built_once_and_then_served_without_a_statement(
    blog: TrialBlog, path: str
) -> None:
    blog.post("Hello")
    first = blog.client().get(path)
    assert first.headers["Cache-Status"] == "blog; fwd=miss; stored"
    for _ in range(3):
        with blog.statements() as log:
            again = blog.client().get(path)
        assert again.headers["Cache-Status"] == "blog; hit"
        assert again.data == first.data
        assert not log.statements


def by_orm(blog: TrialBlog, html: str) -> None:
    with blog.site.transaction(blog.account()) as session:
        post = session.get(Post, 1)
        assert post is not None
        post.html = html


def by_bulk_statement(blog: TrialBlog, html: str) -> None:
    with blog.site.transaction(blog.account()) as session:
        session.execute(update(Post).where(Post.id > 0).values(html=html))


def by_savepoint(blog: TrialBlog, html: str) -> None:
    with blog.site.transaction(blog.account()) as session, session.begin_nested():
        session.execute(update(Post).where(Post.id == 1).values(html=html))


def by_raw_sql(blog: TrialBlog, html: str) -> None:
    with blog.engine.begin() as connection:
        connection.execute(text("UPDATE post SET html = :html"), {"html": html})


def by_autocommit(blog: TrialBlog, html: str) -> None:
    with blog.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("UPDATE post SET html = :html WHERE id = 1"), {"html": html})


@pytest.mark.parametrize(
    "write", [by_orm, by_bulk_statement, by_savepoint, by_raw_sql, by_autocommit]
)
def test_a_save_of_any_kind_is_seen_by_the_next_request(
    blog: TrialBlog, write: Callable[[TrialBlog, str], None]
) -> None:
    blog.post("Hello", "Edit 0")
    for number in range(1, 4):
        for _ in range(3):
            assert f"Edit {number - 1}" in blog.client().get("/posts/hello").text
        write(blog, f"<p>Edit {number}</p>")
        assert f"Edit {number}" in blog.client().get("/posts/hello").text


def test_what_was_rolled_back_invalidates_nothing(blog: TrialBlog) -> None:
    blog.post("Hello", "Before.")
    blog.client().get("/posts/hello")
    with suppress(RuntimeError), blog.site.transaction(blog.account()) as session:
        session.execute(update(Post).values(html="<p>After.</p>"))
        raise RuntimeError
    answer = blog.client().get("/posts/hello")
    assert answer.headers["Cache-Status"] == "blog; hit"
    assert "Before." in answer.text


def test_a_change_of_one_post_leaves_the_pages_of_others(blog: TrialBlog) -> None:
    blog.post("Hello")
    blog.post("Other")
    for path in ("/posts/hello", "/posts/other"):
        blog.client().get(path)
    by_orm(blog, "<p>After.</p>")
    assert status(blog, "/posts/hello") == "blog; fwd=miss; stored"
    assert status(blog, "/posts/other") == "blog; hit"


@pytest.mark.parametrize("warm", [1, 3])
def test_a_new_post_appears_in_every_list_at_once(blog: TrialBlog, warm: int) -> None:
    blog.post("First")
    paths = ("/", "/feed.atom", "/archive", "/posts/second")
    for _ in range(warm):
        for path in paths:
            blog.client().get(path)
    assert blog.client().get("/posts/second").status_code == 404
    blog.post("Second")
    assert "Second" in blog.client().get("/").text
    assert "Second" in blog.client().get("/feed.atom").text
    assert blog.client().get("/posts/second").status_code == 200


def test_an_address_that_leads_nowhere_is_looked_up_once(blog: TrialBlog) -> None:
    blog.client().get("/posts/nothing")
    with blog.statements() as log:
        assert blog.client().get("/posts/nothing").status_code == 404
    assert not log.statements


@pytest.mark.parametrize(
    "headers, reason",
    [
        ({"Cookie": "blog_session=x"}, "cookie"),
        ({"Cookie": "anything=x"}, "cookie"),
        ({"Authorization": "Bearer x"}, "authorization"),
    ],
)
def test_a_request_with_anything_personal_passes_by_the_cache(
    blog: TrialBlog, headers: dict[str, str], reason: str
) -> None:
    blog.post("Hello")
    for _ in range(3):
        blog.client().get("/posts/hello")
    answer = raw(blog, "/posts/hello", headers)
    assert answer.headers["Cache-Status"] == f"blog; fwd=bypass; detail={reason}"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_cookies_that_say_nothing_can_be_named(make_blog: BlogMaker, sqlite_url: str) -> None:
    blog = make_blog(sqlite_url, cache={"ignore_cookies": ["theme", "_ga*"]})
    blog.post("Hello")
    for _ in range(3):
        blog.client().get("/")
    assert status(blog, "/", Cookie="theme=dark; _ga_XY=1") == "blog; hit"
    assert status(blog, "/", Cookie="theme=dark; other=1") == "blog; fwd=bypass; detail=cookie"


def test_an_answer_to_a_signed_in_editor_is_not_kept(blog: TrialBlog) -> None:
    blog.post("Hello")
    assert "bypass" in blog.signed_in().get("/posts/hello").headers["Cache-Status"]
    assert status(blog, "/posts/hello") == "blog; fwd=miss; stored"


def test_a_query_that_the_page_does_not_declare_makes_no_entry(blog: TrialBlog) -> None:
    blog.post("Hello")
    for number in range(3):
        answer = blog.client().get(f"/posts/hello?utm={number}")
        assert answer.headers["Cache-Status"] == "blog; fwd=bypass; detail=query"
        assert answer.headers["Cache-Control"] == "public, no-cache"
    assert status(blog, "/posts/hello") == "blog; fwd=miss; stored"


@pytest.mark.parametrize("warm", [1, 3])
def test_a_reader_who_has_the_page_gets_304(blog: TrialBlog, warm: int) -> None:
    blog.post("Hello")
    for _ in range(warm):
        whole = blog.client().get("/posts/hello")
    answer = blog.client().get("/posts/hello", headers={"If-None-Match": whole.headers["ETag"]})
    assert answer.status_code == 304
    assert answer.data == b""
    for name in ("ETag", "Cache-Control", "Vary"):
        assert answer.headers[name] == whole.headers[name]
    assert "Content-Type" not in answer.headers
    by_orm(blog, "<p>After.</p>")
    again = blog.client().get("/posts/hello", headers={"If-None-Match": whole.headers["ETag"]})
    assert again.status_code == 200


@pytest.mark.parametrize("warm", [1, 3])
def test_head_is_get_without_a_body(blog: TrialBlog, warm: int) -> None:
    blog.post("Hello")
    for _ in range(warm):
        whole = blog.client().get("/posts/hello")
    head = blog.client().head("/posts/hello")
    assert head.data == b""
    assert head.headers["Content-Length"] == whole.headers["Content-Length"]
    assert head.headers["ETag"] == whole.headers["ETag"]


@pytest.mark.parametrize("warm", [1, 3])
def test_each_client_gets_an_encoding_it_takes(blog: TrialBlog, warm: int) -> None:
    blog.post("Hello", "A sentence that is repeated. " * 100)
    for _ in range(warm):
        plain = blog.client().get("/posts/hello")
    packed = blog.client().get("/posts/hello", headers={"Accept-Encoding": "gzip"})
    smaller = blog.client().get("/posts/hello", headers={"Accept-Encoding": "gzip, br"})
    assert gzip.decompress(packed.data) == plain.data
    assert brotli.decompress(smaller.data) == plain.data
    assert {answer.headers["Vary"] for answer in (plain, packed, smaller)} == {"Accept-Encoding"}
    assert len({answer.headers["ETag"] for answer in (plain, packed, smaller)}) == 3


@pytest.mark.parametrize("warm", [1, 3])
def test_a_page_for_one_host_is_not_given_to_another(blog: TrialBlog, warm: int) -> None:
    blog.post("Hello")
    for _ in range(warm):
        blog.client().get("/", base_url="http://one.example")
    answer = blog.client().get("/", base_url="http://other.example")
    assert answer.headers["Cache-Status"] == "blog; fwd=miss; stored"


def test_cached_pages_set_no_cookie_and_hold_no_token(blog: TrialBlog) -> None:
    blog.post("Hello")
    for path in ("/", "/posts/hello", "/feed.atom"):
        first, *rest = (blog.client().get(path) for _ in range(4))
        for answer in rest:
            assert answer.data == first.data
            assert "Set-Cookie" not in answer.headers


def test_hits_before_flask_and_inside_it_look_the_same(blog: TrialBlog) -> None:
    blog.post("Hello", "A sentence that is repeated. " * 100)
    answers = [
        blog.client().get("/posts/hello", headers={"Accept-Encoding": "br"}) for _ in range(4)
    ]
    inside, before = answers[1], answers[3]
    assert blog.site.metrics.value("blog_page_answers_total", route="post", outcome="ready") == 2
    assert sorted(before.headers) == sorted(inside.headers)


def test_functions_for_every_request_keep_the_lookup_inside_flask(
    make_blog: BlogMaker, sqlite_url: str
) -> None:
    blog = make_blog(sqlite_url)
    blog.post("Hello")
    seen = []
    blog.app.before_request(lambda: seen.append(1))
    for _ in range(4):
        blog.client().get("/")
    assert len(seen) == 4
    assert status(blog, "/") == "blog; hit"


def test_the_owner_may_say_that_those_functions_need_not_run(
    make_blog: BlogMaker, sqlite_url: str
) -> None:
    blog = make_blog(sqlite_url, cache={"page_layer": "wsgi"})
    blog.post("Hello")
    seen = []
    blog.app.before_request(lambda: seen.append(1))
    for _ in range(4):
        blog.client().get("/")
    assert len(seen) == 2


def test_the_owner_cannot_have_pages_looked_up_before_what_tells_the_host(
    tmp_path: Path, sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    app = Flask("host")
    app.wsgi_app = ProxyFix(app.wsgi_app, x_host=1)  # type: ignore[method-assign]
    config = {"plugins": ["cache"], "database_url": sqlite_url, "data_dir": str(tmp_path)}
    Blog(app, config={**config, "environment": "test", "cache": {"page_layer": "wsgi"}})
    assert "page_layer = 'wsgi' is not followed: something wraps the app already" in caplog.text
    cache: Any = app.extensions["blog"]["blog"].ports.cache
    assert "page-layer" not in cache.levels


def test_a_list_ends_when_the_next_post_appears(blog: TrialBlog) -> None:
    blog.post("First")
    due = datetime.now(UTC) + timedelta(seconds=1)
    with blog.site.transaction(blog.account()) as session:
        saved = create_post(session, text=PostText(title="Second", body="x"))
        publish(session, post_id=saved.post_id, version=saved.version, publish_at=due)
    for _ in range(3):
        assert "Second" not in blog.client().get("/").text
        assert blog.client().get("/posts/second").status_code == 404
    time.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds()) + 0.01)
    assert "Second" in blog.client().get("/").text
    assert blog.client().get("/posts/second").status_code == 200


def test_a_write_by_another_program_is_seen_within_a_second(blog: TrialBlog) -> None:
    blog.post("Hello", "Before.")
    for _ in range(3):
        blog.client().get("/posts/hello")
    url = blog.engine.url.render_as_string(hide_password=False)
    code = (
        "import sqlalchemy, sys\n"
        "with sqlalchemy.create_engine(sys.argv[1]).begin() as connection:\n"
        "    connection.exec_driver_sql(\"UPDATE post SET html = '<p>After.</p>'\")\n"
    )
    subprocess.run([sys.executable, "-c", code, url], check=True)
    time.sleep(1.0)
    assert "After." in blog.client().get("/posts/hello").text


def test_a_write_while_the_blog_was_not_running_is_seen_by_its_first_request(
    tmp_path: Path, database_url: str
) -> None:
    def started() -> TrialBlog:
        blog = TrialBlog(tmp_path / "data", plugins=["cache"], database_url=database_url)
        blog.site.clock = lambda: datetime.now(UTC)
        return blog

    before = started()
    before.post("Hello", "Before.")
    for _ in range(3):
        assert "Before." in before.client().get("/posts/hello").text
    before.close()
    engine = create_engine(before.engine.url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE post SET html = '<p>After.</p>'"))
    engine.dispose()
    after = started()
    assert "After." in after.client().get("/posts/hello").text
    after.close()


def test_a_process_that_never_had_the_page_sees_a_write_by_another_program(
    make_blog: BlogMaker, database_url: str
) -> None:
    first, second = make_blog(database_url), make_blog(database_url)
    first.post("Hello", "Before.")
    first.post("Other")
    for _ in range(3):
        first.client().get("/posts/hello")
        second.client().get("/posts/other")
    engine = create_engine(first.engine.url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE post SET html = '<p>After.</p>'"))
    engine.dispose()
    time.sleep(1.0)
    assert "After." in second.client().get("/posts/hello").text
