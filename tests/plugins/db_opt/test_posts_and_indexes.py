"""Indexes, the posts of a status, the pool, and the plugin switched off."""

from collections.abc import Callable
from datetime import UTC
from typing import Any

import pytest
from sqlalchemy import inspect, text

from blog_core.api import PluginNotEnabled, Unavailable, ValidationError
from blog_core.testing.contracts import QueryExecutorContract
from plugins.db_opt import (
    cleanup_db_connections,
    create_post_indexes,
    execute_query,
    get_db_connection,
    get_db_pool,
    get_posts_by_status,
    release_db_connection,
)
from tests.flows.world import World


class TestExecutor(QueryExecutorContract):
    @pytest.fixture
    def executor(self, make_world: Callable[..., World], database_url: str) -> Any:
        return make_world(database_url, plugins=["db_opt"]).site.ports.executor


def test_missing_indexes_are_made_in_their_composite_forms(world: World):
    assert create_post_indexes() == []
    execute_query("DROP INDEX idx_post_status")
    execute_query("DROP INDEX idx_post_updated")
    assert create_post_indexes() == ["idx_post_status", "idx_post_updated"]
    sql = "SELECT indexdef AS sql FROM pg_indexes WHERE indexname = 'idx_post_status'"
    if world.site.ports.executor.engine.dialect.name == "sqlite":
        sql = "SELECT sql FROM sqlite_master WHERE name = 'idx_post_status'"
    rows = execute_query(sql)
    assert not isinstance(rows, int)
    assert "status, updated_at DESC, id DESC" in rows[0]["sql"]
    assert create_post_indexes() == []


def test_the_command_shows_and_builds_missing_indexes(world: World):
    execute_query("DROP INDEX idx_post_created")
    runner = world.app.test_cli_runner()
    shown = runner.invoke(args=["blog", "db", "indexes"])
    assert shown.exit_code == 1
    assert "missing  idx_post_created" in shown.output
    assert (
        "built    idx_post_created"
        in runner.invoke(args=["blog", "db", "indexes", "--apply", "--yes"]).output
    )
    names = {i["name"] for i in inspect(world.site.ports.executor.engine).get_indexes("post")}
    assert "idx_post_created" in names


def test_posts_of_a_status_come_last_changed_first_with_their_comments(world: World):
    author = world.account("author")
    first = world.post(author, "First")
    world.clock.forward(hours=1)
    world.post(author, "Second")
    world.draft(author, "Not this one")
    world.comment(first, "Hello")
    with world.statements() as sent:
        rows = get_posts_by_status("published")
    assert [row["title"] for row in rows] == ["Second", "First"]
    assert len(sent) == 1
    assert (rows[1]["comment_count"], rows[0]["comment_count"]) == (1, 0)
    assert rows[1]["last_comment"].astimezone(UTC) == world.clock()
    assert rows[0]["last_comment"] is None
    assert rows[0]["body"] == "Some text."
    assert len(get_posts_by_status("published", limit=1)) == 1


def test_an_unknown_status_and_a_limit_out_of_range_are_named_together(world: World):
    with pytest.raises(ValidationError, match=r"found 'gone'.*; limit: found 0, expected a whole"):
        get_posts_by_status("gone", limit=0)


def test_a_connection_goes_back_to_the_pool(world: World):
    pool = get_db_pool()
    connection = get_db_connection()
    assert pool.checkedout() == 1  # type: ignore[attr-defined]
    assert connection.execute(text("SELECT 1")).scalar() == 1
    release_db_connection(connection)
    release_db_connection(connection)
    assert pool.checkedout() == 0  # type: ignore[attr-defined]


def test_the_pool_is_usable_again_after_cleaning_up(world: World):
    release_db_connection(get_db_connection())
    cleanup_db_connections()
    assert get_db_pool().checkedin() == 0  # type: ignore[attr-defined]
    assert execute_query("SELECT 1 AS one")[0]["one"] == 1  # type: ignore[index]


def test_an_exhausted_pool_answers_unavailable_after_its_patience(
    make_world: Callable[..., World], database_url: str
):
    world = make_world(
        database_url, plugins=["db_opt"], db_opt={"pool_size": 1, "pool_wait_s": 0.1}
    )
    with world.site.activate():
        connection = get_db_connection()
        with pytest.raises(Unavailable, match="All database connections are in use"):
            get_db_connection()
        release_db_connection(connection)
        release_db_connection(get_db_connection())


def test_without_the_plugin_its_functions_say_how_to_enable_it(
    make_world: Callable[..., World], sqlite_url: str
):
    with (
        make_world(sqlite_url).site.activate(),
        pytest.raises(PluginNotEnabled, match="Add 'db_opt' to `plugins`"),
    ):
        execute_query("SELECT 1")
