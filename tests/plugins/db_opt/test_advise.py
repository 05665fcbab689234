"""`blog db advise`: what it says, that it only reads, what it builds and takes back."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from plugins.db_opt import execute_query
from plugins.db_opt.advise.advising import advise
from plugins.db_opt.advise.applying import apply
from plugins.db_opt.advise.form import Form, Key
from plugins.db_opt.advise.read_only import read_only
from plugins.db_opt.real_indexes import real_indexes
from tests.flows.world import World
from tests.plugins.db_opt.hypopg_shim import install_shim

NEWEST = "SELECT id FROM shop_thing WHERE kind = :kind ORDER BY at DESC LIMIT 10"
SEARCH = "SELECT id FROM shop_thing WHERE told LIKE :like"
ROWS = """
INSERT INTO shop_thing WITH RECURSIVE numbers AS (
    SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < 8000)
SELECT n, 'kind' || (n % 20), 'at' || (100000 + n * 31 % 7001), 'Thing ' || n FROM numbers"""


def fill(world: World) -> World:
    execute_query("CREATE TABLE shop_thing (id INTEGER PRIMARY KEY, kind TEXT, at TEXT, told TEXT)")
    execute_query(ROWS)
    if is_postgres(world):
        execute_query("ANALYZE shop_thing")
    return world


def is_postgres(world: World) -> bool:
    return world.site.ports.executor.engine.dialect.name == "postgresql"


@pytest.fixture
def shop(world: World) -> World:
    return fill(world)


def row_count() -> int:
    rows = execute_query("SELECT count(*) AS n FROM shop_thing")
    assert not isinstance(rows, int)
    return int(rows[0]["n"])


def visit(world: World, sql: str, **values: Any) -> None:
    with world.app.test_request_context("/"):
        execute_query(sql, values)


def command(world: World, *arguments: str, answer: str = "") -> tuple[int, str]:
    runner = world.app.test_cli_runner()
    result = runner.invoke(args=["blog", "db", "advise", *arguments], input=answer)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def advised(world: World) -> list[str]:
    """The advised indexes that there are."""
    found = real_indexes(world.site.ports.executor.engine, ["shop_thing"])
    return [str(real.definition) for real in found if real.name.startswith("advised_")]


def test_it_says_what_is_missing_for_whom_and_what_to_do(shop: World):
    visit(shop, NEWEST, kind="kind3")
    code, shown = command(shop)
    assert code == 0
    concurrently = "CONCURRENTLY " if is_postgres(shop) else ""
    for part in (
        "propose  advised_shop_thing_kind_at_",
        f"index  CREATE INDEX {concurrently}",
        'ON "shop_thing" ("kind", "at" DESC)',
        "why    equality, order",
        "for    SELECT id FROM shop_thing WHERE kind = ",
        "route blog.home, plugin core, 1 x, ",
        "proof  not measured",
        "do     --prove measures it on a copy; --apply builds it, and takes it back if it is no",
        "1 to build, 0 refused, 0 to rewrite, of 1 statements.",
    ):
        assert part in shown
    assert "kind3" not in shown  # values are nobody's business
    if is_postgres(shop):
        assert "cost   not costed" in shown
        assert "The server has no hypopg, so nothing is priced" in shown
    else:
        assert "cost   the planner of a clone of the schema takes it: SCAN shop_thing; " in shown


def test_a_proof_is_shown_with_time_and_blocks(shop: World):
    visit(shop, NEWEST, kind="kind3")
    shown = command(shop, "--prove")[1]
    assert "proof  faster: " in shown
    assert " blocks -> " in shown
    assert "do     --apply builds it" in shown


def test_as_json_it_has_the_same(shop: World):
    visit(shop, NEWEST, kind="kind3")
    visit(shop, SEARCH, like="%7%")
    told = json.loads(command(shop, "--json", "--prove")[1])
    (proposal,) = told["proposals"]
    assert proposal["verdict"] == "helps"
    assert proposal["for"][0]["from"][0]["route"] == "blog.home"
    (measured,) = proposal["measured"]
    assert measured["blocks_after"] < measured["blocks_before"]
    assert told["rewrites"][0]["instead"].startswith("a full-text index")
    assert "kind3" not in json.dumps(told)


def test_without_statements_it_says_so(world: World):
    assert command(world)[1].startswith("Nothing to advise on")


def test_it_builds_what_helps_and_undo_drops_just_that(shop: World):
    visit(shop, NEWEST, kind="kind3")
    execute_query("CREATE INDEX advised_by_hand ON shop_thing (told)")
    shown = command(shop, "--apply", "--yes")[1]
    assert "built    advised_shop_thing_kind_at_" in shown
    assert "proof  faster: " in shown
    assert "shop_thing (kind, at desc)" in advised(shop)
    assert "0 to build" in command(shop)[1]
    assert "dropped  advised_shop_thing_kind_at_" in command(shop, "--undo")[1]
    assert advised(shop) == ["shop_thing (told)"]
    assert "Nothing to undo" in command(shop, "--undo")[1]


def test_what_does_not_help_is_taken_back(shop: World):
    visit(shop, NEWEST, kind="kind3")
    advice = advise(shop.site)
    form = Form("shop_thing", (Key("told"),))
    useless = replace(advice.accepted[0], form=form, ddl=form.ddl({"told"}))
    told: list[str] = []
    (done,) = apply(shop.site, [useless], advice.statements, told.append)
    assert done.refused == "measured, it makes nothing faster"
    assert told[-1] == f"undone   {form.name}: measured, it makes nothing faster"
    assert advised(shop) == []
    assert "Nothing to undo" in command(shop, "--undo")[1]


def test_sqlite_says_how_long_nobody_can_write_and_asks(
    make_world: Callable[..., World], sqlite_url: str
):
    world = make_world(sqlite_url, plugins=["db_opt"])
    with world.site.activate():
        fill(world)
        visit(world, NEWEST, kind="kind3")
        code, shown = command(world, "--apply", answer="n\n")
        assert code == 1
        assert "Nobody can write for about 0.1 s; reading goes on." in shown
        assert advised(world) == []


def test_an_expression_that_the_database_refuses_hinders_nothing_else(shop: World):
    with read_only(shop.site.ports.executor.engine) as reading:
        sample = reading.sample("shop_thing", ["kind", "nonsense(kind)"], 8000, 2000)
        assert len(sample["kind"]) > 1000
        assert set(sample) == {"kind"}


WRITING = (
    "SELECT id FROM shop_thing WHERE kind = 'kind3' FOR UPDATE",
    "WITH gone AS (DELETE FROM shop_thing WHERE kind = 'none' RETURNING id) SELECT id FROM gone",
)


class TestOnPostgres:
    """What only a server has: scratch schemas, hypothetical indexes, plans that mislead."""

    @pytest.fixture
    def shop(self, make_world: Callable[..., World], postgres_url: str) -> Iterator[World]:
        world = make_world(postgres_url, plugins=["db_opt"])
        with world.site.activate():
            yield fill(world)

    @pytest.mark.parametrize("sql", WRITING)
    def test_a_statement_that_does_more_than_read_is_not_asked_about(self, shop: World, sql: str):
        visit(shop, sql)
        advice = advise(shop.site, proving=True)
        assert [unread.reason for unread in advice.unread] == ["it does more than read"]
        assert "unread   1 statement(s): it does more than read" in command(shop)[1]

    def test_nothing_can_be_written_while_it_looks(self, shop: World):
        """A function that writes is refused by the database itself."""
        execute_query(
            "CREATE FUNCTION writes() RETURNS text LANGUAGE sql AS"
            " $$ DELETE FROM shop_thing RETURNING kind $$"
        )
        visit(shop, NEWEST, kind="kind3")
        visit(shop, "SELECT id, writes() AS w FROM shop_thing WHERE kind = :kind", kind="kind3")
        assert row_count() == 0
        execute_query(ROWS)
        assert advise(shop.site, proving=True).accepted
        assert row_count() == 8000

    def test_with_hypopg_the_planner_names_a_price_and_nothing_is_built(self, shop: World):
        install_shim(shop.site.ports.executor.engine)
        visit(shop, NEWEST, kind="kind3")
        visit(shop, "SELECT count(*) AS n FROM shop_thing WHERE kind > :kind", kind="a")
        shown = command(shop)[1]
        assert " by hypopg: Limit; Sort; Seq Scan on shop_thing -> Limit; Index Scan" in shown
        assert "1 to build, 0 refused" in shown
        assert "not costed" not in shown
        assert advised(shop) == []

    def test_what_a_killed_proof_left_is_dropped_by_the_next(self, shop: World):
        execute_query("CREATE SCHEMA blog_advice_0abc")
        execute_query("CREATE TABLE blog_advice_0abc.shop_thing (id INTEGER)")
        visit(shop, NEWEST, kind="kind3")
        command(shop, "--prove")
        left = execute_query(
            "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, 'blog_advice_')"
        )
        assert left == []

    def test_two_do_not_prove_at_once(self, shop: World):
        visit(shop, NEWEST, kind="kind3")
        engine = shop.site.ports.executor.engine
        with engine.connect() as other:
            other.exec_driver_sql(
                "SELECT pg_advisory_lock(hashtext('blog db advise'), hashtext(current_database()))"
            )
            code, shown = command(shop, "--prove")
            assert code != 0
            assert "Another process proves indexes on this database now. Wait for it" in shown
            other.exec_driver_sql("SELECT pg_advisory_unlock_all()")
