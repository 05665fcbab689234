"""A request sent twice is carried out once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from blog_core.content.once import Key, claim, keep
from blog_core.site import SYSTEM
from tests.rest.programs import People, Program


def drafts(people: People) -> int:
    return len(people.program("admin")("GET", "/posts?status=all").json["items"])


def test_the_same_key_gets_the_same_answer_and_no_second_draft(people: People):
    ask = people.program("author")
    first = ask("POST", "/posts", {"title": "T"}, Idempotency_Key="k-1")
    again = ask("POST", "/posts", {"title": "T"}, Idempotency_Key="k-1")
    assert (again.status_code, again.text) == (201, first.text)
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert drafts(people) == 1


def test_another_request_with_the_same_key_is_refused(people: People):
    ask = people.program("author")
    ask("POST", "/posts", {"title": "T"}, Idempotency_Key="k-1")
    other = ask("POST", "/posts", {"title": "U"}, Idempotency_Key="k-1")
    assert other.status_code == 422
    assert "k-1" in other.json["detail"]
    assert drafts(people) == 1


def test_keys_belong_to_their_account(people: People):
    for role in ("author", "editor"):
        made = people.program(role)("POST", "/posts", {"title": "T"}, Idempotency_Key="k-1")
        assert made.json["authors"][0]["name"] == role.title()
    assert drafts(people) == 2


def test_a_refused_request_uses_no_key_up(people: People):
    ask = people.program("author")
    path = f"/posts/{ask('POST', '/posts', {'title': 'T'}).json['id']}/publish"
    late = ask("POST", path, If_Match='"9"', Idempotency_Key="k-1")
    assert late.status_code == 412
    assert ask("POST", path, If_Match='"1"', Idempotency_Key="k-1").status_code == 200
    again = ask("POST", path, If_Match='"1"', Idempotency_Key="k-1")
    assert (again.status_code, again.json["version"]) == (200, 2)


def test_a_key_is_forgotten_after_a_day(people: People):
    ask = people.program("author")
    ask("POST", "/posts", {"title": "T"}, Idempotency_Key="k-1")
    people.world.clock.forward(hours=25)
    ask("POST", "/posts", {"title": "U"}, Idempotency_Key="k-1")
    assert drafts(people) == 2


def test_ten_at_once_make_one_draft(people: People):
    token = people.program("author").token

    def send(_number: int) -> int:
        ask = Program(people.world.app.test_client(), token)
        answer = ask("POST", "/posts", {"title": "T"}, Idempotency_Key="k-1")
        return int(answer.json["id"])

    with ThreadPoolExecutor(5) as pool:
        assert len(set(pool.map(send, range(10)))) == 1
    assert drafts(people) == 1


def test_an_answer_lost_with_its_transaction_is_given_anew(people: People):
    key = Key("test", "k", "d")
    site = people.world.site

    def fail() -> None:
        with site.transaction(SYSTEM) as session:
            claim(session, key)
            keep(session, key, {"id": 1})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with site.transaction(SYSTEM) as session:
        assert claim(session, key) is None
