"""Writers and readers in any order: what is stored and called valid is never older than a commit.

Each step of two writers and a caching reader may come before or after each step of the others. The
reader does what every cache does: stamps, statement, render, store, serve.
"""

from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from blog_core.model import Post
from blog_core.ports import Query
from blog_core.site import SYSTEM

TITLE = Query("title", select(Post.title).where(Post.id == 1))
STEPS = st.lists(
    st.sampled_from(["build", "write", "commit", "commit_slowly", "roll_back", "serve"]),
    max_size=24,
)


class Play:
    """One reader with a cache of one entry, and one writer, moved step by step."""

    def __init__(self, site):
        self.site, self.stamps = site, site.changes.stamps
        self.committed = site.read(TITLE)[0]["title"]
        self.building = self.entry = self.written = self.connection = None
        self.writing = ExitStack()
        self.count = 0

    def build(self):
        """Start a page, or finish the one that was started."""
        if self.building is None:
            self.building = (self.stamps.now(), self.site.read(TITLE)[0]["title"])
            return
        moment, title = self.building
        self.building = None
        stamp = self.stamps.read_since(moment, ["post:1"])
        if stamp is not None:
            self.entry = (stamp, title)

    def write(self):
        self.count += 1
        self.written = f"Title {self.count}"
        if self.connection is None:
            engine = self.site.ports.executor.engine
            self.connection = self.writing.enter_context(engine.connect())
        query = text("UPDATE post SET title = :title WHERE id = 1")
        self.connection.execute(query, {"title": self.written})

    def commit(self):
        if self.written is not None:
            self.connection.commit()
            self.committed, self.written = self.written, None

    def commit_slowly(self):
        """The reader goes on while the writer announces."""
        move = self.stamps.move

        def slow_move(cache_tags):
            self.build()
            move(cache_tags)
            self.build()

        self.stamps.move = slow_move
        self.commit()
        self.stamps.move = move

    def roll_back(self):
        if self.written is not None:
            self.connection.rollback()
            self.written = None

    def serve(self):
        if self.entry is not None:
            stamp, title = self.entry
            assert self.stamps.moved(stamp) or title == self.committed


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
@example(steps=["build", "write", "commit_slowly", "build"])
@example(steps=["write", "build", "commit", "build"])
def test_a_valid_entry_is_what_was_committed_last(filled, steps):
    play = Play(filled)
    with play.writing:
        for step in steps:
            getattr(play, step)()
        play.serve()


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["title", "body", "status", "author_id", "comment_count"]),
        st.booleans(),
        st.booleans(),
    ),
    max_size=6,
)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(changes=ROWS)
def test_savepoints_in_any_nesting_leave_the_tags_of_what_stands(filled, ear, changes):
    """Each change may be in a savepoint of its own, which may be rolled back."""
    expected = set()
    with ear() as heard, filled.transaction(SYSTEM) as session:
        for number, (column, in_savepoint, undone) in enumerate(changes):
            savepoint = session.begin_nested() if in_savepoint else None
            write(session, column, number)
            if savepoint is not None and undone:
                savepoint.rollback()
                session.expire_all()
            else:
                expected |= {"post:1"}
                if savepoint is not None:
                    savepoint.commit()
    assert ("post:1" in heard.tags) == bool(expected)


def write(session, column, number):
    values = {
        "title": f"T{number}",
        "body": f"B{number}",
        "status": ("published", "draft")[number % 2],
        "author_id": 1 + number % 2,
        "comment_count": number,
    }
    query = text(f"UPDATE post SET {column} = :value WHERE id = 1")
    session.execute(query, {"value": values[column]})


@pytest.fixture(autouse=True)
def _quiet_relay(filled, monkeypatch):
    """The relay may look at any moment; here only the writer's own announcement is proved."""
    monkeypatch.setattr(filled.changes.stamps, "look_at", float("inf"))
