"""Tokens: what opens the API, how far, how often, and until when."""

import pytest
from sqlalchemy import select

from blog_core.access.api_tokens import add_token, revoke_token
from blog_core.errors import NotFound, ValidationError
from blog_core.model import ApiToken
from blog_core.site import SYSTEM
from tests.rest.programs import People, Program, token_of


def test_a_token_opens_the_api_for_its_account(people: People):
    me = people.program("author", name="Importer")("GET", "/me").json
    assert (me["name"], me["role"], me["token"]) == ("Author", "author", "Importer")
    assert "publish-posts" in me["scopes"]
    assert "manage-site" not in me["scopes"]


def test_without_a_token_the_answer_says_how_to_send_one(people: People):
    answer = people.program("stranger")("GET", "/me")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="blog"'
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Authorization: Bearer" in answer.json["detail"]


def test_a_token_does_what_its_scopes_name_and_nothing_else(people: People):
    ask = people.program("admin", ["create-posts", "read-drafts"])
    made = ask("POST", "/posts", {"title": "T"})
    assert made.status_code == 201
    path = f"/posts/{made.json['id']}"
    assert ask("PATCH", path, {"title": "U"}, If_Match="*").status_code == 403
    assert ask("POST", f"{path}/publish", If_Match="*").status_code == 403
    assert ask("GET", "/comments").status_code == 403


def test_a_token_loses_what_its_accounts_role_loses(people: People):
    from blog_core.content.accounts import change_role

    ask = people.program("editor")
    assert ask("GET", "/comments").status_code == 200
    account_id = people.actors["editor"].account_id
    assert account_id is not None
    with people.world.site.transaction(SYSTEM) as session:
        change_role(session, account_id=account_id, version=1, role="contributor")
    assert ask("GET", "/comments").status_code == 403
    assert "moderate-comments" not in ask("GET", "/me").json["scopes"]


def test_expired_revoked_unknown_and_closed_are_answered_alike(people: People):
    from blog_core.content.accounts import set_active

    world = people.world
    short = people.program("author", days=1)
    revoked, closed = people.program("author"), people.program("editor")
    for ask in (short, revoked, closed):
        assert ask("GET", "/me").status_code == 200
    editor_id = people.actors["editor"].account_id
    assert editor_id is not None
    with world.site.transaction(SYSTEM) as session:
        token_id = session.scalars(select(ApiToken.id).order_by(ApiToken.id).offset(1)).first()
        assert token_id is not None
        revoke_token(session, token_id, at=world.clock())
        set_active(session, account_id=editor_id, version=1, is_active=False)
    world.clock.forward(days=1)
    unknown = Program(world.client(), "blog_" + "x" * 43)
    other = Program(world.client(), "nothing of ours")
    answers = [ask("GET", "/me") for ask in (short, revoked, closed, unknown, other)]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    # Also where a stranger would get an answer: a wrong token is no stranger.
    assert unknown("GET", "/posts").status_code == 401


def test_the_database_holds_no_usable_token(people: People):
    token = token_of(people.world, people.actors["author"])
    with people.world.site.transaction(SYSTEM) as session:
        rows = session.execute(select(ApiToken.__table__)).all()
    assert token not in str(rows)
    assert token.removeprefix("blog_") not in str(rows)


def test_the_last_use_is_kept_to_the_minute(people: People):
    ask, clock = people.program("author"), people.world.clock

    def last_used():
        with people.world.site.transaction(SYSTEM) as session:
            return session.scalars(select(ApiToken.last_used_at)).one()

    assert last_used() is None
    ask("GET", "/me")
    first = last_used()
    assert first == clock()
    clock.forward(seconds=30)
    ask("GET", "/me")
    assert last_used() == first
    clock.forward(seconds=60)
    ask("GET", "/me")
    assert last_used() == clock()


def test_a_token_is_used_so_many_times_a_minute(make_world, sqlite_url):
    world = make_world(sqlite_url, rest={"requests_per_minute": 3})
    people = People(world, {role: world.account(role) for role in ("author", "editor")})
    ask, other = people.program("author"), people.program("editor")
    assert [ask("GET", "/me").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = ask("GET", "/posts")
    assert refused.status_code == 429, "with a token, public pages count too"
    assert refused.headers["Retry-After"] == "20"
    assert other("GET", "/me").status_code == 200
    world.clock.forward(seconds=20)
    assert ask("GET", "/me").status_code == 200


def test_guessing_from_one_address_ends_after_some_tries(make_world, sqlite_url):
    world = make_world(sqlite_url)
    people = People(world, {"author": world.account("author")})
    guesser = Program(world.client(), "blog_guess")
    codes = [guesser("GET", "/me").status_code for _ in range(22)]
    assert codes == [401] * 20 + [429] * 2
    assert people.program("author")("GET", "/me").status_code == 200, "a right token is no guess"


@pytest.mark.parametrize(
    "given, field",
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["fly"]}, "scopes"),
        ({"scopes": ["manage-site"]}, "scopes"),
        ({"days": 0}, "days"),
        ({"days": 10_000}, "days"),
        ({"name": " "}, "name"),
    ],
)
def test_a_token_with_a_fault_is_refused_by_field(make_world, sqlite_url, given, field):
    world = make_world(sqlite_url)
    actor = world.account("author")
    wanted = {"name": "N", "scopes": ["create-posts"], "days": 3, **given}
    with (
        pytest.raises(ValidationError) as refused,
        world.site.transaction(SYSTEM) as session,
    ):
        add_token(
            session,
            world.site.access.permissions,
            account_id=actor.account_id,
            at=world.clock(),
            **wanted,
        )
    assert [error.field for error in refused.value.errors] == [field]


def test_nobody_revokes_the_token_of_another_account(people: People):
    world = people.world
    token_of(world, people.actors["editor"])
    with pytest.raises(NotFound), world.site.transaction(SYSTEM) as session:
        revoke_token(session, 1, at=world.clock(), account_id=people.actors["author"].account_id)


def test_a_token_from_a_page_of_another_site_is_refused(people: People):
    ask = people.program("author")
    answer = ask("POST", "/posts", {"title": "T"}, Origin="https://evil.example")
    assert answer.status_code == 403
    assert ask("GET", "/posts?status=all").json["items"] == []
