"""Writing a post in a browser without scripts: nothing typed is ever lost."""

from collections.abc import Callable
from typing import Any

import pytest
from markupsafe import escape

from blog_core.api import Refusal, Setup, hookimpl
from blog_core.content import desk
from blog_core.content.revisions import save_revision
from blog_core.content.text import PostText
from blog_core.content.working_copies import save_working_copy
from blog_core.defaults.stages import DraftAndPublished
from blog_core.ports import Actor
from tests.editor.form import Form, opened, send
from tests.flows.world import World

TYPED = {"title": "Fish & <chips>", "body": "\n First line\n\n\tsecond\n", "tags": "Food, Sea"}


def head(world: World, post_id: int) -> Any:
    return desk.post(world.site, world_admin(world), post_id).row


def world_admin(world: World) -> Actor:
    return Actor(None, "system", "system")


def text_of(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def test_a_new_post_is_saved_exactly_as_it_was_typed(world: World):
    world.account("author")
    client = world.signed_in("author")
    answer = send(client, opened(client, "/admin/posts/new"), **TYPED)
    assert answer.status_code == 303
    row = head(world, 1)
    assert (row["head_title"], row["head_body"]) == (TYPED["title"], TYPED["body"])
    assert (row["head_tags"], row["slug"], row["status"]) == (
        ["Food", "Sea"],
        "fish-chips",
        "draft",
    )
    again = opened(client, answer.headers["Location"])
    assert {name: again.fields[name] for name in TYPED} == TYPED


def test_every_fault_is_told_beside_its_field_and_the_text_comes_back(world: World):
    world.account("author")
    client = world.signed_in("author")
    typed = {"title": " ", "body": "Kept.", "excerpt": "x" * 2_001, "tags": "!!", "image": "a b"}
    answer = send(client, opened(client, "/admin/posts/new"), **typed)
    page = text_of(answer)
    assert answer.status_code == 422
    assert {name: Form(page).fields[name] for name in typed} == typed
    for name in ("title", "excerpt", "tags", "image"):
        assert f'id="{name}-note"' in page
        assert 'aria-invalid="true"' in page
    assert "Title: found nothing, expected some text." in page
    assert "found 2,001 characters, expected at most 2,000" in page


def test_a_text_that_is_too_long_comes_back_whole(world: World):
    world.account("author")
    client = world.signed_in("author")
    body = "word " * 200_001
    answer = send(client, opened(client, "/admin/posts/new"), title="Long", body=body)
    assert answer.status_code == 413
    assert "at most 1,000,000 are accepted" in text_of(answer)
    assert Form(text_of(answer)).fields["body"] == body


def test_of_two_editors_the_second_one_sees_both_texts_and_overwrites_nothing(world: World):
    author, editor = world.account("author"), world.account("editor")
    post_id = world.draft(author, "A title", body="One.\nTwo.\nThree.")
    first, second = world.signed_in("author"), world.signed_in("editor")
    mine = opened(second, f"/admin/posts/{post_id}/edit")
    theirs = opened(first, f"/admin/posts/{post_id}/edit")
    assert send(first, theirs, body="One.\nTwo, theirs.\nThree.").status_code == 303
    answer = send(second, mine, body="One.\nTwo, mine.\nThree.")
    page = text_of(answer)
    assert answer.status_code == 412
    assert "Somebody saved this post while you were writing" in page
    assert "<del>Two, theirs.</del>" in page
    assert "<ins>Two, mine.</ins>" in page
    assert head(world, post_id)["head_body"] == "One.\nTwo, theirs.\nThree."
    assert Form(page).fields["body"] == "One.\nTwo, mine.\nThree."
    assert editor.account_id


@pytest.fixture
def in_conflict(world: World) -> tuple[World, Any, Form, int]:
    """An editor whose text met another one; their client and the form they got."""
    author = world.account("author")
    world.account("editor")
    post_id = world.draft(author, "A title", body="At first.")
    client = world.signed_in("editor")
    form = opened(client, f"/admin/posts/{post_id}/edit")
    with world.site.transaction(author) as session:
        text = PostText(title="A title", body="Theirs.")
        save_revision(session, post_id=post_id, version=None, text=text)
    return world, client, Form(text_of(send(client, form, body="Mine."))), post_id


def test_after_a_conflict_mine_can_be_saved_over_theirs(in_conflict: Any):
    world, client, form, post_id = in_conflict
    assert send(client, form).status_code == 303
    assert head(world, post_id)["head_body"] == "Mine."
    assert bodies(world, post_id) == ["At first.", "Theirs.", "Mine."]


def test_after_a_conflict_theirs_can_be_taken_and_mine_stays_a_revision(in_conflict: Any):
    world, client, form, post_id = in_conflict
    assert send(client, form, step="theirs").status_code == 303
    assert head(world, post_id)["head_body"] == "Theirs."
    assert bodies(world, post_id) == ["At first.", "Theirs.", "Mine.", "Theirs."]


def test_after_a_conflict_a_third_save_is_a_conflict_again(in_conflict: Any):
    world, client, form, post_id = in_conflict
    with world.site.transaction(world_admin(world)) as session:
        text = PostText(title="A title", body="A third one's.")
        save_revision(session, post_id=post_id, version=None, text=text)
    answer = send(client, form)
    assert answer.status_code == 412
    assert Form(text_of(answer)).fields["body"] == "Mine."
    assert head(world, post_id)["head_body"] == "A third one's."


def bodies(world: World, post_id: int) -> list[str]:
    system = world_admin(world)
    rows = desk.revisions(world.site, system, post_id, limit=50)
    found = [desk.revision(world.site, system, post_id, row["id"])["body"] for row in rows]
    return found[::-1]


def test_publishing_saves_first_and_readers_see_it(world: World):
    post_id = world.draft(world.account("author"), "A title")
    client = world.signed_in("author")
    form = opened(client, f"/admin/posts/{post_id}/edit")
    answer = send(client, form, step="publish", body="Now *here*.")
    assert answer.status_code == 303
    assert "<em>here</em>" in text_of(world.get("/posts/a-title"))
    assert "Published: readers see it now." in text_of(client.get(answer.headers["Location"]))


def test_a_published_post_can_be_hidden_and_made_a_draft(world: World):
    post_id = world.post(world.account("author"), "A title")
    client = world.signed_in("author")
    for step, status in (("hide", "hidden"), ("publish", "published"), ("unpublish", "draft")):
        form = opened(client, f"/admin/posts/{post_id}/edit")
        assert send(client, form, step=step).status_code == 303
        assert head(world, post_id)["status"] == status


def test_who_may_not_publish_keeps_the_text_and_is_told_the_reason(world: World):
    post_id = world.draft(world.account("contributor"), "A title")
    client = world.signed_in("contributor")
    form = opened(client, f"/admin/posts/{post_id}/edit")
    assert 'value="publish"' not in text_of(client.get(form.action))
    answer = send(client, form, step="publish", body="My text.")
    assert answer.status_code == 403
    assert "Your text is saved as revision 2." in text_of(answer)
    assert "Contributor may not publish-posts" in text_of(answer)
    assert head(world, post_id)["head_body"] == "My text."
    assert send(client, Form(text_of(answer)), body="More.").status_code == 303


def test_an_expired_sign_in_gives_the_text_back(world: World):
    post_id = world.draft(world.account("author"), "A title")
    client = world.signed_in("author")
    form = opened(client, f"/admin/posts/{post_id}/edit")
    world.clock.forward(days=15)
    answer = send(client, form, **TYPED)
    assert answer.status_code == 401
    page = text_of(answer)
    assert {name: Form(page).fields[name] for name in TYPED} == TYPED
    assert "Sign in in another window" in page
    signed_in = world.signed_in("author")
    stale = send(signed_in, Form(page))
    assert stale.status_code == 403
    assert {name: Form(text_of(stale)).fields[name] for name in TYPED} == TYPED
    assert send(signed_in, Form(text_of(stale))).status_code == 303
    assert head(world, post_id)["head_body"] == TYPED["body"]


def test_another_site_gets_no_page_with_a_text_of_its_own_in_it(world: World):
    post_id = world.draft(world.account("author"), "A title")
    client = world.signed_in("author")
    answer = client.post(
        f"/admin/posts/{post_id}/edit",
        data={"body": "planted"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403
    assert "planted" not in text_of(answer)


def test_a_post_deleted_meanwhile_becomes_a_new_one(world: World):
    from blog_core.content.posts import delete_post

    post_id = world.draft(world.account("author"), "A title")
    client = world.signed_in("author")
    form = opened(client, f"/admin/posts/{post_id}/edit")
    with world.site.transaction(world_admin(world)) as session:
        delete_post(session, post_id=post_id, version=None)
    answer = send(client, form, body="Still here.")
    assert answer.status_code == 404
    assert "The post was deleted meanwhile" in text_of(answer)
    again = Form(text_of(answer))
    assert send(client, again).headers["Location"].startswith("/admin/posts/")
    assert again.fields["body"] == "Still here."


def test_one_s_own_later_text_is_shown_and_saving_it_ends_the_copy(world: World):
    author = world.account("author")
    post_id = world.draft(author, "A title")
    keep(world, author, post_id, body="Typed later.")
    client = world.signed_in("author")
    form = opened(client, f"/admin/posts/{post_id}/edit")
    assert form.fields["body"] == "Typed later."
    assert send(client, form).status_code == 303
    assert desk.post(world.site, author, post_id).working_copy is None


def test_a_later_text_is_offered_with_a_diff_when_the_post_was_saved_meanwhile(world: World):
    author = world.account("author")
    post_id = world.draft(author, "A title", body="At first.")
    keep(world, author, post_id, body="Typed later.")
    with world.site.transaction(world_admin(world)) as session:
        text = PostText(title="A title", body="Saved meanwhile.")
        save_revision(session, post_id=post_id, version=None, text=text)
    client = world.signed_in("author")
    page = text_of(client.get(f"/admin/posts/{post_id}/edit"))
    assert Form(page).fields["body"] == "Saved meanwhile."
    assert "<ins>Typed later.</ins>" in page
    taken = opened(client, f"/admin/posts/{post_id}/edit?text=copy")
    assert taken.fields["body"] == "Typed later."


def keep(world: World, actor: Actor, post_id: int, *, body: str) -> None:
    with world.site.transaction(actor) as session:
        base = desk.post(world.site, actor, post_id).row["head_revision_id"]
        save_working_copy(
            session,
            post_id=post_id,
            version=None,
            text=PostText(title="A title", body=body),
            base_revision_id=base,
        )


def test_another_address_leads_on_and_a_taken_one_is_refused_with_a_free_one(world: World):
    author = world.account("author")
    post_id = world.post(author, "A title")
    world.post(author, "Taken")
    client = world.signed_in("author")
    form = opened(client, f"/admin/posts/{post_id}/edit")
    answer = send(client, form, slug="taken")
    assert answer.status_code == 422
    assert str(escape("'taken-2' is free")) in text_of(answer)
    assert send(client, Form(text_of(answer)), slug="better").status_code == 303
    moved = world.get("/posts/a-title")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/posts/better")


def test_a_preview_of_what_was_typed_saves_nothing(world: World):
    post_id = world.draft(world.account("author"), "A title")
    client = world.signed_in("author")
    for path, look in (
        (f"/admin/posts/{post_id}/edit", f"/admin/posts/{post_id}/look"),
        ("/admin/posts/new", "/admin/posts/look"),
    ):
        form = opened(client, path)
        form.action = look
        answer = send(client, form, title="Typed", body="Only *looked* at.", tags="A, B")
        assert answer.status_code == 200
        assert "<em>looked</em>" in text_of(answer)
        assert answer.headers["Cache-Control"] == "private, no-store"
    assert head(world, post_id)["head_title"] == "A title"


def test_tags_with_a_comma_stay_whole(world: World):
    post_id = world.draft(world.account("author"), "A title", tags=("Salt, pepper",))
    client = world.signed_in("author")
    form = opened(client, f"/admin/posts/{post_id}/edit")
    assert send(client, form, body="Else.").status_code == 303
    assert head(world, post_id)["head_tags"] == ["Salt, pepper"]


class Unread(DraftAndPublished):
    """Stages that let nothing through before somebody has read it."""

    def may(self, post_id: int, actor: Actor, transition: str) -> Refusal:
        return Refusal("nobody has read it yet", ("a second reader", "a checked source"))


class FourEyes:
    """The plugin with these stages."""

    name = "four_eyes"

    @hookimpl
    def blog_stage_loader(self, setup: Setup) -> Unread:
        return Unread(setup.executor)


def test_what_a_stage_misses_is_listed_and_the_text_is_saved(
    make_world: Callable[..., World], sqlite_url: str
):
    world = make_world(sqlite_url, plugins=[FourEyes()])
    post_id = world.draft(world.account("author"), "A title")
    client = world.signed_in("author")
    form = opened(client, f"/admin/posts/{post_id}/edit")
    answer = send(client, form, step="publish", body="Typed.")
    page = text_of(answer)
    assert answer.status_code == 409
    assert "Your text is saved as revision 2." in page
    assert "nobody has read it yet" in page
    assert "<li>a second reader</li>\n<li>a checked source</li>" in page
    assert Form(page).fields["body"] == "Typed."
