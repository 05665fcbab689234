"""Waits for locks, sizes, plans that became worse, the server's own counts: seen and told."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from blog_core.api import Unavailable
from plugins.db_opt import execute_query
from plugins.db_opt.findings import read_findings
from plugins.db_opt.plan_book import look_at_plans
from plugins.db_opt.sizes import Size, sizes
from plugins.db_opt.waits import recent_waits
from tests.flows.world import World
from tests.plugins.db_opt import clerk
from tests.plugins.db_opt.outages import wait_for

ADD = "INSERT INTO tag (slug, name, description, post_count) VALUES ('x', 'x', '', 0)"


def shown(world: World, command: str) -> str:
    result = world.app.test_cli_runner().invoke(args=["blog", "db", *command.split()])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def holding(make_world: Callable[..., World], postgres_url: str) -> Iterator[World]:
    """A page of a plugin is inside a transaction and holds a lock on the tags."""
    world = make_world(
        postgres_url, plugins=["db_opt", "tests.plugins.db_opt.clerk"], db_opt={"lock_s": 4}
    )
    with world.site.activate():
        execute_query(ADD)
    clerk.HOLDS.clear()
    clerk.LET_GO.clear()
    page = threading.Thread(target=world.get, args=("/clerk/hold",))
    page.start()
    clerk.HOLDS.wait(30)
    yield world
    clerk.LET_GO.set()
    page.join()


def test_who_waits_is_told_for_whom_by_route_and_line(holding: World):
    def write() -> None:
        with holding.site.activate():
            execute_query("UPDATE tag SET name = 'y'")

    writer = threading.Thread(target=write)
    writer.start()
    wait_for(lambda: "which is route blog.clerk_hold" in shown(holding, "locks"))
    now = shown(holding, "locks")
    line = next(
        number
        for number, text in enumerate(Path(clerk.__file__).read_text().splitlines(), 1)
        if "# held" in text
    )
    assert f"clerk.py:{line} in hold" in now
    assert "idle in transaction" in now
    assert "UPDATE tag SET name = 'y'" in now
    assert "commit or roll back sooner there" in now
    wait_for(lambda: bool(recent_waits(holding.site)))
    clerk.LET_GO.set()
    writer.join()
    (wait,) = recent_waits(holding.site)
    assert (wait.kind, wait.blocker_route) == ("waited", "blog.clerk_hold")
    assert wait.blocker.startswith("blog/web (process ")
    assert "for blog/web" in shown(holding, "locks")


def test_a_wait_in_vain_is_counted(holding: World):
    with holding.site.activate(), pytest.raises(Unavailable, match="busy with another write"):
        execute_query("UPDATE tag SET name = 'y'")
    refused = [wait for wait in recent_waits(holding.site) if wait.kind == "refused"]
    assert [wait.statement for wait in refused] == ["UPDATE tag SET name = 'y'"]
    assert holding.site.metrics.value("blog_db_opt_lock_waits_total", kind="refused") == 1


def test_waits_for_sqlite_are_counted_with_their_route(
    make_world: Callable[..., World], sqlite_url: str
):
    world = make_world(
        sqlite_url,
        plugins=["db_opt", "tests.plugins.db_opt.clerk"],
        db_opt={"busy_s": 1e-9},  # however short: when the other one lets go depends on the machine
    )
    other = sqlite3.connect(
        str(make_url(sqlite_url).database), isolation_level=None, check_same_thread=False
    )
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.1, other.execute, ["ROLLBACK"]).start()
    clerk.LET_GO.set()
    assert world.get("/clerk/hold").status_code == 200
    (wait,) = [wait for wait in recent_waits(world.site) if wait.route]
    assert (wait.kind, wait.route, wait.statement) == (
        "waited",
        "blog.clerk_hold",
        "BEGIN IMMEDIATE",
    )
    assert "waited   " in shown(world, "locks")
    other.close()


def test_nobody_waited(make_world: Callable[..., World], database_url: str):
    world = make_world(database_url, plugins=["db_opt"], db_opt={"busy_s": 60})
    assert shown(world, "locks") == "Nobody had to wait for a lock.\n"


def test_sizes_of_tables_and_indexes_the_largest_first(world: World):
    found = sizes(world.site)
    assert {"post", "comment", "revision"} <= {size.name for size in found}
    assert [size.bytes for size in found] == sorted((s.bytes for s in found), reverse=True)
    assert all(size.index_bytes > 0 for size in found if size.name == "post")
    assert f"{found[0].name} " in shown(world, "sizes")


def test_a_table_full_of_dead_rows_is_told():
    assert Size("post", 1, 1, rows=1000, dead_rows=100).advice == ""
    assert "20,000 dead rows" in Size("post", 1, 1, rows=1000, dead_rows=20_000).advice


COUNT = "SELECT count(*) AS n FROM greedy_row WHERE kind = :kind"


def test_a_plan_that_became_worse_is_told_with_what_to_do(world: World):
    execute_query("CREATE TABLE greedy_row (kind INTEGER, filler TEXT)")
    numbers = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 60000)"
    execute_query(f"INSERT INTO greedy_row {numbers} SELECT x, 'some more words' FROM c")
    execute_query("CREATE INDEX greedy_by_kind ON greedy_row (kind)")
    execute_query("ANALYZE greedy_row")

    def asked_often() -> None:
        for kind in range(10):
            execute_query(COUNT, {"kind": kind})
        look_at_plans(world.site)

    asked_often()
    asked_often()
    assert [f for f in read_findings(world.site) if f.kind == "plan_changed"] == []
    execute_query("DROP INDEX greedy_by_kind")
    asked_often()
    (finding,) = [f for f in read_findings(world.site) if f.kind == "plan_changed"]
    assert finding.told.startswith("greedy_row is now read from end to end")
    assert "plan worse  greedy_row is now read" in shown(world, "slow")
    asked_often()
    assert len([f for f in read_findings(world.site) if f.kind == "plan_changed"]) == 1


def test_the_servers_own_counts_are_used_where_they_are(
    make_world: Callable[..., World], postgres_url: str
):
    world = make_world(postgres_url, plugins=["db_opt"])
    assert "CREATE EXTENSION pg_stat_statements" in shown(world, "slow")
    with world.site.activate():
        execute_query("CREATE EXTENSION pg_stat_statements")
        execute_query("SELECT pg_stat_statements_reset()")
        execute_query("SELECT count(*) FROM generate_series(1, 1000)")
    output = shown(world, "slow")
    assert "server    1 x, " in output
    assert "SELECT count(*) FROM generate_series($1, $2)" in output
