"""Notes on a draft stay with their words, are answered and resolved, and people hear of them."""

import pytest
from sqlalchemy import insert

from blog_core.api import NotFound, ValidationError, render_markdown
from plugins.workflow.people.anchors import words_of
from plugins.workflow.people.model import WorkflowNote
from plugins.workflow.people.noting import MAX_NOTES, add_note, resolve, threads
from plugins.workflow.people.review_links import LINKS, invite
from tests.plugins.workflow.people.conftest import Team


def shown(team: Team, body: str = "Bread needs time. Time needs bread."):
    return threads(team.world.site, team.post_id, words_of(render_markdown(body).html))


def test_a_note_stays_with_its_words(team: Team):
    team.writes(team.author, "Bread *needs* time.\n\nTime needs bread.")
    team.does(team.editor, add_note, body="How much?", quote="needs time")
    (thread,) = shown(team, "New. Bread **needs** time. Time needs bread.")
    assert thread.found is not None
    assert (thread.found.state, thread.quote, thread.note.body) == (
        "there",
        "needs time",
        "How much?",
    )
    (thread,) = shown(team, "All new.")
    assert thread.found is not None
    assert thread.found.state == "gone"


def test_notes_stand_in_the_order_of_the_text_and_those_without_words_last(team: Team):
    team.does(team.editor, add_note, body="third", quote="needs bread")
    team.does(team.editor, add_note, body="second", quote="Bread needs")
    team.does(team.editor, add_note, body="first")
    order = [thread.note.body for thread in shown(team)]
    assert order == ["first", "second", "third"]
    order = [thread.note.body for thread in shown(team, "Time needs bread.")]
    assert order == ["first", "third", "second"]


def test_a_note_is_answered_and_resolved(team: Team):
    note_id = team.does(team.editor, add_note, body="How much?")
    answer_id = team.does(team.author, add_note, body="An hour.", thread_id=note_id)
    team.does(team.author, resolve, note_id=answer_id)
    (thread,) = shown(team)
    assert [answer.body for answer in thread.answers] == ["An hour."]
    assert (thread.resolved_by, thread.resolved_at) == ("Author", team.world.clock())
    team.does(team.editor, add_note, body="Not enough.", thread_id=note_id)
    assert shown(team)[0].resolved_at is None


def test_words_that_are_not_in_the_text_are_refused_and_every_fault_is_named(team: Team):
    with pytest.raises(ValidationError) as refused:
        team.does(team.editor, add_note, body=" ", quote="pepper")
    assert [error.code for error in refused.value.errors] == ["required", "not_there"]


def test_a_note_of_another_post_cannot_be_answered(team: Team):
    note_id = team.does(team.editor, add_note, body="Mine.")
    other = team.world.draft(team.author, "Another")
    with (
        pytest.raises(NotFound, match="no note"),
        team.world.site.transaction(team.author) as session,
    ):
        add_note(session, post_id=other, body="Lost.", thread_id=note_id)


def test_who_may_not_read_the_draft_writes_no_note(team: Team):
    with pytest.raises(NotFound):
        team.does(team.contributor, add_note, body="Hello?")


def test_everybody_with_a_hand_in_it_hears_of_a_note_once(team: Team):
    note_id = team.does(team.editor, add_note, body="How much?")
    team.does(team.other, add_note, body="I wonder too.", thread_id=note_id)
    told = [(mail.to_address, mail.body.splitlines()[0]) for mail in team.mails()]
    assert told == [
        ("author@example.com", "Editor wrote a note on “A title”."),
        ("author@example.com", "Admin answered a note on “A title”."),
        ("editor@example.com", "Admin answered a note on “A title”."),
    ]


def test_characters_that_no_text_can_hold_go_from_notes_and_names(team: Team):
    team.does(team.editor, add_note, body="How\x00 much?\x1b")
    assert shown(team)[0].note.body == "How much?"
    team.does(team.editor, invite, reviewer="Dr.\x00 Rye\x1b")
    (link,) = team.world.site.read(LINKS, {"post_id": team.post_id})
    assert link["reviewer"] == "Dr. Rye"


def test_no_note_is_written_that_would_not_be_shown(team: Team):
    values = {"post_id": team.post_id, "author": "Author", "at": team.world.clock(), "body": "x"}
    empty = {"quote": "", "before": "", "after": "", "place": 0, "resolved_by": ""}
    with team.world.site.transaction() as session:
        session.execute(insert(WorkflowNote), [values | empty] * MAX_NOTES)
    with pytest.raises(ValidationError, match="as many as it can have"):
        team.does(team.editor, add_note, body="One more.")
