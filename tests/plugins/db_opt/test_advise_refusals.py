"""What the advisor does not recommend, and what it says instead."""

import re
import shutil
from collections.abc import Callable, Iterator

import pytest
import sqlglot

from plugins.db_opt import execute_query
from plugins.db_opt.advise.advising import advise
from plugins.db_opt.advise.asked import Asked
from plugins.db_opt.advise.facts import read_schema
from plugins.db_opt.advise.form import Form, Key
from plugins.db_opt.advise.ground import Measured
from plugins.db_opt.advise.postgres_ground import scratch_schema
from plugins.db_opt.advise.proving import Compared, Proof, Prover
from plugins.db_opt.advise.read_only import Refused, read_only
from tests.flows.world import World
from tests.plugins.db_opt.test_advise import NEWEST, command, fill, visit

TEXTBOOK = """
SELECT p.id, p.title, count(c.id) AS comments, max(c.created_at) AS last_comment
  FROM post p LEFT JOIN comment c ON c.post_id = p.id
 WHERE p.status = :status GROUP BY p.id ORDER BY p.updated_at DESC LIMIT 10"""
POSTS = """
INSERT INTO post (id, slug, title, status, author_id, created_at, updated_at)
WITH RECURSIVE numbers AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < 3000)
SELECT n, 'post-' || n, 'Post', 'published', (SELECT min(id) FROM account), {now}, {now}
  FROM numbers"""
COMMENTS = """
INSERT INTO comment (post_id, status, created_at, author_name, body, html)
WITH RECURSIVE numbers AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < 12000)
SELECT 1 + n * 7 % 3000, 'approved', {now}, 'Rea', {body}, '' FROM numbers"""


def fill_blog(world: World) -> None:
    """Posts and comments, and no index that begins with a comment's post."""
    world.account("author")
    is_postgres = world.site.ports.executor.engine.dialect.name == "postgresql"
    now = "now()" if is_postgres else "'2026-11-24 12:00:00.000000'"
    body = "repeat('comment ', 100)" if is_postgres else "'comment'"
    for sql in (POSTS, COMMENTS):
        execute_query(sql.format(now=now, body=body))
    execute_query("DROP INDEX idx_comment_post")
    for table in ("post", "comment") if is_postgres else ():
        execute_query(f"ANALYZE {table}")


def test_the_textbook_list_gets_no_index_and_the_function_that_replaces_it(world: World):
    fill_blog(world)
    visit(world, TEXTBOOK, status="published")
    advice = advise(world.site)
    assert [proposal.form.told() for proposal in advice.proposals] == []
    (rewrite,) = advice.rewrites
    assert "it joins comment to every row of post, groups" in rewrite.why
    assert rewrite.instead.startswith("get_posts_by_status(status, limit) of plugins.db_opt")
    shown = command(world)[1]
    assert "rewrite  no index helps this statement" in shown
    assert "do     get_posts_by_status(status, limit)" in shown


def test_the_index_on_a_comments_post_is_proposed_for_who_reads_one_posts_comments(world: World):
    fill_blog(world)
    visit(world, TEXTBOOK, status="published")
    visit(
        world,
        "SELECT id FROM comment WHERE post_id = :post ORDER BY created_at LIMIT 20",
        post=7,
    )
    advice = advise(world.site)
    assert [one.form.told() for one in advice.accepted] == ["comment (post_id, created_at)"]
    assert len(advice.rewrites) == 1


@pytest.fixture
def on_postgres(make_world: Callable[..., World], postgres_url: str) -> Iterator[World]:
    world = make_world(postgres_url, plugins=["db_opt"])
    with world.site.activate():
        yield world


def test_the_proof_refuses_what_the_planner_finds_cheaper(on_postgres: World):
    """As on a fast disk with more rows than fit in memory: the planner takes the index, and that
    reads many times the blocks."""
    fill_blog(on_postgres)
    visit(on_postgres, TEXTBOOK, status="published")
    engine = on_postgres.site.ports.executor.engine
    for setting in ("random_page_cost = 1.1", "work_mem = '64kB'"):
        execute_query(f'ALTER DATABASE "{engine.url.database}" SET {setting}')
    engine.dispose()
    (asked,) = advise(on_postgres.site).statements
    decoy = Form("comment", (Key("post_id"),), 1)
    with scratch_schema(engine, read_schema(engine), ["comment", "post"]) as scratch:
        before = scratch.plan(asked)
        assert scratch.add(decoy)
        after = scratch.plan(asked)
        scratch.drop(decoy)
        proof = Prover([asked], scratch).prove(decoy)
    assert before is not None
    assert after is not None
    assert (after.cost or 0) < (before.cost or 0)
    (compared,) = proof.compared
    assert (compared.after.blocks or 0) > 2 * (compared.before.blocks or 0)
    assert proof.verdict in {"harms", "useless"}


@pytest.mark.parametrize(
    "before, after, outcome",
    [
        (Measured(100, 1000), Measured(1, 10), "faster"),
        (Measured(100, 1000), Measured(230, 20_000), "slower"),
        (Measured(100, 1000), Measured(130, 1000), "same"),
        (Measured(100, None), Measured(130, None), "slower"),
        (Measured(0.01, 3), Measured(0.04, 3), "same"),
        (Measured(5000, None, was_stopped=True), Measured(4, 9), "faster"),
        (Measured(4, 9), Measured(5000, None, was_stopped=True), "slower"),
    ],
)
def test_time_and_blocks_together_say_what_is_faster(
    before: Measured, after: Measured, outcome: str
):
    assert Compared(asked(), before, after).outcome == outcome


def test_an_index_that_helps_one_statement_and_harms_another_is_a_trade():
    better = Compared(asked(), Measured(10, 100), Measured(1, 10))
    worse = Compared(asked(), Measured(10, 100), Measured(30, 900))
    form = Form("post", (Key("title"),))
    assert Proof(form, [better]).verdict == "helps"
    assert Proof(form, [better, worse]).verdict == "trade"
    assert Proof(form, [worse]).verdict == "harms"
    assert Proof(form, []).verdict == "useless"


def asked() -> Asked:
    return Asked("SELECT 1", (), sqlglot.parse_one("SELECT 1"), {}, frozenset(), ())


def test_a_statement_that_runs_too_long_is_stopped(world: World):
    engine = world.site.ports.executor.engine
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"
    with read_only(engine, limit_s=0.1) as reading, pytest.raises(Refused, match=r"interr|timeout"):
        reading.rows(endless)


def test_nothing_can_be_written_on_the_connection_that_asks(world: World):
    engine = world.site.ports.executor.engine
    with read_only(engine) as reading, pytest.raises(Refused, match=r"read.?only"):
        reading.rows("DELETE FROM tag")


def test_a_copy_that_would_fill_the_disk_is_not_made(
    make_world: Callable[..., World], sqlite_url: str, monkeypatch: pytest.MonkeyPatch
):
    world = make_world(sqlite_url, plugins=["db_opt"])
    with world.site.activate():
        fill(world)
        visit(world, NEWEST, kind="kind3")
        usage = shutil.disk_usage("/")._replace(free=1000)
        monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage)
        code, shown = command(world, "--prove")
    assert code != 0
    assert re.search(r"may take [\d,]+ bytes, and \S+ has 1,000 free. Make room, or leave", shown)


def test_without_the_right_to_make_a_schema_the_proof_says_what_it_needs(on_postgres: World):
    fill(on_postgres)
    visit(on_postgres, NEWEST, kind="kind3")
    engine = on_postgres.site.ports.executor.engine
    role = f"reader_of_{engine.url.database}"
    execute_query(f"CREATE ROLE {role}")
    execute_query(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
    execute_query(f'ALTER DATABASE "{engine.url.database}" SET role = {role}')
    engine.dispose()
    shown = command(on_postgres, "--prove")[1]
    assert "No scratch schema for the proof: permission denied for database" in shown
    assert "It needs the right CREATE on the database" in shown
