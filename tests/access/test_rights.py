"""What each role can do in the admin, action by action, through the real forms."""

from collections.abc import Callable, Mapping

import pytest
from flask.testing import FlaskClient

from blog_core.content import desk
from blog_core.content.publishing import publish
from blog_core.ports import Actor
from blog_core.site import SYSTEM
from tests.access.test_sign_in import OURS, token_of
from tests.flows.world import ROLES, World

TABLE = """
                             contributor  author  editor  admin
make a draft                 yes          yes     yes     yes
publish a new post           no           yes     yes     yes
save one's draft             yes          yes     yes     yes
publish one's draft          no           yes     yes     yes
save one's published         no           yes     yes     yes
hide one's published         no           yes     yes     yes
restore in one's draft       yes          yes     yes     yes
link to one's draft          yes          yes     yes     yes
save another's draft         no           no      yes     yes
publish another's draft      no           no      yes     yes
save another's published     no           no      yes     yes
hide another's published     no           no      yes     yes
restore in another's draft   no           no      yes     yes
link to another's draft      no           no      yes     yes
close one's published        no           yes     yes     yes
close another's published    no           no      yes     yes
archive one's published      no           yes     yes     yes
archive another's published  no           no      yes     yes
delete one's draft           yes          yes     yes     yes
delete another's draft       no           no      yes     yes
invite somebody              no           no      no      yes
change an account            no           no      no      yes
close an account             no           no      no      yes
"""
LINES = [line.rsplit(maxsplit=4) for line in TABLE.strip().splitlines()[1:]]
POSTS = {"one's draft": 1, "one's published": 2, "another's draft": 3, "another's published": 4}


def world_of(make_world: Callable[..., World], url: str, role: str) -> tuple[World, FlaskClient]:
    """A blog where somebody of a role, and somebody else, has a draft and a published post."""
    world = make_world(url)
    people = {name: world.account(name) for name in ROLES}
    somebody_else = people["admin" if role == "editor" else "editor"]
    for actor in (people[role], somebody_else):
        world.draft(actor, f"Draft of {actor.name}")
        out(world, world.draft(actor, f"Published of {actor.name}"))
    return world, world.signed_in(role)


def out(world: World, post_id: int) -> None:
    with world.site.transaction(SYSTEM) as session:
        publish(session, post_id=post_id, version=None)


def request_of(world: World, action: str) -> tuple[str, Mapping[str, str]]:
    """The address and the fields that a form would send."""
    verb, _, thing = action.partition(" ")
    post_id = POSTS.get(thing.removeprefix("in ").removeprefix("to "))
    if post_id is None:
        return OTHERS[action]
    row = desk.post(world.site, SYSTEM, post_id).row
    version = {"version": str(row["version"])}
    if verb == "restore":
        return f"/admin/posts/{post_id}/revisions/1/restore", version
    if verb in {"archive", "delete"}:
        return f"/admin/posts/{post_id}/{verb}", version
    if verb == "close":
        return f"/admin/posts/{post_id}/about", {**version, "comments": "closed"}
    if verb == "link":
        return f"/admin/posts/{post_id}/links", {"days": "1"}
    return f"/admin/posts/{post_id}/edit", {"title": "New", "body": "New.", "step": verb, **version}


OTHERS = {
    "make a draft": ("/admin/posts/new", {"title": "Mine", "body": "."}),
    "publish a new post": ("/admin/posts/new", {"title": "Mine", "body": ".", "step": "publish"}),
    "invite somebody": (
        "/admin/accounts/new",
        {"name": "N", "email": "n@example.org", "role": "author"},
    ),
    "change an account": (
        "/admin/accounts/3",
        {"name": "Author", "email": "author@example.com", "role": "editor", "version": "1"},
    ),
    "close an account": ("/admin/accounts/4/active", {"active": "no", "version": "1"}),
}


@pytest.mark.parametrize("column", range(4), ids=["contributor", "author", "editor", "admin"])
def test_each_role_can_do_exactly_what_the_table_says(
    make_world: Callable[..., World], sqlite_url: str, column: int
):
    role = TABLE.split()[column]
    world, client = world_of(make_world, sqlite_url, role)
    token = token_of(client)
    found = {}
    for action, *may in LINES:
        path, fields = request_of(world, action)
        answer = client.post(path, data={"form_token": token, **fields}, headers=OURS)
        assert answer.status_code in {303, 403, 404}, (action, answer.get_data(as_text=True))
        found[action] = (may[column], "yes" if answer.status_code == 303 else "no")
        if "hide" in action and answer.status_code == 303:
            out(world, POSTS[action.removeprefix("hide ")])
    assert {action: pair for action, pair in found.items() if pair[0] != pair[1]} == {}


def test_a_contributor_s_text_is_kept_when_publishing_is_refused(
    make_world: Callable[..., World], sqlite_url: str
):
    world, client = world_of(make_world, sqlite_url, "contributor")
    fields = {"title": "Kept", "body": "Kept.", "step": "publish", "version": "1"}
    data = {"form_token": token_of(client), **fields}
    answer = client.post("/admin/posts/1/edit", data=data, headers=OURS)
    assert answer.status_code == 403
    assert "Your text is saved as revision 2." in answer.get_data(as_text=True)
    row = desk.post(world.site, Actor(None, "system", "system"), 1).row
    assert (row["head_body"], row["status"]) == ("Kept.", "draft")
