"""Cached pages at the speed of the bare server: quiet, while saving, in memory, with Valkey."""

import contextlib
import json
import tempfile
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from bench.blog import SampleBlog, opened, sample_blog
from bench.declare import Comparison, Measure, Metric, Prepare, Sample, at_least, at_most, benchmark
from bench.rows.pages import NotComparable
from bench.saves import make_post, saves_of
from bench.serving import fetch, loaded, serving, serving_answer
from bench.sites import Answer
from blog_core.testing.services import ValkeyServer, WebServer

EACH_S = 0.02
SPEED = (
    Metric("requests", "1/s", at_least(0.95)),
    Metric("server CPU", "us/request", at_most(1.05)),
)
WHILE_SAVING = (Metric("requests", "1/s", at_least(0.90)), Metric("server CPU", "us/request"))


@contextlib.contextmanager
def places(level: str) -> Iterator[SampleBlog]:
    """A blog whose cache is in memory alone, or in memory and Valkey."""
    with contextlib.ExitStack() as stack:
        more: dict[str, Any] = {}
        if level == "valkey":
            more = {"cache": {"redis_url": stack.enter_context(ValkeyServer.start()).url}}
        yield stack.enter_context(sample_blog(**more))


def warm(server: WebServer, headers: dict[str, str]) -> Answer:
    """The cached answer, once it comes from the layer that will serve it under load."""
    hits = 0
    # Invalidations of earlier saves may still be on their way through Valkey.
    for _ in range(20):
        answer = fetch(server, headers)
        hits = hits + 1 if "hit" in answer.header("Cache-Status") else 0
        if hits == 2:
            return answer
    raise NotComparable(f"the page is not cached: {answer.header('Cache-Status')}")


def _quiet(level: str, connections: int, *, revalidating: bool) -> Prepare:
    def prepare() -> Iterator[Comparison]:
        with places(level) as sample:
            answer, headers = _first_answer(sample, revalidating=revalidating)
            yield Comparison(
                _each_in_a_new(blog_of(sample), headers, connections),
                _each_in_a_new(bare_of(answer), headers, connections),
                note=f"against a bare WSGI callable, {len(answer.body.encode()):,} bytes",
            )

    return prepare


def _saving(level: str, connections: int) -> Prepare:
    def prepare() -> Iterator[Comparison]:
        with places(level) as sample, opened(sample) as site:
            answer, headers = _first_answer(sample, revalidating=False)
            with site.activate():
                save = saves_of(site, make_post(site))["orm"]

            def saving(measure: Measure) -> Measure:
                return while_saving(save, measure)

            yield Comparison(
                _each_in_a_new(blog_of(sample), headers, connections, saving),
                _each_in_a_new(bare_of(answer), headers, connections, saving),
                note="a save that touches the page each 20 ms, on both sides",
            )

    return prepare


def _first_answer(sample: SampleBlog, *, revalidating: bool) -> tuple[Answer, dict[str, str]]:
    """What the other side is to answer, and the headers both are asked with."""
    with serving("blog", sample.environment) as blog:
        headers = {"If-None-Match": warm(blog, {}).header("ETag")} if revalidating else {}
        return warm(blog, headers), headers


Start = Callable[[], contextlib.AbstractContextManager[WebServer]]


def blog_of(sample: SampleBlog) -> Start:
    """How a server of the blog is started."""
    return partial(serving, "blog", sample.environment)


def bare_of(answer: Answer) -> Start:
    """How a server is started that knows only this answer."""
    return partial(serving_answer, "bare", answer)


def _quietly(measure: Measure) -> Measure:
    return measure


def _each_in_a_new(
    start: Start,
    headers: dict[str, str],
    connections: int,
    meanwhile: Callable[[Measure], Measure] = _quietly,
) -> Measure:
    """Two processes of the same site differ by up to 3 % by how their memory happens to lie, so
    each measurement has a process of its own."""

    def measure() -> Sample:
        with start() as server:
            warm(server, headers)
            return meanwhile(loaded(server, headers=headers, connections=connections))()

    return measure


def while_saving(save: Callable[[int], None], measure: Measure) -> Measure:
    """Measure while another thread saves each 20 ms."""

    def measured() -> Sample:
        done, numbers = threading.Event(), iter(range(10**9))

        def go_on() -> None:
            while not done.wait(EACH_S):
                save(next(numbers))

        saver = threading.Thread(target=go_on)
        saver.start()
        try:
            return measure()
        finally:
            done.set()
            saver.join()

    return measured


for _level in ("memory", "valkey"):
    for _connections in (16, 64):
        _where = f"{_level}, {_connections} connections"
        benchmark(f"cache hit, {_where}", *SPEED, repeats=9)(
            _quiet(_level, _connections, revalidating=False)
        )
        benchmark(f"cache 304, {_where}", *SPEED, repeats=9)(
            _quiet(_level, _connections, revalidating=True)
        )
        benchmark(f"cache hit while saving, {_where}", *WHILE_SAVING, repeats=9)(
            _saving(_level, _connections)
        )


@benchmark("cache against Flask-Caching in memory", Metric("requests", "1/s", at_least(3.0)))
def against_simple_cache() -> Iterator[Comparison]:
    """The same page by Flask-Caching's decorator, in the memory of the process."""
    yield from _against_flask_caching({"CACHE_TYPE": "SimpleCache"})


@benchmark("cache against Flask-Caching in Valkey", Metric("requests", "1/s", at_least(3.0)))
def against_redis_cache() -> Iterator[Comparison]:
    """The same page by Flask-Caching's decorator, in Valkey."""
    with ValkeyServer.start() as valkey:
        yield from _against_flask_caching(
            {"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": valkey.url}
        )


def _against_flask_caching(config: dict[str, str]) -> Iterator[Comparison]:
    with (
        sample_blog() as sample,
        serving("blog", sample.environment) as blog,
        tempfile.TemporaryDirectory() as folder,
    ):
        file = Path(folder) / "answer.json"
        warm(blog, {}).write(file)
        env = {"BENCH_ANSWER": str(file), "BENCH_CACHING": json.dumps(config)}
        with serving("flask_caching", env) as others:
            yield Comparison(loaded(blog), loaded(others), note="the same page, @cache.cached()")
