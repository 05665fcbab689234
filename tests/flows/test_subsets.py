"""Each of the 16 subsets of the four plugins runs the core's flows, and each plugin is real."""

from collections.abc import Callable
from itertools import combinations

import pytest

from tests.flows.world import World

PORT_OF = {"db_opt": "executor", "cache": "cache", "workflow": "stages", "llm": "text"}
COMMAND_OF = {"db_opt": "db", "cache": "cache", "workflow": "workflow", "llm": "llm"}
SUBSETS = [subset for size in range(5) for subset in combinations(PORT_OF, size)]


@pytest.fixture(params=SUBSETS, ids=lambda subset: "+".join(subset) or "none")
def subset(request: pytest.FixtureRequest) -> tuple[str, ...]:
    chosen: tuple[str, ...] = request.param
    return chosen


@pytest.fixture
def world(make_world: Callable[..., World], database_url: str, subset: tuple[str, ...]) -> World:
    return make_world(database_url, plugins=list(subset))


def test_the_flows_run_and_every_plugin_does_its_own_job_only(
    world: World, subset: tuple[str, ...]
):
    for plugin, port in PORT_OF.items():
        expected = plugin if plugin in subset else "core"
        assert world.site.host.providers[port] == expected
        assert world.site.host.is_loaded(plugin) == (plugin in subset)
    others = [name for name in PORT_OF if name not in subset]
    for name in others:
        assert COMMAND_OF[name] not in world.site.host.contributions.commands
        assert not [r for r in world.site.routes if r.endpoint.startswith(f"{name}_")]
    assert not [t for t in tables(world) if t.split("_")[0] in others]
    reader_and_writer(world)


def tables(world: World) -> list[str]:
    from sqlalchemy import inspect

    names: list[str] = inspect(world.site.ports.executor.engine).get_table_names()
    return names


def reader_and_writer(world: World) -> None:
    """Write, publish, read twice, change, and never get the old page."""
    from blog_core.content.publishing import hide, publish
    from blog_core.content.revisions import save_revision
    from blog_core.content.text import PostText

    author = world.account("author")
    post_id = world.post(author, "First title", tags=("Subject",))
    for _ in range(3):
        assert b"First title" in world.get("/").data
        assert b"First title" in world.get("/tags/subject").data
    world.comment(post_id, "A remark")
    assert b"A remark" in world.get("/posts/first-title").data
    with world.site.transaction(author) as session:
        text = PostText(title="Second title", body="Other text.", tags=("Subject",))
        save_revision(session, post_id=post_id, version=None, text=text)
    assert b"First title" in world.get("/").data, "a saved draft is not public"
    with world.site.transaction(author) as session:
        publish(session, post_id=post_id, version=None)
    for path in ("/", "/tags/subject", "/posts/first-title", "/feed.atom"):
        page = world.get(path).data
        assert b"Second title" in page, path
        assert b"First title" not in page, path
    with world.site.transaction(author) as session:
        hide(session, post_id=post_id, version=None)
    assert world.get("/posts/first-title").status_code == 404
    assert b"Second title" not in world.get("/").data
    assert world.site.ports.stages.validate({"title": "T", "content": "C", "status": "draft"})
    assert world.site.ports.text.clean_prompt("Be brief.") == "Be brief."
