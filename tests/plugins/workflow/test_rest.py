"""Programs read and change stages: under their version, merged by field, 412 with both values."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from blog_core.api import transaction
from plugins.workflow import get_stage_history
from plugins.workflow.saving import choose_definition
from tests.flows.world import ROLES, World
from tests.plugins.workflow.conftest import IDEA
from tests.rest.programs import People, Program

JSON = "application/json"


@pytest.fixture
def world(make_world: Callable[..., World], sqlite_url: str) -> Iterator[World]:
    world = make_world(sqlite_url, plugins=["workflow"])
    with world.site.activate():
        yield world


@pytest.fixture
def people(world: World) -> People:
    return People(world, {role: world.account(role) for role in ROLES})


@pytest.fixture
def post_id(people: People) -> int:
    return people.world.draft(people.actors["author"], "A draft")


@pytest.fixture
def author(people: People) -> Program:
    return people.program("author")


@pytest.fixture
def place(post_id: int) -> str:
    return f"/posts/{post_id}/stages/{IDEA}"


def values(answer: Any) -> dict[str, Any]:
    return {field["name"]: field["value"] for field in answer.json["fields"]}


def patch(program: Program, place: str, on: str, action: str | None = None, **fields: Any) -> Any:
    body = {"fields": fields} | ({"action": action} if action else {})
    return program("PATCH", place, body, If_Match=on)


def test_a_stage_is_read_with_its_version_fields_and_actions(author: Program, place: str):
    answer = author("GET", place)
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"0"')
    assert answer.json["state"] == "NOT_STARTED"
    idea = answer.json["fields"][0]
    assert (idea["name"], idea["type"], idea["value"]) == ("idea", "text", None)
    assert idea["limits"] == {"required": True, "max_chars": 2000}
    assert [action["name"] for action in answer.json["actions"]] == ["start", "complete"]
    assert answer.json["actions"][1]["missing"] == ["What it is about is empty"]
    assert author("GET", place, If_None_Match='"0"').status_code == 304


def test_the_list_says_where_a_post_stands(author: Program, post_id: int):
    with transaction() as session:
        choose_definition(session, post_id=post_id, name="reviewed")
    answer = author("GET", f"/posts/{post_id}/stages")
    assert answer.status_code == 200
    assert [item["stage_id"] for item in answer.json["items"]][:2] == [IDEA, "planning.research"]
    assert answer.json["definition"] == "reviewed"
    assert answer.json["missing"] == ["Review (publishing.review) is NOT_STARTED, not COMPLETED"]


def test_a_change_names_the_version_it_was_made_on(author: Program, place: str):
    changed = patch(author, place, '"0"', idea="Bread")
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"1"')
    assert values(changed) == {"idea": "Bread", "audience": None}
    done = patch(author, place, '"1"', "complete", audience="Bakers")
    assert (done.json["state"], done.json["version"]) == ("COMPLETED", 2)
    assert patch(author, place, "*", "reopen").json["state"] == "IN_PROGRESS"
    assert author("PATCH", place, {"fields": {}}).status_code == 428
    assert patch(author, place, '"page-7"', idea="Cake").status_code == 412


def test_changes_of_other_fields_are_merged_and_named(author: Program, place: str):
    patch(author, place, '"0"', idea="Bread")
    merged = patch(author, place, '"0"', audience="Bakers")
    assert merged.status_code == 200
    assert values(merged) == {"idea": "Bread", "audience": "Bakers"}
    assert merged.json["merged"] == ["idea"]


def test_the_same_field_changed_twice_is_a_412_with_both_values(author: Program, place: str):
    patch(author, place, '"0"', idea="one\ntwo\nthree\n")
    patch(author, place, '"1"', idea="ONE\ntwo\nthree\n")
    answer = patch(author, place, '"1"', idea="one\ntwo\nTHREE\n")
    assert answer.status_code == 412
    assert answer.headers["ETag"] == '"2"'
    assert answer.json["current_version"] == 2
    assert answer.json["current"]["fields"][0]["value"] == "ONE\ntwo\nthree\n"
    assert answer.json["collisions"] == [
        {
            "field": "idea",
            "base": "one\ntwo\nthree\n",
            "theirs": "ONE\ntwo\nthree\n",
            "yours": "one\ntwo\nTHREE\n",
            "merged": "ONE\ntwo\nTHREE\n",
        }
    ]
    taken = patch(author, place, '"2"', idea=answer.json["collisions"][0]["merged"])
    assert values(taken)["idea"] == "ONE\ntwo\nTHREE\n"


def test_every_fault_is_named_with_what_is_allowed(author: Program, place: str):
    answer = patch(author, place, '"0"', "finish", idea=True, nope=1, audience="x" * 501)
    assert answer.status_code == 422
    found = {error["field"]: error for error in answer.json["errors"]}
    assert set(found) == {"action", "idea", "nope", "audience"}
    assert found["action"]["limit"] == "start, complete"
    assert found["audience"]["limit"] == 500
    assert "found bool, expected a text" in found["idea"]["message"]


@pytest.mark.parametrize("value", [[], {}, 1.5, ["a"], {"a": 1}])
def test_a_value_of_no_type_of_ours_is_a_fault(author: Program, place: str, value: object):
    answer = patch(author, place, '"0"', idea=value)
    assert [error["code"] for error in answer.json["errors"]] == ["type"]


def test_an_unknown_stage_is_answered_with_those_that_there_are(author: Program, post_id: int):
    answer = author("GET", f"/posts/{post_id}/stages/planning")
    assert answer.status_code == 404
    assert "There are: planning.idea, planning.research" in answer.json["detail"]
    assert author("GET", "/posts/77/stages").status_code == 404


def test_a_gate_answers_what_is_missing(people: People, author: Program, post_id: int):
    with transaction() as session:
        choose_definition(session, post_id=post_id, name="reviewed")
    answer = author("POST", f"/posts/{post_id}/publish", None, If_Match="*")
    assert answer.status_code == 409, answer.json
    assert answer.json["missing"] == ["Review (publishing.review) is NOT_STARTED, not COMPLETED"]
    review = f"/posts/{post_id}/stages/publishing.review"
    assert patch(author, review, '"0"', "complete", review="Fine").status_code == 403
    editor = people.program("editor")
    assert patch(editor, review, '"0"', "complete", review="Fine").status_code == 200
    assert author("POST", f"/posts/{post_id}/publish", None, If_Match="*").status_code == 200


def test_earlier_fields_are_written_again(author: Program, post_id: int, place: str):
    patch(author, place, '"0"', idea="Bread")
    patch(author, place, '"1"', idea="Cake")
    answer = author("POST", f"{place}/restore", {"to_version": 1}, If_Match='"2"')
    assert (answer.status_code, values(answer)["idea"]) == (200, "Bread")
    assert get_stage_history(post_id, IDEA)[0]["note"] == "Version 1 restored"


def test_the_history_tells_who_changed_what(people: People, author: Program, place: str):
    patch(author, place, '"0"', "start", idea="Bread")
    (entry,) = author("GET", f"{place}/history").json["items"]
    assert (entry["version"], entry["actor"], entry["action"]) == (1, "Author", "start")
    assert entry["changed"] == {"idea": {"before": None, "after": "Bread"}}
    assert people.program("contributor")("GET", f"{place}/history").status_code == 404


def test_a_repeated_request_is_done_once(author: Program, post_id: int, place: str):
    body = {"fields": {"idea": "Bread"}}
    again = [author("PATCH", place, body, If_Match="*", Idempotency_Key="k1") for _ in range(2)]
    assert [answer.json["version"] for answer in again] == [1, 1]
    assert len(get_stage_history(post_id, IDEA)) == 1


def test_who_may_not_know_of_the_post_learns_nothing(people: People, place: str):
    assert people.program("stranger")("GET", place).status_code == 401
    other = people.program("contributor")
    assert other("GET", place).status_code == 404
    assert patch(other, place, '"0"', idea="Mine").status_code == 404
    reader = people.program("author", scopes=["read-drafts"])
    assert reader("GET", place).status_code == 200
    assert patch(reader, place, '"0"', idea="Mine").status_code == 403


def test_the_operations_stand_in_the_document(author: Program):
    paths = author("GET", "/openapi.json").json["paths"]
    stage = next(path for path in paths if path.endswith("/stages/{stage_id}"))
    assert set(paths[stage]) >= {"get", "patch"}
    assert "412" in paths[stage]["patch"]["responses"]
