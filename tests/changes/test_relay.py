"""The relay: writes by other programs, other processes, and databases that were swapped."""

import subprocess
import sys
import time

import pytest
from sqlalchemy import delete, update

from blog_core.changes.stamps import Stamps
from blog_core.changes.transactions import Changes
from blog_core.model import Outbox, Post
from blog_core.site import SYSTEM, Site
from tests.changes.test_roads import RENAME, foreign_write


@pytest.fixture
def stamps(filled: Site) -> Stamps:
    return filled.changes.stamps


def test_using_the_stamps_is_enough_to_hear_of_foreign_writes(filled, stamps, database_url):
    stamp = stamps.read(["post:1"])
    assert not stamps.moved(stamp)
    foreign_write(database_url, RENAME)
    deadline = time.monotonic() + 10
    while not stamps.moved(stamp) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert stamps.moved(stamp)


def test_what_this_host_wrote_itself_is_not_announced_twice(filled, stamps):
    with filled.transaction(SYSTEM) as session:
        session.get_one(Post, 1).title = "Ours"
    stamp = stamps.read(["post:1"])
    filled.changes.relay.look_now()
    assert not stamps.moved(stamp)


def test_what_another_process_announced_is_not_announced_twice(
    filled, stamps, database_url, data_dir
):
    write = (
        "import sys\n"
        "from blog_core import create_app\n"
        "from blog_core.model import Post\n"
        "from blog_core.site import SYSTEM\n"
        "app = create_app({'database_url': sys.argv[1], 'data_dir': sys.argv[2]})\n"
        "site = app.extensions['blog']['blog']\n"
        "with site.transaction(SYSTEM) as session:\n"
        "    session.get_one(Post, 1).title = 'Theirs'\n"
    )
    before = stamps.read(["post:1"])
    subprocess.run([sys.executable, "-c", write, database_url, str(data_dir)], check=True)
    assert stamps.moved(before)
    after = stamps.read(["post:1"])
    filled.changes.relay.look_now()
    assert not stamps.moved(after)


def test_rows_removed_unseen_mean_everything(filled, stamps, database_url):
    stamp = stamps.read(["nothing-touches-this"])
    foreign_write(database_url, RENAME)
    foreign_write(database_url, "DELETE FROM outbox")
    if filled.ports.executor.engine.dialect.name == "postgresql":
        stamps.notes[1] -= 3_601  # nobody has looked for an hour: so long rows are kept
    filled.changes.relay.look_now()
    assert stamps.moved(stamp)


def test_rows_removed_after_they_were_seen_mean_nothing(filled, stamps):
    stamp = stamps.read(["post:1"])
    with filled.transaction(SYSTEM) as session:
        session.execute(delete(Outbox))
    filled.changes.relay.look_now()
    assert not stamps.moved(stamp)


def test_an_older_database_in_the_same_place_means_everything(filled, stamps):
    stamp = stamps.read(["nothing-touches-this"])
    stamps.notes[0] += 1_000_000  # this host has seen more than the database has
    with filled.transaction(SYSTEM) as session:
        session.execute(update(Post).where(Post.id == 1).values(body="x"))
    filled.changes.relay.look_now()
    assert stamps.moved(stamp)


def test_another_database_means_everything(filled, stamps, app):
    stamp = stamps.read(["nothing-touches-this"])
    stamps.notes[3] = 1
    changes = Changes(stamps)
    changes.bind(filled)
    changes.close()
    assert stamps.moved(stamp)
