"""Every route times every role, against the declared table of permissions."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from blog_core.access import Subject
from blog_core.ports import Actor
from blog_core.routes import Route
from tests.flows.world import ROLES, World
from tests.rest.programs import token_of

FILLED = {"slug": "a-post", "path": "none", "month": "2026-11", "digest": "0", "name": "blog.css"}


@pytest.fixture
def full_world(make_world: Callable[..., World], sqlite_url: str) -> World:
    """A blog with one post and an account of each role."""
    world = make_world(sqlite_url)
    people = {role: world.account(role) for role in ROLES}
    world.post(people["author"], "A post", tags=("A tag",))
    return world


def the_post() -> Subject:
    """The one post, as permissions see it: the author's, and public."""
    return Subject("post", 1, owners=frozenset({ROLES.index("author") + 1}), is_public=True)


def address(world: World, route: Route) -> str:
    """An address of the route; what stands there does not matter, only who gets past the door."""
    rule = next(
        rule
        for rule in world.app.url_map.iter_rules()
        if rule.endpoint == f"{world.site.name}.{route.endpoint}"
    )
    values = {name: FILLED.get(name, "1") for name in rule.arguments}
    with world.app.test_request_context():
        built = world.app.url_map.bind("localhost").build(rule.endpoint, values)
    return str(built)


def opened(client: FlaskClient, path: str, method: str, **headers: str) -> bool:
    """Whether the door let the request in: not sent to sign in, not forbidden."""
    headers["Sec-Fetch-Site"] = "same-origin"
    answer = client.open(path, method=method, headers=headers)
    to_sign_in = answer.status_code == 303 and "/sign-in?" in answer.headers["Location"]
    return not (to_sign_in or answer.status_code in {401, 403})


@pytest.mark.parametrize("role", ["stranger", *ROLES])
def test_reading_is_open_to_exactly_those_whom_the_table_names(full_world: World, role: str):
    client = full_world.client() if role == "stranger" else full_world.signed_in(role)
    account_id = None if role == "stranger" else ROLES.index(role) + 1
    actor = Actor(account_id, role, role)
    proof = {} if account_id is None else bearer(full_world, actor)
    wrong = []
    for route in full_world.site.routes:
        if "GET" not in route.methods:
            continue
        expected = allowed(full_world, route, actor)
        headers = proof if route.operation else {}
        if opened(client, address(full_world, route), "GET", **headers) != expected:
            wrong.append((route.endpoint, role, "open" if not expected else "shut"))
    assert not wrong


def bearer(world: World, actor: Actor) -> dict[str, str]:
    """What a program of somebody proves itself with, where cookies prove nothing."""
    return {"Authorization": f"Bearer {token_of(world, actor)}"}


def allowed(world: World, route: Route, actor: Actor) -> bool:
    """What the declared table says."""
    if route.permission == "public":
        return True
    if route.permission == "signed-in":
        return actor.role != "stranger"
    on = the_post() if "post_id" in route.rule else None
    return bool(world.site.access.allows(actor, route.permission, on))


@pytest.mark.parametrize("role", ["stranger", *ROLES])
def test_no_writing_route_takes_a_request_from_another_site(full_world: World, role: str):
    client = full_world.client() if role == "stranger" else full_world.signed_in(role)
    for route, method in writing(full_world):
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            answer = client.open(address(full_world, route), method=method, headers=headers)
            assert answer.status_code in {303, 403}, (route.endpoint, answer.status_code)
            assert not (answer.status_code == 303 and role != "stranger"), route.endpoint


def test_no_writing_route_for_accounts_works_without_the_form_token(full_world: World):
    client = full_world.signed_in("admin")
    for route, method in writing(full_world):
        if route.permission == "public":
            continue
        refused = 401 if route.operation else 403
        answer = client.open(
            address(full_world, route), method=method, headers={"Sec-Fetch-Site": "same-origin"}
        )
        assert answer.status_code == refused, (route.endpoint, answer.status_code)


def test_the_api_looks_at_no_cookie(full_world: World):
    client = full_world.signed_in("admin")
    for route in full_world.site.routes:
        if route.operation and route.permission != "public":
            path, method = address(full_world, route), route.methods[0]
            answer = client.open(path, method=method, headers={"Sec-Fetch-Site": "same-origin"})
            assert answer.status_code == 401, (route.endpoint, answer.status_code)


def test_only_public_pages_may_be_kept_by_others(full_world: World):
    client = full_world.signed_in("admin")
    for route in full_world.site.routes:
        if "GET" in route.methods and route.permission != "public":
            answer = client.get(address(full_world, route))
            assert answer.headers["Cache-Control"] == "private, no-store", route.endpoint


def test_every_route_declares_who_may_use_it(full_world: World):
    for route in full_world.site.routes:
        assert route.permission, route.endpoint
        assert not route.writes or route.max_body_bytes > 0, route.endpoint


def writing(world: World) -> list[tuple[Route, str]]:
    """Every writing method of every route."""
    changing: set[str] = {"POST", "PUT", "PATCH", "DELETE"}
    found: list[tuple[Route, str]] = [
        (route, method)
        for route in world.site.routes
        for method in sorted(changing & set(route.methods))
    ]
    return found


def test_the_table_is_not_empty(full_world: World):
    kinds: set[Any] = {route.permission for route in full_world.site.routes}
    assert {"public", "signed-in"} <= kinds
    assert writing(full_world)
