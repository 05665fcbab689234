"""Of a shop without indexes the advisor finds each one that is missing, and nothing else."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import inspect

from blog_core.importing.seed import seed_blog
from plugins.db_opt import execute_query
from plugins.db_opt.advise.advising import Advice, advise
from tests.flows.world import World
from tests.plugins.db_opt.planted import DECOYS, MISSING, plant, visit, write_much

REWRITTEN = {
    "the textbook list": "joins shop_line to every row of shop_order",
    "skipping": "reads 5,000 rows and throws them away",
    "a range spelt with OR": "its range is spelt with OR",
    "inside a text": "looks for a text inside name",
    "all of them": "counts all 30,000 rows of shop_event",
}


@pytest.fixture
def shop(make_world: Callable[..., World], database_url: str) -> Iterator[World]:
    world = make_world(database_url, plugins=["db_opt"], db_opt={"budget": "warning"})
    with world.site.activate():
        plant(world)
        visit(world, *MISSING.values(), *DECOYS.values())
        write_much(world.site)
        yield world


def proposed(advice: Advice) -> list[str]:
    return sorted(proposal.form.told() for proposal in advice.accepted)


def everything(world: World) -> list[str]:
    """All tables with their indexes, and all schemas."""
    looking = inspect(world.site.ports.executor.engine)
    indexes = looking.get_multi_indexes()
    named = [f"{table}: {sorted(str(i['name']) for i in indexes[table])}" for table in indexes]
    return sorted([*named, *looking.get_schema_names()])


def test_every_missing_index_is_found_and_no_decoy_is_taken(shop: World):
    assert len(MISSING) >= 24
    assert len(DECOYS) >= 8
    before = everything(shop)
    advice = advise(shop.site)
    assert proposed(advice) == sorted(MISSING)
    (refused,) = [one for one in advice.proposals if one.refused]
    assert refused.form.told() == "shop_log (job)"
    assert "2,001 writes of shop_log would pay more for it" in refused.refused
    assert_rewrites(advice)

    proven = advise(shop.site, proving=True)
    assert proposed(proven) == sorted(MISSING)
    for proposal in proven.accepted:
        assert proposal.proof is not None
        assert proposal.proof.verdict == "helps"
    assert everything(shop) == before  # nothing was built, and no copy is left

    for proposal in advice.accepted:
        execute_query(proposal.ddl.replace("CONCURRENTLY ", ""))
    assert proposed(advise(shop.site)) == []


def assert_rewrites(advice: Advice) -> None:
    whys = [rewrite.why for rewrite in advice.rewrites]
    assert len(whys) == len(REWRITTEN)
    for said in REWRITTEN.values():
        assert any(said in why for why in whys)
    textbook = next(one for one in advice.rewrites if "GROUP BY" in one.asked.sql)
    assert "choose the page's rows of shop_order with ORDER BY and LIMIT first" in textbook.instead


def test_the_blogs_own_pages_miss_no_index(make_world: Callable[..., World], database_url: str):
    world = make_world(database_url, plugins=["db_opt"], db_opt={"budget": "warning"})
    seed_blog(world.site, posts=1500, comments=4500, on_progress=lambda *_: None)
    stranger, editor = world.client(), world.account("editor")
    desk = world.signed_in(editor.role)
    for rule in world.app.url_map.iter_rules():
        if rule.methods is not None and "GET" in rule.methods and not rule.arguments:
            for client in (stranger, desk):
                client.get(rule.rule)
    with world.site.activate():
        rows = execute_query("SELECT id, slug FROM post WHERE id % 300 = 0")
        assert not isinstance(rows, int)
        for row in rows:
            stranger.get(f"/posts/{row['slug']}")
            desk.get(f"/admin/posts/{row['id']}")
        advice = advise(world.site)
    assert proposed(advice) == []
    assert len(advice.statements) > 15
