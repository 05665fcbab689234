"""What goes wrong below the API's prefix is problem+json, whatever it is."""

import pytest

from tests.flows.world import World
from tests.rest.programs import People

PROBLEM = "application/problem+json"


@pytest.mark.parametrize(
    "method, path, status",
    [
        ("GET", "/nothing", 404),
        ("POST", "/nothing", 404),
        ("GET", "/posts/x", 404),
        ("GET", "/posts/99999999999999999999", 404),
        ("DELETE", "/posts", 405),
        ("PUT", "/posts", 405),
        ("POST", "/posts/1", 405),
        ("TRACE", "/posts", 405),
        ("GET", "/posts/1", 404),
        ("POST", "/posts", 401),
    ],
)
def test_every_error_is_a_problem(people: People, method: str, path: str, status: int):
    answer = people.program("stranger")(method, path)
    assert answer.status_code == status
    assert answer.mimetype == PROBLEM
    assert answer.json["status"] == status
    assert {"type", "title", "detail"} <= set(answer.json)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_wrong_method_is_told_the_right_ones(people: People):
    allowed = people.program("stranger")("DELETE", "/posts").headers["Allow"]
    assert {"GET", "POST"} <= set(allowed.split(", "))
    assert "PATCH" not in allowed


def test_a_body_that_is_no_json_is_told_so(people: People):
    ask = people.program("author")
    send = ask.client.post
    proof = {"Authorization": f"Bearer {ask.token}"}
    form = send("/api/v1/posts", data={"title": "T"}, headers=proof)
    assert form.status_code == 415
    assert "expected application/json" in form.text
    broken = send("/api/v1/posts", data="{", headers=proof, content_type="application/json")
    assert broken.status_code == 400
    assert '"code":"json_invalid"' in broken.text
    empty = send("/api/v1/posts", headers=proof)
    assert empty.status_code == 415


def test_a_body_that_is_too_long_is_refused_unread(people: People):
    ask = people.program("author")
    long = ask("POST", "/posts", {"title": "T", "body": "x" * (9 * 1024 * 1024)})
    assert (long.status_code, long.mimetype) == (413, PROBLEM)
    text = ask("POST", "/posts", {"title": "T", "body": "é" * 600_000})
    assert text.status_code == 413
    assert "1,000,000" in text.json["detail"]


def test_pages_outside_the_api_keep_their_own_errors(world: World):
    assert world.get("/nothing").mimetype == "text/html"
    assert world.get("/api/v1x").mimetype == "text/html"


def test_in_a_host_app_the_api_answers_problems_too(tmp_path):
    from flask import Flask

    from blog_core import Blog
    from blog_core.model.migrate import migrate

    app = Flask("host")
    app.testing = True
    app.config["BLOG"] = {"data_dir": str(tmp_path / "blog")}
    site = Blog().init_app(app, url_prefix="/journal")
    with site.activate():
        migrate(site)
    client = app.test_client()
    for path in ("/journal/api/v1/nothing", "/journal/api/v1/posts/7"):
        assert client.get(path).mimetype == PROBLEM
    assert client.post("/journal/api/v1/nothing").mimetype == PROBLEM
    assert client.get("/journal/api/v1/openapi.json").json["servers"] == [
        {"url": "/journal/api/v1"}
    ]
    assert client.get("/elsewhere").mimetype == "text/html"
    site.changes.close()
    site.ports.executor.close()
