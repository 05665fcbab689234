"""When the database or Redis is away, readers get their pages, and never an old one for it."""

import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import update

from blog_core.api import Post
from blog_core.testing.services import PostgresServer, ValkeyServer
from blog_core.testing.trial import TrialBlog
from plugins.cache.record import decode_record, encode_record
from tests.plugins.cache.conftest import BlogMaker


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL that a test may stop."""
    with PostgresServer.start() as server:
        yield server


@pytest.fixture
def blog(make_blog: BlogMaker, postgres: PostgresServer) -> TrialBlog:
    blog = make_blog(postgres.create_database(), cache={"shared_bytes": 0})
    blog.post("Hello", "Before.")
    return blog


def end_by_time(blog: TrialBlog) -> None:
    """Let the time of every entry be over."""
    cache: Any = blog.site.ports.cache
    for item in cache.inner.memory.items.values():
        item.expires_at = time.time() - 1
        if item.ready is not None:
            item.ready.good_until = 0.0
            cache.inner.memory.fast.forget(item.ready.place.path)


def end_by_time_on_the_shelf(blog: TrialBlog) -> None:
    """Let the time of what this process left for the others be over."""
    cache: Any = blog.site.ports.cache
    for key in cache.inner.memory.items:
        record = decode_record(cache.inner.shelf.get(key), key)
        assert record is not None
        ended = replace(record, expires_at=time.time() - 1)
        assert cache.inner.shelf.put(key, encode_record(ended))


def test_valid_pages_go_on_without_the_database(blog: TrialBlog, postgres: PostgresServer) -> None:
    for _ in range(3):
        blog.client().get("/posts/hello")
    postgres.stop()
    for _ in range(3):
        answer = blog.client().get("/posts/hello")
        assert (answer.status_code, answer.headers["Cache-Status"]) == (200, "blog; hit")


@pytest.mark.parametrize("warm", [1, 3])
def test_a_page_that_ended_by_time_is_served_while_the_database_is_away(
    blog: TrialBlog, postgres: PostgresServer, warm: int
) -> None:
    for _ in range(warm):
        blog.client().get("/posts/hello")
    postgres.stop()
    end_by_time(blog)
    answers = [blog.client().get("/posts/hello") for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert all("Before." in answer.text for answer in answers)
    assert answers[0].headers["Cache-Status"] == "blog; hit; detail=stale-if-error"


@pytest.mark.parametrize("is_invalidated", [False, True])
def test_a_worker_that_never_served_a_page_has_it_from_the_others_while_the_database_is_away(
    make_blog: BlogMaker, postgres: PostgresServer, is_invalidated: bool
) -> None:
    url = postgres.create_database()
    ours = make_blog(url)
    ours.post("Hello", "Before.")
    theirs = make_blog(url)
    ours.client().get("/posts/hello")
    if is_invalidated:
        with ours.site.transaction(ours.account()) as session:
            session.execute(update(Post).values(html="<p>After.</p>"))
    end_by_time_on_the_shelf(ours)
    postgres.stop()
    answer = theirs.client().get("/posts/hello")
    if is_invalidated:
        assert answer.status_code == 503
        assert "Before." not in answer.text
    else:
        assert answer.headers["Cache-Status"] == "blog; hit; detail=stale-if-error"
        assert "Before." in answer.text


def test_a_page_that_was_invalidated_is_never_served_again(
    blog: TrialBlog, postgres: PostgresServer
) -> None:
    for _ in range(3):
        blog.client().get("/posts/hello")
    with blog.site.transaction(blog.account()) as session:
        session.execute(update(Post).values(html="<p>After.</p>"))
    postgres.stop()
    end_by_time(blog)
    began = time.monotonic()
    answer = blog.client().get("/posts/hello")
    assert answer.status_code == 503
    assert "Before." not in answer.text
    assert int(answer.headers["Retry-After"]) > 0
    assert time.monotonic() - began < 5.0


def test_a_full_disk_leaves_each_worker_a_cache_of_its_own(
    make_blog: BlogMaker,
    sqlite_url: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    allocated = os.posix_fallocate

    def fallocate(descriptor: int, start: int, size_bytes: int) -> None:
        if size_bytes > 16 * 1024 * 1024:  # the shelf is the largest of the files
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        allocated(descriptor, start, size_bytes)

    monkeypatch.setattr(os, "posix_fallocate", fallocate)
    blog = make_blog(sqlite_url)
    cache: Any = blog.site.ports.cache
    assert cache.inner.shelf is None
    assert "Each worker keeps its own cache" in caplog.text
    assert "No space left on device" in caplog.text
    blog.post("Hello", "Before.")
    statuses = [blog.client().get("/posts/hello").headers["Cache-Status"] for _ in range(2)]
    assert statuses == ["blog; fwd=miss; stored", "blog; hit"]


def test_pages_go_on_while_redis_is_frozen_and_saves_are_seen(
    make_blog: BlogMaker, sqlite_url: str
) -> None:
    with ValkeyServer.start() as valkey:
        blog = make_blog(sqlite_url, cache={"redis_url": valkey.url})
        blog.post("Hello", "Edit 0")
        for _ in range(3):
            blog.client().get("/posts/hello")
        cache: Any = blog.site.ports.cache
        while not cache.inner.remote.is_usable:
            time.sleep(0.01)
        valkey.freeze()
        for number in range(1, 6):
            with blog.site.transaction(blog.account()) as session:
                session.execute(update(Post).values(html=f"<p>Edit {number}</p>"))
            for _ in range(3):
                assert f"Edit {number}" in blog.client().get("/posts/hello").text
        valkey.thaw()
        while not cache.inner.remote.is_usable:
            time.sleep(0.01)
        assert "Edit 5" in blog.client().get("/posts/hello").text


def test_another_host_takes_pages_from_redis_and_sees_saves(
    tmp_path: Path, postgres_url: str, redis_url: str
) -> None:
    """Two hosts with files of their own, on one database and one Valkey."""
    settings: Any = {
        "database_url": postgres_url,
        "plugins": ["cache"],
        "cache": {"redis_url": redis_url},
    }
    here, there = (TrialBlog(tmp_path / name, **settings) for name in ("here", "there"))
    here.post("Hello", "Edit 0")
    for blog in (here, there):
        blog.site.changes.relay.look_now()
        blog.client().get("/archive")
        while not blog.site.ports.cache.inner.remote.is_usable:  # type: ignore[attr-defined]
            time.sleep(0.01)
    here.client().get("/posts/hello")
    with there.statements() as log:
        assert "Edit 0" in there.client().get("/posts/hello").text
    assert not log.statements
    for number in range(1, 4):
        with here.site.transaction(here.account()) as session:
            session.execute(update(Post).values(html=f"<p>Edit {number}</p>"))
        assert f"Edit {number}" in here.client().get("/posts/hello").text
        time.sleep(1.0)  # the longest that another host may take
        assert f"Edit {number}" in there.client().get("/posts/hello").text
    for blog in (here, there):
        blog.close()
