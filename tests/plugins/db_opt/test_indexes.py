"""Declared and real indexes are compared by definition, built without blocking, and undone."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from plugins.db_opt import execute_query
from plugins.db_opt.index_building import IndexesBusy, alone, apply, undo
from plugins.db_opt.index_report import IndexReport, compare_indexes
from tests.flows.world import World


def compared(world: World, **more: timedelta) -> IndexReport:
    return compare_indexes(world.site, **more)


def command(world: World, *arguments: str, answer: str = "") -> tuple[int, str]:
    runner = world.app.test_cli_runner()
    result = runner.invoke(args=["blog", "db", "indexes", *arguments], input=answer)
    return result.exit_code, result.output


def real_names(world: World) -> set[str]:
    report = compared(world)
    return {real.name for _, real in report.present} | {real.name for real, _ in report.covered}


def test_a_fresh_database_has_all_that_is_declared_and_nothing_superfluous(
    make_world: Callable[..., World], database_url: str
):
    world = make_world(database_url, plugins=["db_opt", "cache", "workflow", "llm"])
    report = compared(world, unused_after=timedelta(days=9999))
    assert report.is_complete
    assert report.covered == []
    names = {declared.name for declared, _ in report.present}
    assert {"idx_post_status", "idx_post_published", "idx_comment_post"} <= names
    assert {"idx_workflow_history_stage"} <= names


def test_each_index_of_the_core_says_which_query_it_is_for(world: World):
    named = {declared.name: declared.query for declared, _ in compared(world).present}
    assert [name for name, query in named.items() if not query] == []
    shown = " ".join(command(world)[1].split())
    assert (
        "idx_comment_post comment (post_id, status, created_at, id) for approved comments" in shown
    )


def test_the_single_names_of_composite_forms_are_never_covered(world: World):
    execute_query("CREATE INDEX wide ON post (status, updated_at DESC, id DESC, title)")
    execute_query("CREATE INDEX wider ON post (created_at DESC, id DESC, title)")
    assert {real.name for real, _ in compared(world).covered} == set()


@pytest.mark.parametrize(
    "columns, is_covered",
    [
        ("status", True),
        ("status, updated_at DESC", True),
        ("status, updated_at DESC, id DESC", True),
        ("status, updated_at", False),
        ("updated_at DESC, status", False),
        ("lower(title)", False),
        ("status) WHERE (status = 'draft'", False),
        ("id", True),
    ],
)
def test_an_index_is_covered_when_another_begins_with_it(
    world: World, columns: str, is_covered: bool
):
    execute_query(f"CREATE INDEX extra ON post ({columns})")
    assert ("extra" in {real.name for real, _ in compared(world).covered}) == is_covered


def test_of_two_equal_undeclared_ones_one_is_reported(world: World):
    execute_query("CREATE INDEX twin_a ON post (title)")
    execute_query("CREATE INDEX twin_b ON post (title)")
    assert [(a.name, b.name) for a, b in compared(world).covered] == [("twin_a", "twin_b")]


def test_a_unique_index_is_covered_by_its_like_only(world: World):
    execute_query("CREATE UNIQUE INDEX once ON post (status, updated_at, id)")
    assert compared(world).covered == []


def test_an_index_under_another_name_counts_and_one_of_another_form_does_not(world: World):
    execute_query("DROP INDEX idx_post_created")
    execute_query("DROP INDEX idx_post_updated")
    execute_query("CREATE INDEX by_hand ON post (created_at DESC, id DESC)")
    execute_query("CREATE INDEX idx_post_updated ON post (updated_at)")
    report = compared(world)
    assert report.missing == []
    assert [declared.name for declared, _ in report.changed] == ["idx_post_updated"]
    code, shown = command(world)
    assert code == 1
    assert "there as by_hand" in shown
    assert "is post (updated_at); should be post (updated_at desc, id desc)" in shown
    assert command(world, "--apply", "--yes")[0] == 0
    assert compared(world).is_complete


def test_apply_builds_what_is_missing_and_undo_drops_just_that(world: World):
    execute_query("DROP INDEX idx_post_created")
    execute_query("DROP INDEX idx_comment_status")
    assert "built    idx_post_created" in command(world, "--apply", "--yes")[1]
    assert compared(world).is_complete
    shown = command(world, "--undo")[1]
    assert "dropped  idx_post_created" in shown
    assert {d.name for d in compared(world).missing} == {"idx_post_created", "idx_comment_status"}
    assert "Nothing to undo" in command(world, "--undo")[1]


def test_sqlite_says_how_long_nobody_can_write_and_asks(
    make_world: Callable[..., World], sqlite_url: str
):
    world = make_world(sqlite_url, plugins=["db_opt"])
    with world.site.activate():
        execute_query("DROP INDEX idx_post_created")
    code, shown = command(world, "--apply", answer="n\n")
    assert code == 1
    assert "Nobody can write for about 0.1 s; reading goes on." in shown
    assert "built" not in shown
    assert "built    idx_post_created" in command(world, "--apply", answer="y\n")[1]


class TestOnPostgres:
    """What only a server with many writers has."""

    @pytest.fixture
    def world(self, make_world: Callable[..., World], postgres_url: str) -> Iterator[World]:
        world = make_world(postgres_url, plugins=["db_opt"])
        with world.site.activate():
            yield world

    def test_an_index_nobody_scans_is_unused_once_the_statistics_are_old(self, world: World):
        execute_query("CREATE INDEX idle ON post (title)")
        assert compared(world).unused == []
        unused = compared(world, unused_after=timedelta(0)).unused
        assert "idle" in {real.name for real in unused}
        shown = command(world, "--unused-after-days", "0")[1]
        since = r"no scan since \d{4}-\d\d-\d\d \(\d+ days\), [\d,]+ bytes"
        assert re.search(rf"unused   idle +post \(title\): {since}", shown)
        assert "Scans are counted since " in shown
        assert "post_slug_key" not in {real.name for real in unused}

    def test_what_an_interrupted_build_left_is_reported_and_dropped(self, world: World):
        for slug in "ab":
            execute_query(
                "INSERT INTO tag (slug, name, description, post_count) VALUES (%s, '', '', 0)",
                (slug,),
            )
        with autocommit(world) as connection, pytest.raises(Exception, match="duplicate"):
            connection.execute(text("CREATE UNIQUE INDEX CONCURRENTLY broken ON tag (post_count)"))
        assert [real.name for real in compared(world).invalid] == ["broken"]
        code, shown = command(world)
        assert (code, "invalid  broken" in shown) == (1, True)
        execute_query("DROP INDEX idx_post_created")
        done = command(world, "--apply")[1]
        assert -1 < done.index("dropped  broken") < done.index("built    idx_post_created")
        assert compared(world).is_complete

    def test_two_builders_do_not_meet(self, world: World):
        execute_query("DROP INDEX idx_post_created")
        with autocommit(world) as connection:
            lock = "SELECT pg_advisory_lock(hashtext('blog db indexes'), hashtext(''))"
            connection.execute(text(lock))
            with pytest.raises(IndexesBusy, match="Another process builds"):
                apply(world.site, compared(world), print)
            connection.execute(text("SELECT pg_advisory_unlock_all()"))
        assert apply(world.site, compared(world), print) == ["idx_post_created"]

    def test_a_builder_waits_for_minutes_and_its_settings_stay_with_it(self, world: World):
        engine = world.site.ports.executor.engine
        limits = text(
            "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')"
        )
        with alone(engine) as connection:
            assert connection.execute(limits).one() == ("5min", "0")
        with engine.connect() as connection:
            assert connection.execute(limits).one() != ("5min", "0")

    @pytest.mark.parametrize("action", ["build", "undo"])
    def test_writers_wait_less_than_100_ms_beside_an_old_transaction(
        self, world: World, action: str
    ):
        """The server itself breaks off a write that would wait longer for a lock."""
        execute_query("DROP INDEX idx_post_created")
        if action == "undo":
            apply(world.site, compared(world), print)
        author = world.account("author")
        world.post(author, "One")
        told: list[str] = []
        with world.site.ports.executor.engine.connect() as old:
            old.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            old.execute(text("UPDATE post SET words = 1"))
            old.execute(text("SELECT pg_sleep(1.1)"))
            builder = threading.Thread(target=work, args=(world, action, told))
            builder.start()
            writes = 0
            while writes < 50 or (not is_waiting(world) and writes < 5_000):
                write(world)
                writes += 1
            assert builder.is_alive()
            old.commit()
        builder.join(30)
        assert f"{'built   ' if action == 'build' else 'dropped '} idx_post_created" in told
        if action == "build":
            assert any(line.startswith("waits    for process ") for line in told)
        assert compared(world).is_complete == (action == "build")


def work(world: World, action: str, told: list[str]) -> None:
    with world.site.activate():
        if action == "build":
            apply(world.site, compared(world), told.append)
        else:
            undo(world.site, told.append)


def is_waiting(world: World) -> bool:
    rows = execute_query(
        "SELECT 1 FROM pg_stat_activity WHERE query ~ '^(CREATE|DROP) INDEX CONCURRENTLY'"
        " AND wait_event_type = 'Lock'"
    )
    assert not isinstance(rows, int)
    return bool(rows)


def write(world: World) -> None:
    with world.site.ports.executor.transaction() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '100ms'"))
        connection.execute(
            text(
                "INSERT INTO post (slug, title, status, author_id, created_at, updated_at)"
                " SELECT gen_random_uuid(), 'New', 'draft', min(id), now(), now() FROM account"
            )
        )


@contextmanager
def autocommit(world: World) -> Iterator[Connection]:
    engine = world.site.ports.executor.engine
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


def test_an_index_of_a_plugin_is_shown_with_the_query_that_needs_it(
    make_world: Callable[..., World], sqlite_url: str
):
    world = make_world(sqlite_url, plugins=["db_opt", "tests.plugins.db_opt.shop"])
    shown = " ".join(command(world)[1].split())
    assert "missing idx_shop_thing_price shop_thing (price) for shop.cheapest" in shown
