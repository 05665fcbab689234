"""The form of a new post makes one draft, however often it is sent."""

from blog_core.content import desk_lists
from blog_core.ports import Actor
from tests.editor.form import opened, send
from tests.flows.world import World

ADMIN = Actor(None, "system", "system")


def titles(world: World) -> list[str]:
    found = desk_lists.posts(world.site, ADMIN, limit=10)
    return [row["title"] for row in found.rows]


def test_a_form_whose_answer_was_lost_makes_no_second_draft(world: World):
    world.account("author")
    client = world.signed_in("author")
    form = opened(client, "/admin/posts/new")
    first = send(client, form, title="Bread", body="Rye")
    again = send(client, form)
    assert again.status_code == 303
    assert again.headers["Location"] == first.headers["Location"]
    assert titles(world) == ["Bread"]


def test_another_text_sent_from_it_is_a_revision_of_the_first(world: World):
    world.account("author")
    client = world.signed_in("author")
    form = opened(client, "/admin/posts/new")
    send(client, form, title="Bread", body="Rye")
    assert send(client, form, body="Wheat").status_code == 303
    assert titles(world) == ["Bread"]
    page = opened(client, "/admin/posts/1/edit")
    assert page.fields["body"] == "Wheat"
    assert send(client, form, body="Spelt").status_code == 412, "both texts are shown"
    assert opened(client, "/admin/posts/1/edit").fields["body"] == "Wheat"


def test_sending_again_after_publishing_stays_with_the_published_post(world: World):
    world.account("author")
    client = world.signed_in("author")
    form = opened(client, "/admin/posts/new")
    send(client, form, title="Bread", body="Rye", step="publish")
    assert send(client, form, step="publish").status_code == 303
    assert titles(world) == ["Bread"]
    assert b"Rye" in world.get("/posts/bread").data


def test_two_forms_make_two_drafts(world: World):
    world.account("author")
    client = world.signed_in("author")
    for _ in range(2):
        send(client, opened(client, "/admin/posts/new"), title="Bread")
    assert titles(world) == ["Bread", "Bread"]
