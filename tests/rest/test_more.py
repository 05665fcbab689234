"""Comments, tags and media through the API."""

import io

from PIL import Image

from tests.flows.world import ROLES
from tests.rest.programs import People


def picture(colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 3), colour).save(out, "PNG")
    return out.getvalue()


def test_a_comment_waits_is_approved_and_then_seen(make_world, database_url):
    world = make_world(database_url, comments={"hold": "all"})
    people = People(world, {role: world.account(role) for role in ROLES})
    editor, stranger = people.program("editor"), people.program("stranger")
    post_id = people.world.post(people.actors["author"], "Bread")
    ask = people.program("contributor")
    added = ask("POST", f"/posts/{post_id}/comments", {"body": "Good!"})
    assert (added.status_code, added.json["status"]) == (201, "pending")
    assert stranger("GET", f"/posts/{post_id}/comments").json["items"] == []
    (waiting,) = editor("GET", "/comments").json["items"]
    assert (waiting["author_name"], waiting["post_title"]) == ("Contributor", "Bread")
    approved = editor("PATCH", f"/comments/{waiting['id']}", {"status": "approved"})
    assert approved.json["status"] == "approved"
    (seen,) = stranger("GET", f"/posts/{post_id}/comments").json["items"]
    assert seen["html"] == "<p>Good!</p>\n"
    assert "author_email" not in seen
    assert stranger("GET", "/posts").json["items"][0]["comment_count"] == 1


def test_comments_need_a_token_a_post_and_an_open_door(people: People):
    post_id = people.world.post(people.actors["author"], "Bread")
    path = f"/posts/{post_id}/comments"
    ask = people.program("author")
    assert people.program("stranger")("POST", path, {"body": "x"}).status_code == 401
    assert ask("POST", "/posts/99/comments", {"body": "x"}).status_code == 404
    ask("PATCH", f"/posts/{post_id}", {"comments_open": False}, If_Match="*")
    closed = ask("POST", path, {"body": "x"})
    assert closed.status_code == 409
    assert "closed" in closed.json["detail"]
    assert ask("PATCH", "/comments/1", {"status": "lovely"}).status_code == 422
    assert ask("GET", "/comments?status=lovely").status_code == 400


def test_tags_are_listed_described_and_merged(people: People):
    editor, stranger = people.program("editor"), people.program("stranger")
    people.world.post(people.actors["author"], "Bread", tags=("Baking",))
    people.world.post(people.actors["author"], "Rolls", tags=("Bakery",))
    described = editor("PUT", "/tags/baking", {"name": "Baking!", "description": "Warm"})
    assert described.json == {"name": "Baking!", "slug": "baking", "description": "Warm"}
    assert editor("POST", "/tags/bakery/merge", {"into": "baking"}).json["posts"] == 1
    assert stranger("GET", "/tags").json["items"] == [
        {"name": "Baking!", "slug": "baking", "posts": 2}
    ]
    author = people.program("author")
    assert author("PUT", "/tags/baking", {"name": "Mine"}).status_code == 403
    assert editor("PUT", "/tags/nothing", {"name": "N"}).status_code == 404


def test_a_picture_is_checked_kept_once_and_described(people: People):
    ask = people.program("author")
    made = ask.upload("/media", picture(), alt="A red field")
    assert made.status_code == 201, made.text
    assert (made.json["width_px"], made.json["alt"]) == (4, "A red field")
    with people.world.get(made.json["url"]) as file:
        assert file.status_code == 200
    assert ask.upload("/media", picture()).status_code == 200, "the same picture is there already"
    ask.upload("/media", picture("blue"))
    assert len(ask("GET", "/media?limit=1").json["items"]) == 1
    assert len(ask("GET", "/media").json["items"]) == 2
    path = f"/media/{made.json['id']}"
    assert ask("PATCH", path, {"alt": "Still red"}).json["alt"] == "Still red"
    assert ask("GET", path).json["alt"] == "Still red"
    assert people.program("contributor")("PATCH", path, {"alt": "x"}).status_code == 403
    assert [m["id"] for m in ask("GET", "/media?q=STILL").json["items"]] == [made.json["id"]]
    shown = ask("POST", "/posts", {"title": "T", "body": f"![]({made.json['url']})"})
    assert ask("DELETE", path).status_code == 409
    ask("DELETE", f"/posts/{shown.json['id']}", If_Match="*")
    assert ask("DELETE", path).status_code == 204
    assert ask("GET", path).status_code == 404


def test_what_is_no_picture_is_refused(people: People):
    ask = people.program("author")
    assert ask.upload("/media", b"<svg onload='alert(1)'/>").status_code == 422
    assert ask("POST", "/media", {"file": "x"}).status_code == 415
    proof = {"Authorization": f"Bearer {ask.token}"}
    bare = ask.client.post("/api/v1/media", data={"alt": "x"}, headers=proof)
    assert bare.status_code == 415
    form = ask.client.post(
        "/api/v1/media", data={"alt": "x"}, headers=proof, content_type="multipart/form-data"
    )
    assert form.status_code == 422
    assert '"field":"file"' in form.text
