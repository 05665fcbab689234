"""Statements are observed over all workers with samples of their values, in constant space."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from blog_core.api import Metrics
from plugins.db_opt import execute_query
from plugins.db_opt.observed import Observed, read_observed, statement_tally
from plugins.db_opt.sample_values import kept, revived
from tests.flows.world import World


def observed(world: World, beginning: str) -> Observed:
    found = [one for one in read_observed(world.site) if one.statement.startswith(beginning)]
    assert len(found) == 1
    return found[0]


def test_a_statement_is_kept_with_route_plugin_line_calls_and_values(
    make_world: Callable[..., World], database_url: str
):
    greedy = "tests.plugins.db_opt.greedy"
    world = make_world(database_url, plugins=["db_opt", greedy], db_opt={"budget": "warning"})
    for _ in range(2):
        world.get("/greedy/apart")
    found = observed(world, "SELECT tag.name")
    assert (found.route, found.plugin, found.calls) == ("blog.greedy_apart", "greedy", 4)
    assert found.where.endswith(" in apart")
    assert 0 < found.max_s <= found.total_s
    assert list(found.params.values() if isinstance(found.params, dict) else found.params) == [1]
    assert len(found.varying) == 1


def test_what_stands_outside_of_a_page_is_not_whose_statement_it_is(
    make_world: Callable[..., World], sqlite_url: str
):
    world = make_world(sqlite_url, plugins=["db_opt", "cache"])
    assert world.get("/").status_code == 200
    found = [one for one in read_observed(world.site) if one.route == "blog.home"]
    assert {one.plugin for one in found} == {"core"}


def test_what_was_always_the_same_does_not_vary(world: World):
    for number in range(4):
        execute_query("SELECT id FROM post WHERE status = %s AND words > %s", ("published", number))
    assert observed(world, "SELECT id FROM post").varying == {"p1"}


def test_writes_of_a_table_are_one_statement_without_values(world: World):
    for number in range(3):
        execute_query(f"INSERT INTO tag (slug, name) VALUES ('tag-{number}', 'Tag')")
        execute_query(f"UPDATE tag SET name = 'Tag {number}' WHERE slug = 'tag-1'")
    for verb in ("INSERT INTO tag ", "UPDATE tag"):
        found = observed(world, verb)
        assert (found.calls, found.statement, found.is_read) == (3, verb, False)
        assert not found.params


def test_looking_at_the_catalogue_is_nobodys_statement(world: World):
    world.app.test_cli_runner().invoke(args=["blog", "db", "indexes"])
    statements = [one.statement for one in read_observed(world.site)]
    assert not [s for s in statements if "pg_" in s or "sqlite_master" in s]


def test_any_number_of_statements_takes_the_same_space(world: World):
    for number in range(600):
        execute_query(f"SELECT {number} AS n")
    assert len(read_observed(world.site)) <= 512


def test_the_counts_of_two_workers_are_added(world: World):
    execute_query("SELECT 1 AS one")
    other = statement_tally(Metrics(world.site.data_dir / "run" / "stats"))
    mine = next(c for c in other.read() if c.record["statement"] == "SELECT 1 AS one")
    entry = other.begin("other worker", mine.record)
    assert entry is not None
    other.count(entry, 2.0)
    found = observed(world, "SELECT 1")
    assert (found.calls, found.max_s) == (2, 2.0)


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, 3, 1.5, "published", ["a", 1], timedelta(hours=1)),
        *(date(2026, 11, 24), datetime(2026, 11, 24, 12, tzinfo=UTC), Decimal("1.10")),
        UUID("12345678-1234-5678-1234-567812345678"),
    ],
)
def test_a_short_value_comes_back_as_it_was(value: object):
    assert revived(kept(value)) == value


@pytest.mark.parametrize("secret", ["somebody@example.org", "d" * 64, b"token"])
def test_of_addresses_digests_and_bytes_only_the_length_is_kept(secret: str | bytes):
    assert secret not in str(kept(secret)).split("'")
    stand_in = revived(kept(secret))
    assert (type(stand_in), len(stand_in)) == (type(secret), len(secret))
    assert stand_in != secret
