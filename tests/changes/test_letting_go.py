"""The thread that listens on PostgreSQL keeps neither a blog nor a process from going on."""

import gc
import os
import resource
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

from blog_core.changes.ear import Ear
from blog_core.changes.stamps import Stamps
from blog_core.testing.trial import TrialBlog


def until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while not condition() and time.monotonic() < deadline:
        gc.collect()
        time.sleep(0.05)
    return condition()


def test_a_blog_that_nobody_holds_goes_and_its_thread_with_it(
    tmp_path: Path, postgres_url: str
) -> None:
    before = set(threading.enumerate())
    blog = TrialBlog(tmp_path, database_url=postgres_url)
    blog.post("Hello")
    relay = weakref.ref(blog.site.changes.relay)
    relay().look()  # type: ignore[union-attr]
    (thread,) = [one for one in threading.enumerate() if one not in before]
    assert thread.name == "blog-relay"
    blog.site.ports.executor.close()
    del blog
    assert until(lambda: relay() is None)
    assert until(lambda: not thread.is_alive())


@pytest.fixture
def many_open_files() -> Iterator[None]:
    """A process with so many open files that the next one's number is beyond 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4_096, hard), hard))
    held = [os.open(os.devnull, os.O_RDONLY) for _ in range(1_100)]
    yield
    for number in held:
        os.close(number)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_it_listens_in_a_process_with_thousands_of_open_files(
    many_open_files: None, tmp_path: Path, postgres_url: str
) -> None:
    TrialBlog(tmp_path / "writer", database_url=postgres_url).close()
    engine = create_engine(make_url(postgres_url).set(drivername="postgresql+psycopg2"))
    ear = Ear(engine, None, Stamps(tmp_path / "ear" / "stamps"))
    assert ear.wait(0.01) is False
    ear.close()
    engine.dispose()
