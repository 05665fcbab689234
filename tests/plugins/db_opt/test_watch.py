"""Budgets, loops and slow statements are found, with the route, the plugin and the line."""

from collections.abc import Callable
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from plugins.db_opt.findings import Finding, read_findings
from tests.flows.world import World
from tests.plugins.db_opt import greedy

GREEDY = "tests.plugins.db_opt.greedy"
LINES = Path(greedy.__file__).read_text(encoding="utf-8").splitlines()


def line_of(mark: str) -> int:
    return next(number for number, line in enumerate(LINES, 1) if mark in line)


@pytest.fixture
def make(make_world: Callable[..., World], database_url: str) -> Callable[..., World]:
    def made(**db_opt: Any) -> World:
        return make_world(database_url, plugins=["db_opt", GREEDY], db_opt=db_opt)

    return made


def found(world: World, kind: str) -> list[Finding]:
    return [finding for finding in read_findings(world.site) if finding.kind == kind]


def test_a_route_that_passes_its_budget_fails_in_tests_with_the_line(
    make: Callable[..., World], caplog: pytest.LogCaptureFixture
):
    world = make()
    assert world.get("/greedy/two").status_code == 500
    assert "'blog.greedy_two' may send 1 statement(s), and sends one more at" in caplog.text
    assert f"greedy.py:{line_of('# the second statement')} in two" in caplog.text


def test_a_passed_budget_is_a_counted_warning_elsewhere(
    make: Callable[..., World], caplog: pytest.LogCaptureFixture
):
    world = make(budget="warning")
    assert world.get("/greedy/two").status_code == 200
    assert world.get("/greedy/two").status_code == 200
    first = found(world, "over_budget")[0]
    assert (first.route, first.plugin) == ("blog.greedy_two", "greedy")
    assert f"greedy.py:{line_of('# the second statement')}" in first.where
    assert world.site.metrics.value("blog_db_opt_findings_total", kind="over_budget") == 2
    warnings = [r for r in caplog.records if "More statements than" in r.getMessage()]
    assert len(warnings) == 1


def test_a_statement_in_a_loop_is_found_with_the_line_that_sends_it(make: Callable[..., World]):
    world = make()
    world.get("/greedy/loop")
    (finding,) = found(world, "repeated")
    assert finding.where.endswith(f"greedy.py:{line_of('# one for each')} in loop")
    assert finding.statement.startswith("SELECT tag.name")
    assert finding.plugin == "greedy"


def test_the_same_statement_at_two_places_is_no_loop(make: Callable[..., World]):
    world = make()
    world.get("/greedy/apart")
    assert found(world, "repeated") == []


@pytest.mark.parametrize("page, what", [("lazy", "Entry.notes"), ("deferred", "columns of Entry")])
def test_a_lazy_load_on_a_public_page_fails_in_tests(
    make: Callable[..., World], caplog: pytest.LogCaptureFixture, page: str, what: str
):
    world = make()
    world.post(world.account("editor"), "One")
    assert world.get(f"/greedy/{page}").status_code == 500
    assert f"'blog.greedy_{page}' loads {what} when it is touched, at" in caplog.text
    assert "greedy.py:" in caplog.text


def test_a_lazy_load_on_a_public_page_is_a_counted_warning_elsewhere(
    make: Callable[..., World], caplog: pytest.LogCaptureFixture
):
    world = make(budget="warning")
    editor = world.account("editor")
    for title in ("One", "Two"):
        world.post(editor, title)
    assert world.get("/greedy/lazy").status_code == 200
    first = found(world, "lazy_load")[0]
    assert first.where.endswith(f"greedy.py:{line_of('for entry in found)')} in <genexpr>")
    assert first.told == "It loads Entry.notes"
    assert world.site.metrics.value("blog_db_opt_findings_total", kind="lazy_load") == 2
    assert caplog.text.count("A lazy load on a public page") == 1


def test_what_is_loaded_before_is_no_lazy_load(make: Callable[..., World]):
    world = make()
    world.post(world.account("editor"), "One")
    assert world.get("/greedy/eager").status_code == 200
    assert found(world, "lazy_load") == []


def test_a_loop_in_a_template_is_found(make: Callable[..., World]):
    world = make()
    world.get("/greedy/template")
    (finding,) = found(world, "repeated")
    assert finding.route == "blog.greedy_template"


def test_loops_are_found_within_a_request_and_not_over_several(make: Callable[..., World]):
    world = make()
    for _ in range(5):
        world.get("/greedy/apart")
    assert found(world, "repeated") == []


def test_a_slow_statement_is_kept_with_route_plugin_line_and_plan(make: Callable[..., World]):
    world = make(slow_s=0.001)
    world.get("/greedy/slow")
    finding = found(world, "slow")[0]
    assert finding.statement == greedy.MANY
    assert (finding.route, finding.plugin) == ("blog.greedy_slow", "greedy")
    assert " in slow" in finding.where
    assert finding.ms >= 1
    assert finding.plan


def test_quick_statements_are_not_kept(make: Callable[..., World]):
    world = make(slow_s=30)
    world.get("/greedy/slow")
    assert found(world, "slow") == []


def test_the_command_ranks_slow_statements_and_lists_loops(make: Callable[..., World]):
    world = make(slow_s=0.001, budget="warning")
    for path in ("slow", "slow", "loop", "two"):
        world.get(f"/greedy/{path}")
    shown = world.app.test_cli_runner().invoke(args=["blog", "db", "slow", "--plans"]).output
    assert "2 x, " in shown
    assert "route blog.greedy_slow, plugin greedy, " in shown
    assert "    | " in shown
    assert "repeated  statement number 3 of its request" in shown
    assert "over budget  statement number 2 of its request" in shown


def test_the_command_says_when_there_is_nothing(make_world: Callable[..., World], sqlite_url: str):
    world = make_world(sqlite_url, plugins=["db_opt"], db_opt={"slow_s": 30})
    shown = world.app.test_cli_runner().invoke(args=["blog", "db", "slow"]).output
    assert shown.startswith("Nothing to report")


PUBLIC = (
    *("/", "/?page=x", "/tags", "/tags/a", "/archive", "/feed.xml", "/sitemap.xml"),
    *("/robots.txt", "/posts/first", "/nowhere"),
)


def test_every_page_of_readers_and_editors_keeps_to_its_budget(make: Callable[..., World]):
    world = make()
    editor = world.account("editor")
    first = world.post(editor, "First", tags=("a", "b"))
    for number in range(12):
        world.clock.forward(hours=1)
        world.post(editor, f"Post {number}", tags=("a",))
    world.comment(first, "Hello")
    strangers, signed_in = world.client(), world.signed_in("editor")
    for path in PUBLIC:
        strangers.get(path)
    for path in ("/admin/", f"/admin/posts/{first}", f"/admin/posts/{first}/preview"):
        assert signed_in.get(path).status_code == 200
    assert found(world, "over_budget") == []
    assert found(world, "repeated") == []
    visited = {rule_of(world, path) for path in PUBLIC}
    assert {"blog.home", "blog.tags", "blog.archive", "blog.post", "blog.sitemap"} <= visited


def rule_of(world: World, path: str) -> str | None:
    with world.app.test_request_context(path) as context:
        return context.request.endpoint


def test_the_pool_command_counts_connections_waits_and_leaks(
    make_world: Callable[..., World], database_url: str
):
    world = make_world(
        database_url, plugins=["db_opt"], db_opt={"pool_size": 1, "pool_wait_s": 0.05}
    )
    with borrowed_twice(world), suppress(Exception):
        world.site.ports.executor.engine.connect()
    shown = world.app.test_cli_runner().invoke(args=["blog", "db", "pool"]).output
    assert "connections  1 open, 0 lent out, 1 opened so far" in shown
    assert "size         at most 1 in each process" in shown
    assert "1 of them in vain" in shown
    assert "leaks        1 in all, 1 kept from the last day" in shown
    assert f"{__file__}:" in shown


@contextmanager
def borrowed_twice(world: World) -> Any:
    """A connection is out, so that the next one waits; then nobody gives it back."""
    with world.site.activate():
        _kept = world.site.ports.executor.engine.connect()
        yield
