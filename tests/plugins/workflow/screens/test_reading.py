"""Drafts are read, noted and judged on one page; reviewers do it by a link of their own."""

import re

import pytest

from blog_core.content.revisions import save_revision
from blog_core.content.text import PostText
from blog_core.ports import Actor
from plugins.workflow.people.post_seen import seen
from tests.flows.world import World
from tests.plugins.workflow.screens.visiting import SAME_ORIGIN, Visitor

AUTHOR = Actor(1, "Author", "author")
READ = "/workflow/posts/1"


@pytest.fixture
def editor(world: World) -> Visitor:
    return Visitor.of(world, "editor")


def digest(world: World) -> str:
    with world.site.transaction() as session:
        return seen(session, 1, "read-drafts").digest


def rewrite(world: World, body: str) -> None:
    with world.site.transaction(AUTHOR) as session:
        text = PostText(title="Bread and time", body=body)
        save_revision(session, post_id=1, version=None, text=text)


def link_of(editor: Visitor, **fields: object) -> str:
    page = editor.send(f"{READ}/links", reviewer="Dr. Rye", **fields).get_data(as_text=True)
    found = re.search(r'value="http://localhost(/review/[^"]+)"', page)
    assert found is not None, page
    return found[1]


def test_a_note_stands_beside_the_words_and_says_when_they_are_gone(world: World, editor: Visitor):
    answer = editor.send(f"{READ}/notes", body="How much?", quote="needs time")
    assert answer.status_code == 303
    assert 'data-text="needs time" data-at="6"' in editor.page(f"{READ}/read")
    rewrite(world, "All new.")
    page = editor.page(f"{READ}/read")
    assert "This text is gone." in page
    assert "needs time" in page


def test_words_that_are_not_there_come_back_with_the_note(editor: Visitor):
    answer = editor.send(f"{READ}/notes", body="How much?", quote="pepper")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "expected words that stand in the text" in page
    assert "How much?</textarea>" in page


def test_notes_are_answered_resolved_and_opened_again(editor: Visitor):
    editor.send(f"{READ}/notes", body="How much?")
    editor.send(f"{READ}/notes", body="An hour.", thread_id=1)
    editor.send(f"{READ}/notes/1", resolved="yes")
    page = editor.page(f"{READ}/read")
    assert "An hour." in page
    assert "Resolved by Editor" in page
    editor.send(f"{READ}/notes/1", resolved="no")
    assert "Resolved by" not in editor.page(f"{READ}/read")


def test_a_verdict_is_given_on_the_text_that_was_read(world: World, editor: Visitor):
    read = digest(world)
    assert "1 more of 1 approvals" in editor.page(f"{READ}/read")
    rewrite(world, "All new.")
    answer = editor.send(f"{READ}/verdict", verdict="approved", digest=read, note="Fine.")
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert "The text has changed since you read it" in page
    assert "Fine.</textarea>" in page
    editor.send(f"{READ}/verdict", verdict="approved", digest=digest(world))
    assert "1 more of 1 approvals" not in editor.page(f"{READ}/read")


def test_ones_own_work_is_not_approved(world: World):
    author = Visitor.of(world, "author")
    answer = author.send(f"{READ}/verdict", verdict="approved", digest=digest(world))
    assert answer.status_code == 409
    assert "nobody approves their own work" in answer.get_data(as_text=True)


def test_a_reviewer_reads_notes_and_approves_by_link_alone(world: World, editor: Visitor):
    path, stranger = link_of(editor), world.client()
    page = stranger.get(path)
    assert "Bread <em>needs</em> time." in page.get_data(as_text=True)
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert page.headers["Cache-Control"] == "private, no-store"
    data = {"body": "More salt.", "quote": "Time needs"}
    assert stranger.post(path, data=data, headers=SAME_ORIGIN).status_code == 303
    assert "Dr. Rye</b>, by review link" in editor.page(f"{READ}/read")
    done = stranger.post(path, data={"verdict": "approved"}, headers=SAME_ORIGIN)
    assert "Thank you" in stranger.get(done.headers["Location"]).get_data(as_text=True)
    assert "Dr. Rye</b> approves" in editor.page(f"{READ}/read")
    again = stranger.post(path, data={"verdict": "approved"}, headers=SAME_ORIGIN)
    assert again.status_code == 410
    assert "was used for a verdict" in stranger.get(path).get_data(as_text=True)


def test_a_reviewer_sees_the_text_of_the_link_and_approves_no_other(world: World, editor: Visitor):
    path, stranger = link_of(editor), world.client()
    rewrite(world, "All new.")
    assert "needs</em> time" in stranger.get(path).get_data(as_text=True)
    answer = stranger.post(path, data={"verdict": "approved"}, headers=SAME_ORIGIN)
    assert answer.status_code == 409
    assert "The text has changed since" in answer.get_data(as_text=True)


def test_a_reviewer_sees_no_notes_of_others(world: World, editor: Visitor):
    editor.send(f"{READ}/notes", body="Between us.")
    assert "Between us." not in world.client().get(link_of(editor)).get_data(as_text=True)


def test_a_made_up_link_costs_no_statement(world: World, editor: Visitor):
    path = link_of(editor)
    with world.statements() as sent:
        answer = world.client().get(f"{path[:-1]}{'0' if path[-1] != '0' else '1'}")
    assert answer.status_code == 404
    assert sent == []


def test_a_link_is_taken_back_and_looked_at_only_so_often(world: World, editor: Visitor):
    path, stranger = link_of(editor), world.client()
    statuses = [stranger.get(path).status_code for _ in range(61)]
    assert statuses == [200] * 60 + [429]
    world.clock.forward(hours=1)
    assert editor.send(f"{READ}/links/1").status_code == 303
    assert stranger.get(path).status_code == 410
    assert "taken back" in editor.page(f"{READ}/read")


def test_a_link_is_not_written_by_from_another_site(world: World, editor: Visitor):
    path = link_of(editor)
    answer = world.client().post(
        path, data={"verdict": "approved"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403


def test_who_wrote_the_text_does_not_judge_it_by_a_link(world: World, editor: Visitor):
    path, author = link_of(editor), Visitor.of(world, "author").client
    answer = author.post(path, data={"verdict": "approved"}, headers=SAME_ORIGIN)
    assert answer.status_code == 409
    assert "the link is for others" in answer.get_data(as_text=True)
    stranger = world.client()
    assert stranger.post(path, data={"verdict": "approved"}, headers=SAME_ORIGIN).status_code == 303
