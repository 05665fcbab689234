"""The ear: on PostgreSQL every commit that touched something is heard at once, on every host."""

from collections.abc import Callable
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy import Engine, create_engine, make_url

from blog_core.changes.ear import Ear
from blog_core.changes.stamps import Stamps
from blog_core.model import Post
from blog_core.site import SYSTEM
from blog_core.testing.trial import TrialBlog
from tests.changes.test_roads import RENAME, foreign_write


@pytest.fixture
def blog(tmp_path: Path, postgres_url: str) -> TrialBlog:
    blog = TrialBlog(tmp_path / "writer", database_url=postgres_url)
    blog.post("Hello")
    return blog


@pytest.fixture
def engine(postgres_url: str) -> Engine:
    return create_engine(make_url(postgres_url).set(drivername="postgresql+psycopg2"))


@pytest.fixture
def ear(blog: TrialBlog, engine: Engine, tmp_path: Path) -> Callable[[str], Ear]:
    """`ear("a")` is one more process's on the host called a; it listens already."""

    def listening(host: str) -> Ear:
        found = Ear(engine, None, Stamps(tmp_path / host / "stamps"))
        found.wait(0.0)
        return found

    return listening


def test_a_commit_wakes_every_host(blog: TrialBlog, ear: Callable[[str], Ear]) -> None:
    ears = [ear("a"), ear("b")]
    with blog.site.transaction(SYSTEM) as session:
        session.get_one(Post, 1).title = "Changed"
    assert [one.wait(10.0) for one in ears] == [True, True]
    assert [one.wait(0.05) for one in ears] == [False, False]


def test_a_write_by_another_program_wakes_too(
    blog: TrialBlog, ear: Callable[[str], Ear], postgres_url: str
) -> None:
    listening = ear("a")
    foreign_write(postgres_url, RENAME)
    assert listening.wait(10.0)


def test_what_was_rolled_back_or_touched_nothing_wakes_nobody(
    blog: TrialBlog, ear: Callable[[str], Ear]
) -> None:
    listening = ear("a")
    with blog.engine.connect() as connection:
        connection.exec_driver_sql("UPDATE post SET title = 'x'")
        connection.rollback()
        connection.exec_driver_sql("UPDATE post SET title = 'x' WHERE id = 99")
        connection.commit()
    assert not listening.wait(0.2)


def test_one_process_of_a_host_listens_and_another_takes_over(
    blog: TrialBlog, ear: Callable[[str], Ear], postgres_url: str
) -> None:
    first, second = ear("a"), ear("a")
    foreign_write(postgres_url, RENAME)
    assert first.wait(10.0)
    assert not second.wait(0.05)
    first.close()
    second.wait(0.0)
    foreign_write(postgres_url, RENAME)
    assert second.wait(10.0)


def test_an_ear_whose_connection_was_cut_listens_again(
    blog: TrialBlog, ear: Callable[[str], Ear], postgres_url: str
) -> None:
    listening = ear("a")
    with blog.engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE query LIKE 'LISTEN%%' AND datname = current_database()"
        )
    listening.wait(10.0)  # the server's last words
    with pytest.raises(psycopg2.Error):
        listening.wait(10.0)
    listening.wait(0.0)
    foreign_write(postgres_url, RENAME)
    assert listening.wait(10.0)
