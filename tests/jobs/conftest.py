"""A migrated blog with a clock that the test moves, and what its jobs did."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from blog_core import create_app
from blog_core.model import Job
from blog_core.model.migrate import migrate
from blog_core.ports import Query
from blog_core.site import Site


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.now = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

    def __call__(self):
        return self.now

    def forward(self, **by):
        self.now += timedelta(**by)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def config(database_url, tmp_path):
    return {"database_url": database_url, "data_dir": tmp_path / "data"}


@pytest.fixture
def app(config):
    app = create_app(config)
    yield app
    for site in app.extensions["blog"].values():
        assert site.jobs.stop_runner()
        site.changes.close()
        site.ports.executor.close()


@pytest.fixture
def site(app, clock) -> Site:
    site: Site = app.extensions["blog"]["blog"]
    site.clock = clock
    migrate(site)
    site.jobs.run_due()  # the recurring ones
    return site


@pytest.fixture
def done(site):
    """What jobs called test.note were given, in order."""
    notes = []
    site.jobs.register("test.note", lambda site, arguments: notes.append(arguments))
    return notes


@pytest.fixture
def rows(site):
    """`rows("test.note")`: the jobs of a name as they stand in the table."""

    def read(name):
        query = Query("jobs", select(Job.__table__).where(Job.name == name).order_by(Job.id))
        return site.read(query)

    return read
