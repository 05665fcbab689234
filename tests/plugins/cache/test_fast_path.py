"""The fast path gives what the full look gives, to nobody else, and forgets nothing it counted."""

import gzip
import threading
import time
from collections.abc import Mapping
from typing import Any

import pytest
from werkzeug.test import create_environ, run_wsgi_app

from blog_core.testing.trial import TrialBlog
from plugins.cache.fast_path import Copies
from plugins.cache.page_layer import PageLayer
from plugins.cache.stats import BEFORE_FLASK, read_stats
from tests.plugins.cache.conftest import BlogMaker

PATH = "/posts/hello"


@pytest.fixture
def blog(make_blog: BlogMaker, sqlite_url: str) -> TrialBlog:
    blog = make_blog(sqlite_url)
    blog.post("Hello", "A sentence that is repeated. " * 100)
    return blog


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of requests that were looked at closely; made before the blog is."""
    paths: list[str] = []
    look_closer = PageLayer.look_closer

    def noted(self: PageLayer, environ: dict[str, Any], start_response: Any) -> Any:
        paths.append(environ["PATH_INFO"])
        return look_closer(self, environ, start_response)

    monkeypatch.setattr(PageLayer, "look_closer", noted)
    return paths


def memory_of(blog: TrialBlog) -> Any:
    cache: Any = blog.site.ports.cache
    return cache.inner.memory


def warm(blog: TrialBlog, **headers: str) -> Any:
    """Ask until the next equal request, if it comes at once, takes the fast path."""
    # A page is renewed when its age has grown by a second: begin early in one.
    stored_at = 0.0
    for _ in range(2):
        blog.client().get(PATH, headers=headers)
    for ready in memory_of(blog).pages.values():
        stored_at = memory_of(blog).items[ready.key].entry.stored_at
    time.sleep(1.02 - (time.time() - stored_at) % 1.0)
    for _ in range(2):
        answer = blog.client().get(PATH, headers=headers)
    return answer


def ready_hits(blog: TrialBlog) -> float:
    return blog.site.metrics.value("blog_page_answers_total", route="post", outcome="ready")


def test_the_third_request_of_a_second_is_not_looked_at_closely(
    looked: list[str], blog: TrialBlog
) -> None:
    before = warm(blog)
    looked.clear()
    answer = blog.client().get(PATH)
    assert looked == []
    assert (answer.status, answer.data, list(answer.headers)) == (
        before.status,
        before.data,
        list(before.headers),
    )


def test_a_client_that_has_the_page_is_told_so(looked: list[str], blog: TrialBlog) -> None:
    whole = warm(blog)
    looked.clear()
    answer = blog.client().get(PATH, headers={"If-None-Match": whole.headers["ETag"]})
    assert (answer.status_code, answer.data, looked) == (304, b"", [])
    assert "Content-Length" not in answer.headers
    other = blog.client().get(PATH, headers={"If-None-Match": '"other"'})
    assert (other.status_code, other.data) == (200, whole.data)


@pytest.mark.parametrize(
    "different",
    [
        {"method": "HEAD"},
        {"query_string": "page=2"},
        {"environ_overrides": {"HTTP_COOKIE": "a=b"}},
        {"headers": {"Authorization": "Bearer x"}},
        {"headers": {"Host": "elsewhere.example"}},
        {"headers": {"Accept-Encoding": "gzip"}},
        {"environ_overrides": {"SCRIPT_NAME": "/mounted"}},
        {"environ_overrides": {"wsgi.url_scheme": "https"}},
    ],
    ids=str,
)
def test_a_request_that_differs_is_looked_at(
    looked: list[str], blog: TrialBlog, different: Mapping[str, Any]
) -> None:
    warm(blog)
    looked.clear()
    run_wsgi_app(blog.app.wsgi_app, create_environ(PATH, **different))
    assert looked == [PATH]


def test_a_change_is_seen_by_the_next_request(looked: list[str], blog: TrialBlog) -> None:
    warm(blog)
    blog.site.ports.cache.invalidate(frozenset({"posts"}))
    looked.clear()
    blog.client().get(PATH)
    assert looked == [PATH]


def test_what_left_the_memory_left_the_fast_path(looked: list[str], blog: TrialBlog) -> None:
    warm(blog)
    memory_of(blog).clear()
    looked.clear()
    blog.client().get(PATH)
    assert looked == [PATH]


def test_every_answer_is_counted_within_seconds(blog: TrialBlog) -> None:
    warm(blog)
    before = ready_hits(blog)
    for _ in range(25):
        blog.client().get(PATH)
    end = time.monotonic() + 10
    while ready_hits(blog) < before + 25 and time.monotonic() < end:
        time.sleep(0.05)
    assert ready_hits(blog) == before + 25


def test_answers_before_flask_save_time_and_have_an_age(blog: TrialBlog) -> None:
    warm(blog)
    before = read_stats(blog.site).namespaces["page"]
    for _ in range(10):
        blog.client().get(PATH)
    after = read_stats(blog.site).namespaces["page"]
    assert after.hits[BEFORE_FLASK] == before.hits[BEFORE_FLASK] + 10
    build_s = after.build_s / after.stores["stored"]
    assert after.saved_s == pytest.approx(before.saved_s + 10 * build_s)
    assert after.mean_age_s > before.mean_age_s > 0


def test_pages_are_answered_where_no_thread_can_be_had(
    blog: TrialBlog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    before = warm(blog)
    assert blog.client().get(PATH).data == before.data


def test_gzip_is_made_once_however_it_is_asked_for(
    blog: TrialBlog, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []

    def counted(body: bytes) -> bytes:
        made.append(len(body))
        return gzip.compress(body)

    monkeypatch.setattr("blog_core.caching.page.gzipped", counted)
    for _ in range(2):
        blog.client().get(PATH)
    made.clear()
    for number in range(40):
        answer = blog.client().get(PATH, headers={"Accept-Encoding": f"gzip, x{number}"})
        assert answer.headers["Content-Encoding"] == "gzip"
    assert len(made) == 1


def test_what_is_not_asked_for_again_is_let_go(blog: TrialBlog) -> None:
    warm(blog)
    fast = memory_of(blog).fast
    assert fast.by_header
    end = time.monotonic() + 10
    while fast.by_header and time.monotonic() < end:
        time.sleep(0.05)
    assert fast.by_header == {}


def test_names_of_encodings_do_not_pile_up(blog: TrialBlog) -> None:
    for number in range(200):
        warm_header = {"Accept-Encoding": f"x{number}"}
        for _ in range(4):
            blog.client().get(PATH, headers=warm_header)
    assert len(memory_of(blog).fast.by_header) <= 64


def test_a_server_may_change_the_list_of_headers_it_was_given(blog: TrialBlog) -> None:
    before = warm(blog)
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": PATH, "QUERY_STRING": "", "SCRIPT_NAME": "",
        "HTTP_HOST": "localhost", "wsgi.url_scheme": "http",
    }  # fmt: skip

    def add_one(_status: str, headers: list[tuple[str, str]], _info: Any = None) -> Any:
        headers.append(("X-Added", "1"))

    blog.app.wsgi_app(environ, add_one)
    assert list(blog.client().get(PATH).headers) == list(before.headers)


def test_copies_given_by_several_threads_are_all_counted() -> None:
    copies = Copies([("A", "1")])
    threads = [
        threading.Thread(target=lambda: [copies.give() for _ in range(20_000)]) for _ in range(4)
    ]
    counted = 0
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        counted += copies.given()
    assert counted + copies.given() == 80_000
    assert copies.give() is not copies.give()
