"""Sub-stages are given to people who can do them, with a day, and those are told once."""

from datetime import date

import pytest

from blog_core.api import Forbidden, NotFound, ValidationError
from plugins.workflow.people.assigning import ASSIGNMENTS, assign, note_done, who_can
from plugins.workflow.people.notices import NOTICES, choose_mail, mark_read
from tests.plugins.workflow.people.conftest import STAGE, Team

DUE = date(2026, 12, 1)


def given(team: Team):
    return team.world.site.read(ASSIGNMENTS, {"post_id": team.post_id})


def notices(team: Team, account_id):
    return team.world.site.read(NOTICES, {"account_id": account_id, "limit": 10})


def test_work_is_given_with_a_day_and_taken_back(team: Team):
    team.does(team.author, assign, stage_id=STAGE, account_id=team.editor.account_id, due_on=DUE)
    (row,) = given(team)
    assert (row["stage_id"], row["name"], row["due_on"]) == (STAGE, "Editor", DUE)
    team.does(team.author, note_done, stage_id=STAGE, is_done=True)
    assert given(team)[0]["done_at"] == team.world.clock()
    team.does(team.author, assign, stage_id=STAGE, account_id=None, due_on=None)
    assert [row["account_id"] for row in given(team)] == [None]


def test_it_goes_only_to_those_who_can_edit_the_post(team: Team):
    names = [row["name"] for row in who_can(team.world.site, team.post())]
    assert names == ["Admin", "Author", "Editor"]
    with pytest.raises(ValidationError, match=r"can't edit this post; there are: Admin, Author"):
        team.does(
            team.editor,
            assign,
            stage_id=STAGE,
            account_id=team.contributor.account_id,
            due_on=None,
        )
    assert given(team) == []


def test_an_unknown_stage_is_named_with_those_that_there_are(team: Team):
    with pytest.raises(NotFound, match=r"no stage 'nowhere'\. There are: planning\.idea"):
        team.does(team.author, assign, stage_id="nowhere", account_id=None, due_on=DUE)


def test_who_may_not_edit_the_post_gives_nothing(team: Team):
    with pytest.raises((NotFound, Forbidden)):
        team.does(team.contributor, assign, stage_id=STAGE, account_id=None, due_on=None)


def test_who_gets_work_is_told_once_by_mail_and_in_the_app(team: Team):
    for _ in range(2):
        team.does(
            team.author, assign, stage_id=STAGE, account_id=team.editor.account_id, due_on=DUE
        )
    (notice,) = notices(team, team.editor.account_id)
    assert notice["message"] == (
        "Author gave you publishing.review of “A title”, due on 2026-12-01."
    )
    (mail,) = team.mails()
    assert mail.to_address == "editor@example.com"
    assert "https://notes.example/admin/workflow/posts/1" in mail.body


def test_nobody_is_told_of_what_they_did_themselves(team: Team):
    team.does(team.editor, assign, stage_id=STAGE, account_id=team.editor.account_id, due_on=None)
    assert team.mails() == []
    assert notices(team, team.editor.account_id) == []


def test_mail_can_be_switched_off_and_the_app_still_tells(team: Team):
    with team.world.site.transaction(team.editor) as session:
        choose_mail(session, kinds={"note"})
    team.does(team.author, assign, stage_id=STAGE, account_id=team.editor.account_id, due_on=None)
    assert team.mails() == []
    (notice,) = notices(team, team.editor.account_id)
    with team.world.site.transaction(team.editor) as session:
        mark_read(session, up_to=notice["id"])
    assert notices(team, team.editor.account_id)[0]["read_at"] == team.world.clock()


def test_an_event_that_is_rolled_back_tells_nobody(team: Team):
    def dies(session, **arguments):
        assign(session, account_id=team.editor.account_id, due_on=None, **arguments)
        raise RuntimeError("the process died here")

    with pytest.raises(RuntimeError):
        team.does(team.author, dies, stage_id=STAGE)
    assert team.mails() == []
    assert notices(team, team.editor.account_id) == []
