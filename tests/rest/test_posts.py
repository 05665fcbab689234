"""Posts through the API: read by anybody, written under the version that was seen."""

from datetime import timedelta

from tests.rest.programs import People


def test_a_program_writes_changes_and_publishes_a_post(people: People):
    ask = people.program("author")
    made = ask("POST", "/posts", {"title": "Bread", "body": "*Rye*", "tags": ["Baking"]})
    assert made.status_code == 201, made.text
    assert made.json["status"] == "draft"
    assert made.headers["Location"] == f"/api/v1/posts/{made.json['id']}"
    assert made.headers["ETag"] == '"1"'
    path = f"/posts/{made.json['id']}"
    changed = ask("PATCH", path, {"body": "Wheat"}, If_Match='"1"')
    assert (changed.json["body"], changed.json["title"]) == ("Wheat", "Bread")
    shown = ask("POST", f"{path}/publish", If_Match=changed.headers["ETag"])
    assert shown.json["status"] == "published"
    stranger = people.program("stranger")
    assert stranger("GET", path).json["html"] == "<p>Wheat</p>\n"
    assert [post["title"] for post in stranger("GET", "/posts").json["items"]] == ["Bread"]
    assert stranger("GET", "/posts?tag=baking").json["items"][0]["tags"][0]["name"] == "Baking"


def test_a_change_on_an_old_version_is_answered_with_what_stands_there(people: People):
    ask = people.program("author")
    path = f"/posts/{ask('POST', '/posts', {'title': 'One'}).json['id']}"
    ask("PATCH", path, {"title": "Two"}, If_Match='"1"')
    late = ask("PATCH", path, {"title": "Three"}, If_Match='"1"')
    assert late.status_code == 412
    assert late.mimetype == "application/problem+json"
    assert late.json["current_version"] == 2
    assert late.json["current"]["title"] == "Two"
    assert late.headers["ETag"] == '"2"'
    assert ask("GET", path).json["title"] == "Two"


def test_who_may_write_and_not_read_is_told_of_their_own_writing_only(people: People):
    ask = people.program("author", ["create-posts", "edit-posts"])
    made = ask("POST", "/posts", {"title": "One"})
    assert made.status_code == 201
    path = f"/posts/{made.json['id']}"
    assert ask("GET", path).status_code == 404
    assert ask("PATCH", path, {"title": "Two"}, If_Match='"1"').json["title"] == "Two"
    late = ask("PATCH", path, {"title": "Three"}, If_Match='"1"')
    assert late.json["current_version"] == 2
    assert "current" not in late.json


def test_a_change_without_a_version_is_refused(people: People):
    ask = people.program("author")
    path = f"/posts/{ask('POST', '/posts', {'title': 'One'}).json['id']}"
    for method, place, body in (
        ("PATCH", path, {"title": "Two"}),
        ("PUT", path, {"title": "Two"}),
        ("DELETE", path, None),
        ("POST", f"{path}/publish", None),
        ("POST", f"{path}/hide", None),
    ):
        answer = ask(method, place, body)
        assert answer.status_code == 428, (method, place)
        assert "If-Match" in answer.json["detail"]
    assert ask("PATCH", path, {"title": "Two"}, If_Match="*").status_code == 200
    assert ask("PATCH", path, {"title": "Two"}, If_Match="2").status_code == 400
    assert ask("PATCH", path, {"title": "Two"}, If_Match='"a-page"').status_code == 412


def test_put_empties_what_it_leaves_out_and_patch_keeps_it(people: People):
    ask = people.program("editor")
    whole = {"title": "T", "body": "B", "excerpt": "E", "tags": ["One"], "image": "/i.png"}
    made = ask("POST", "/posts", whole)
    path = f"/posts/{made.json['id']}"
    kept = ask("PATCH", path, {"title": "U", "excerpt": None}, If_Match="*").json
    assert (kept["title"], kept["body"], kept["excerpt"], kept["tags"]) == ("U", "B", None, ["One"])
    emptied = ask("PUT", path, {"title": "V"}, If_Match="*").json
    assert (emptied["body"], emptied["image"], emptied["tags"]) == ("", None, [])


def test_what_get_gives_can_be_sent_back_unchanged(people: People):
    ask = people.program("editor")
    path = f"/posts/{ask('POST', '/posts', {'title': 'T', 'tags': ['A, b']}).json['id']}"
    found = ask("GET", path)
    names = ("title", "body", "excerpt", "image", "tags", "slug", "comments_open")
    same = ask(
        "PUT",
        path,
        {name: found.json[name] for name in names},
        If_Match=found.headers["ETag"],
    )
    assert same.headers["ETag"] == found.headers["ETag"], "nothing changed, so no new version"


def test_authors_and_closed_comments_are_changed_in_the_same_step(people: People):
    ask = people.program("editor")
    other = people.actors["author"].account_id
    path = f"/posts/{ask('POST', '/posts', {'title': 'T'}).json['id']}"
    body = {"title": "U", "author_ids": [other], "comments_open": False}
    changed = ask("PATCH", path, body, If_Match='"1"')
    assert [author["id"] for author in changed.json["authors"]] == [other]
    assert changed.json["comments_open"] is False
    refused = people.program("author")("PATCH", path, {"author_ids": [1, 2]}, If_Match="*")
    assert refused.status_code == 403


def test_a_scheduled_post_is_seen_when_its_time_has_come(people: People):
    ask, stranger = people.program("author"), people.program("stranger")
    path = f"/posts/{ask('POST', '/posts', {'title': 'Soon'}).json['id']}"
    at = (people.world.clock() + timedelta(hours=1)).isoformat()
    planned = ask("POST", f"{path}/schedule", {"publish_at": at}, If_Match="*")
    assert planned.json["is_scheduled"]
    assert stranger("GET", path).status_code == 404
    assert [p["title"] for p in ask("GET", "/posts?status=scheduled").json["items"]] == ["Soon"]
    people.world.clock.forward(hours=2)
    assert stranger("GET", path).json["title"] == "Soon"
    past = ask("POST", f"{path}/schedule", {"publish_at": at}, If_Match="*")
    assert past.status_code == 422
    assert past.json["errors"][0]["field"] == "publish_at"


def test_a_time_without_a_zone_is_refused_by_name(people: People):
    ask = people.program("author")
    path = f"/posts/{ask('POST', '/posts', {'title': 'Soon'}).json['id']}"
    answer = ask("POST", f"{path}/publish", {"publish_at": "2026-12-01T10:00:00"}, If_Match="*")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "publish_at"


def test_withdrawing_archiving_and_deleting(people: People):
    ask, stranger = people.program("editor"), people.program("stranger")
    path = f"/posts/{ask('POST', '/posts', {'title': 'Here'}).json['id']}"
    for step, status in (("hide", "hidden"), ("archive", "archived"), ("unpublish", "draft")):
        ask("POST", f"{path}/publish", If_Match="*")
        assert stranger("GET", path).status_code == 200
        assert ask("POST", f"{path}/{step}", If_Match="*").json["status"] == status
        assert stranger("GET", path).status_code == 404
    assert ask("DELETE", path, If_Match="*").status_code == 204
    assert ask("GET", path).status_code == 404


def test_every_fault_of_a_body_is_named_at_once(people: People):
    ask = people.program("author")
    answer = ask("POST", "/posts", {"title": "", "tags": [7], "colour": "red"})
    assert answer.status_code == 422
    named = {error["field"] for error in answer.json["errors"]}
    assert named == {"title", "tags.0", "colour"}
    semantic = ask("POST", "/posts", {"title": "\u0000", "image": "javascript:x"})
    assert {error["field"] for error in semantic.json["errors"]} == {"title", "image"}


def test_an_author_sees_own_drafts_only_and_nobody_guesses_the_others(people: People):
    editor, author = people.program("editor"), people.program("author")
    path = f"/posts/{editor('POST', '/posts', {'title': 'Secret'}).json['id']}"
    hidden, missing = author("GET", path), author("GET", "/posts/999999")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.json == missing.json
    assert author("PATCH", path, {"title": "x"}, If_Match="*").status_code == 404
    assert author("GET", "/posts?status=all").json["items"] == []
    assert [p["title"] for p in editor("GET", "/posts?status=all").json["items"]] == ["Secret"]


def test_a_contributor_cannot_publish(people: People):
    ask = people.program("contributor")
    path = f"/posts/{ask('POST', '/posts', {'title': 'Mine'}).json['id']}"
    answer = ask("POST", f"{path}/publish", If_Match="*")
    assert answer.status_code == 403
    assert "publish-posts" in answer.json["detail"]


def test_lists_go_on_by_cursor_and_by_link(people: People):
    ask = people.program("author")
    for number in range(5):
        made = ask("POST", "/posts", {"title": f"Post {number}"})
        ask("POST", f"/posts/{made.json['id']}/publish", If_Match="*")
        people.world.clock.forward(minutes=1)
    stranger, seen, path = people.program("stranger"), [], "/posts?limit=2"
    while path:
        answer = stranger("GET", path)
        seen += [post["title"] for post in answer.json["items"]]
        link = answer.headers.get("Link", "")
        following = answer.json["next"]
        assert (f"page={following}" in link) == bool(following)
        path = f"/posts?limit=2&page={following}" if following else ""
    assert seen == [f"Post {number}" for number in range(4, -1, -1)]
    assert stranger("GET", "/posts?limit=0").status_code == 400
    assert stranger("GET", "/posts?page=nonsense").json["errors"][0]["field"] == "page"


def test_a_post_is_found_by_its_slug(people: People):
    ask, stranger = people.program("author"), people.program("stranger")
    made = ask("POST", "/posts", {"title": "Bread and salt"})
    ask("POST", f"/posts/{made.json['id']}/publish", If_Match="*")
    found = stranger("GET", "/posts?slug=bread-and-salt")
    assert [post["id"] for post in found.json["items"]] == [made.json["id"]]
    assert stranger("GET", "/posts?slug=nothing").status_code == 404
    assert stranger("GET", "/posts?slug=bread-and-salt&tag=x").status_code == 400


def test_revisions_are_listed_read_and_taken_up_again(people: People):
    ask = people.program("author")
    path = f"/posts/{ask('POST', '/posts', {'title': 'One', 'body': 'first'}).json['id']}"
    ask("PATCH", path, {"body": "second", "note": "shorter"}, If_Match="*")
    listed = ask("GET", f"{path}/revisions?limit=1")
    assert [(r["number"], r["note"]) for r in listed.json["items"]] == [(2, "shorter")]
    older = ask("GET", f"{path}/revisions?before={listed.json['next']}").json["items"][0]
    assert ask("GET", f"{path}/revisions/{older['id']}").json["body"] == "first"
    back = ask("POST", f"{path}/revisions/{older['id']}/restore", If_Match='"2"')
    assert (back.json["body"], back.json["revision_number"]) == ("first", 3)
    assert ask("POST", f"{path}/revisions/{older['id']}/restore", If_Match='"2"').status_code == 412


def test_a_kept_etag_saves_the_second_transfer(people: People):
    ask = people.program("author")
    path = f"/posts/{ask('POST', '/posts', {'title': 'One'}).json['id']}"
    tag = ask("GET", path).headers["ETag"]
    again = ask("GET", path, If_None_Match=tag)
    assert (again.status_code, again.data) == (304, b"")
