"""What strangers get of the API is kept by the cache and never stale; what tokens get is not."""

import re

import pytest

from tests.rest.programs import People

PUBLIC = ("/posts", "/posts/1", "/posts?tag=baking", "/tags", "/posts/1/comments")


@pytest.fixture
def world(make_world, database_url):
    made = make_world(database_url, plugins=["cache"])
    # The first look at a database takes everything as touched; not in the midst of a test.
    made.site.changes.relay.look_now()
    return made


@pytest.fixture
def post(people: People) -> int:
    return people.world.post(people.actors["author"], "Bread", tags=("Baking",))


@pytest.mark.parametrize("path", PUBLIC)
def test_a_stranger_gets_the_second_answer_from_the_cache(people: People, post: int, path: str):
    stranger = people.program("stranger")
    first, second = stranger("GET", path), stranger("GET", path)
    assert first.headers["Cache-Status"] == "blog; fwd=miss; stored"
    assert second.headers["Cache-Status"] == "blog; hit"
    assert second.json == first.json
    assert second.headers["Cache-Control"] == "public, no-cache"
    assert second.headers["Vary"] == "Accept-Encoding, Authorization"
    assert stranger("GET", path, If_None_Match=second.headers["ETag"]).status_code == 304


@pytest.mark.parametrize("path", PUBLIC)
def test_a_token_never_meets_the_cache(people: People, post: int, path: str):
    stranger, ask = people.program("stranger"), people.program("author")
    stranger("GET", path)
    for _ in range(2):
        answer = ask("GET", path)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "Cache-Status" not in answer.headers
    assert stranger("GET", path).headers["Cache-Status"] == "blog; hit"


def test_what_a_token_saw_is_never_what_a_stranger_sees(people: People, post: int):
    ask, stranger = people.program("author"), people.program("stranger")
    ask("PATCH", f"/posts/{post}", {"body": "a secret draft"}, If_Match="*")
    assert "a secret draft" in ask("GET", f"/posts/{post}").text
    assert "a secret draft" not in stranger("GET", f"/posts/{post}").text
    draft = ask("POST", "/posts", {"title": "Another"}).json["id"]
    assert ask("GET", f"/posts/{draft}").status_code == 200
    assert stranger("GET", f"/posts/{draft}").status_code == 404


def test_after_each_write_a_stranger_gets_the_new_answer(people: People, post: int):
    ask, stranger = people.program("editor"), people.program("stranger")
    path = f"/posts/{post}"
    for number in range(3):
        stranger("GET", path)
        stranger("GET", "/posts")
        ask("PATCH", path, {"title": f"Bread {number}"}, If_Match="*")
        ask("POST", f"{path}/publish", If_Match="*")
        assert stranger("GET", path).json["title"] == f"Bread {number}"
        assert stranger("GET", "/posts").json["items"][0]["title"] == f"Bread {number}"
    ask("POST", f"{path}/hide", If_Match="*")
    assert stranger("GET", path).status_code == 404
    ask("POST", f"{path}/publish", If_Match="*")
    assert stranger("GET", path).status_code == 200


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_answer_keeps_its_budget_of_statements(make_world, database_url, path: str):
    world = make_world(database_url)
    author = world.account("author")
    for number in range(30):
        world.comment(world.post(author, f"Bread {number}", tags=("Baking", "Oven")), "Good!")
    route = next(
        route
        for route in world.site.routes
        if route.operation
        and re.fullmatch(_pattern(route.rule), f"/api/v1{path}".split("?")[0])
        and "GET" in route.methods
    )
    assert route.statements
    with world.statements() as sent:
        assert world.get(f"/api/v1{path}").status_code == 200
    assert len(sent) <= route.statements, sent


def _pattern(rule: str) -> str:
    return re.sub(r"<[^>]*>", r"\\d+", rule)
