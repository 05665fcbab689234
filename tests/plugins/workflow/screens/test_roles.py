"""Every page and form of the workflow lets in exactly those whom its declaration names."""

from collections.abc import Callable, Iterator

import pytest

from blog_core.ports import Actor
from blog_core.routes import Route
from tests.flows.test_every_route_and_role import address, allowed, opened, writing
from tests.flows.world import ROLES, World
from tests.plugins.workflow.screens.conftest import make_world
from tests.plugins.workflow.screens.visiting import Visitor

__all__ = ["make_world"]


@pytest.fixture
def world(make_world: Callable[..., World], sqlite_url: str) -> World:
    """A blog with one post of the author and an account of each role."""
    world = make_world(sqlite_url, plugins=["workflow"])
    people = {role: world.account(role) for role in ROLES}
    world.post(people["author"], "A post")
    return world


def of_the_workflow(world: World) -> Iterator[Route]:
    return (route for route in world.site.routes if is_page(route))


def is_page(route: Route) -> bool:
    """A page or a form of this plugin; its routes of the API have tests of their own."""
    return route.endpoint.startswith("workflow_") and "_rest_" not in route.endpoint


@pytest.mark.parametrize("role", ["stranger", *ROLES])
def test_pages_are_open_to_exactly_those_whom_the_table_names(world: World, role: str):
    client = world.client() if role == "stranger" else world.signed_in(role)
    account_id = None if role == "stranger" else ROLES.index(role) + 1
    actor = Actor(account_id, role, role)
    wrong = [
        route.endpoint
        for route in of_the_workflow(world)
        if "GET" in route.methods
        and opened(client, address(world, route), "GET") != allowed(world, route, actor)
    ]
    assert wrong == []


def test_no_form_is_taken_without_its_token_or_from_another_site(world: World):
    client = world.signed_in("admin")
    routes = [pair for pair in writing(world) if is_page(pair[0])]
    assert len(routes) >= 12
    for route, method in routes:
        sources = {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-origin"}
        for headers in sources[: 1 if route.permission == "public" else 2]:
            answer = client.open(address(world, route), method=method, headers=headers)
            assert answer.status_code == 403, (route.endpoint, headers)


def test_forms_of_others_posts_are_not_taken_from_a_contributor(world: World):
    visitor = Visitor.of(world, "contributor")
    for path in ("place", "notes", "verdict", "links", "presence", "stages/planning.idea/give"):
        answer = visitor.send(f"/workflow/posts/1/{path}", body="x", verdict="approved")
        assert answer.status_code in {403, 404}, path


def test_every_page_is_one_persons_own(world: World):
    client = world.signed_in("admin")
    for route in of_the_workflow(world):
        if "GET" in route.methods:
            answer = client.get(address(world, route))
            assert answer.headers["Cache-Control"] == "private, no-store", route.endpoint
