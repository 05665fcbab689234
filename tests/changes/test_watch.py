"""The commit itself: announced after it, and also when nobody knows whether it stands."""

import pytest
from sqlalchemy import make_url, text

from blog_core.cache_tags import TagRule
from blog_core.changes.sqlite_outbox import SqliteOutbox
from blog_core.changes.stamps import Stamps
from blog_core.changes.watch import Watch
from blog_core.model.branches import CORE_FOLDER, Branch
from blog_core.model.database import own_engine, reading
from blog_core.model.migrate import migrate_engine

GIVE_MONTH = "INSERT INTO post_month (month, post_count) VALUES ('2026-11', 1)"


class Stage:
    """A watched engine; `commit` is what its commits do, `announced` what was announced."""

    def __init__(self, folder):
        self.engine = own_engine(make_url(f"sqlite:///{folder / 'blog.db'}"))
        rules = {"post_month": (TagRule("posts"),)}
        migrate_engine(self.engine, folder, [Branch("blog", CORE_FOLDER)], rules)
        self.commit = self.engine.dialect.do_commit
        self.engine.dispose()
        self.engine.dialect.do_commit = self.do_commit
        self.outbox = SqliteOutbox(Stamps(None))
        self.announced = []
        self.watch = Watch(self.engine, self.outbox, self.announce)

    def do_commit(self, connection):
        self.commit(connection)

    def announce(self, touched):
        self.announced.append((set(touched.cache_tags), self.months()))
        self.outbox.note(touched)

    def months(self):
        with reading(self.engine) as connection:
            return connection.scalar(text("SELECT count(*) FROM post_month"))

    def write(self):
        with self.engine.begin() as connection:
            connection.execute(text(GIVE_MONTH))

    def news(self):
        with reading(self.engine) as connection:
            return set(self.outbox.news(connection.connection).cache_tags)


@pytest.fixture
def stage(tmp_path):
    stage = Stage(tmp_path)
    yield stage
    stage.engine.dispose()


def test_tags_are_announced_when_the_commit_stands(stage):
    stage.write()
    assert stage.announced == [({"posts"}, 1)]
    assert stage.news() == set()


def test_a_commit_whose_answer_is_lost_is_announced_and_looked_at_again(stage):
    real = stage.commit

    def lost(connection):
        real(connection)
        raise ConnectionResetError

    stage.commit = lost
    with pytest.raises(ConnectionResetError):
        stage.write()
    assert stage.announced == [({"posts"}, 1)] * 2
    assert stage.news() == set()


def test_a_commit_that_fails_hides_nothing_that_comes_after_it(stage):
    real = stage.commit

    def failing(connection):
        raise ConnectionResetError

    stage.commit = failing
    with pytest.raises(ConnectionResetError):
        stage.write()
    assert stage.months() == 0
    stage.commit = real
    stage.write()
    assert stage.announced[-1] == ({"posts"}, 1)


def test_a_transaction_that_only_read_asks_the_outbox_nothing(stage):
    stage.outbox.of_transaction = None  # would fail
    with stage.engine.begin() as connection:
        connection.execute(text("SELECT 1"))
    assert stage.announced == []
