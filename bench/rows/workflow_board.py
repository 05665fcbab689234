"""What the board costs with 10,000 posts in progress, against 300: for editors and for an author.

Each post has a card, some work done, and half of them somebody who does it by a day.
BENCH_IN_PROGRESS sets the larger number.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import insert, text

from bench.cpu import cost_us
from bench.declare import Comparison, Metric, Prepare, Sample, at_most, benchmark
from bench.machine import plugins
from blog_core.importing.seed import seed_blog
from blog_core.site import SYSTEM
from blog_core.testing.services import PostgresServer
from blog_core.testing.trial import TrialBlog
from plugins.workflow.own import own_stages
from plugins.workflow.people.model import WorkflowAssignment
from plugins.workflow.screens.model import WorkflowCard

FEW = 300
"""Enough to fill every column that is shown: both boards hold the same number of cards."""

MANY = int(os.environ.get("BENCH_IN_PROGRESS", "10000"))
ROUNDS = 60
ROLES = ("editor", "author")


@dataclass(frozen=True)
class Board:
    """A blog with posts in progress, the browsers of an editor and of the author of them all."""

    blog: TrialBlog
    clients: Sequence[FlaskClient]

    def measure(self) -> Sample:
        """The cost and the statements of the board, by role."""
        costs = [
            cost_us(client, ["/admin/workflow"], self.blog.engine, rounds=ROUNDS)
            for client in self.clients
        ]
        return Sample((*costs, *(self._statements(client) for client in self.clients)))

    def _statements(self, client: FlaskClient) -> float:
        with self.blog.statements() as log:
            client.get("/admin/workflow")
        return float(len(log))


@contextlib.contextmanager
def in_progress(url: str, folder: Path, posts: int) -> Iterator[Board]:
    """A blog with so many posts on the board. Two connections: one is the page's."""
    blog = TrialBlog(
        folder, database_url=url, plugins=plugins(), db_opt={"pool_size": 2, "budget": "warning"}
    )
    try:
        seed_blog(blog.site, posts=posts, comments=0, on_progress=lambda *_: None)
        clients = [blog.signed_in(role) for role in ROLES]
        _put_on_the_board(blog)
        yield Board(blog, clients)
    finally:
        blog.close()


def _put_on_the_board(blog: TrialBlog) -> None:
    """Make every post a draft of the author, on the board in one of the sub-stages."""
    stage_ids, author = own_stages(blog.site).catalogue.stage_ids, blog.account("author")
    now, today = blog.site.clock(), date(2026, 11, 24)
    with blog.site.transaction(SYSTEM) as session:
        session.execute(
            text("UPDATE post SET status = 'draft', author_id = :me"), {"me": author.account_id}
        )
        ids = list(session.scalars(text("SELECT id FROM post ORDER BY id")))
        cards = [
            {
                "post_id": id_,
                "stage_id": stage_ids[number % len(stage_ids)],
                "author_id": author.account_id,
                "moved_at": now - timedelta(minutes=number),
                "moved_by": "Editor",
            }
            for number, id_ in enumerate(ids)
        ]
        session.execute(insert(WorkflowCard), cards)
        given = [
            {
                "post_id": card["post_id"],
                "stage_id": card["stage_id"],
                "account_id": author.account_id,
                "due_on": today + timedelta(days=number % 60),
            }
            for number, card in enumerate(cards)
            if number % 2
        ]
        session.execute(insert(WorkflowAssignment), given)


def _board(database: str) -> Prepare:
    def prepare() -> Iterator[Comparison]:
        with contextlib.ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="blog-board-")))
            server = None
            if database == "postgresql":
                server = stack.enter_context(PostgresServer.start())
            sides = []
            for posts in (MANY, FEW):
                home = folder / str(posts)
                home.mkdir()
                url = server.create_database() if server else f"sqlite:///{home / 'blog.db'}"
                sides.append(stack.enter_context(in_progress(url, home, posts)))
            many, few = sides
            note = f"{MANY:,} posts in progress against {FEW:,}"
            yield Comparison(many.measure, few.measure, note=note)

    return prepare


for _database in ("sqlite", "postgresql"):
    benchmark(
        f"workflow board, {_database}",
        *(Metric(f"board, {role}", "us CPU/request", at_most(1.25)) for role in ROLES),
        *(Metric(f"statements, {role}", "", at_most(1.0)) for role in ROLES),
        repeats=5,
    )(_board(_database))
