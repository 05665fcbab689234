"""Approvals hold for one exact text, never for one's own, and the gate counts them."""

import pytest
from sqlalchemy import update

from blog_core.api import Refused, ValidationError
from blog_core.content.publishing import publish
from blog_core.model import Account
from plugins.workflow.definition import Approvals
from plugins.workflow.people.approving import (
    decide,
    missing_approvals,
    verdicts,
)
from tests.plugins.workflow.people.conftest import Team

ONE, TWO = Approvals(count=1), Approvals(count=2)


def judges(team: Team, actor, verdict="approved", **more):
    digest = more.pop("digest", None) or team.post().digest
    team.does(actor, decide, digest=digest, verdict=verdict, **more)


def missing(team: Team, needs: Approvals) -> tuple[str, ...]:
    return missing_approvals(verdicts(team.world.site, team.post_id), needs)


def test_an_approval_counts_and_several_are_counted(team: Team):
    assert missing(team, TWO) == ("2 more of 2 approvals by admin or editor",)
    judges(team, team.editor)
    assert missing(team, ONE) == ()
    judges(team, team.editor)
    assert missing(team, TWO) == ("1 more of 2 approvals by admin or editor",)
    judges(team, team.other)
    assert missing(team, TWO) == ()


def test_approvals_lapse_when_the_text_changes_and_hold_again_for_the_same_text(team: Team):
    judges(team, team.editor)
    team.writes(team.author, "Another text.")
    assert missing(team, ONE) == ("1 more of 1 approvals by admin or editor (not counted: Editor)",)
    (verdict,) = verdicts(team.world.site, team.post_id)
    assert verdict.lapsed == "the text has changed since"
    team.writes(team.author, "Bread needs time. Time needs bread.")
    assert missing(team, ONE) == ()


def test_nobody_approves_what_they_have_changed_themselves(team: Team):
    team.writes(team.editor, "A better text.")
    team.writes(team.author, "A still better text.")
    with pytest.raises(Refused, match="nobody approves their own work"):
        judges(team, team.editor)
    judges(team, team.other)
    assert missing(team, ONE) == ()


def test_an_approval_of_a_text_that_one_writes_again_later_is_ones_own_work(team: Team):
    judges(team, team.editor)
    team.writes(team.author, "Another text.")
    team.writes(team.editor, "Bread needs time. Time needs bread.")
    (verdict,) = verdicts(team.world.site, team.post_id)
    assert verdict.lapsed == "they have changed the text themselves"
    assert missing(team, ONE) != ()


def test_changes_before_the_last_publication_are_nobodys_own_work_any_more(team: Team):
    team.writes(team.editor, "The editor's words.")
    team.does(team.author, publish, version=None)
    team.writes(team.author, "The editor's words, and mine.")
    judges(team, team.editor)
    assert missing(team, ONE) == ()


def test_a_text_that_changed_meanwhile_is_not_approved(team: Team):
    read = team.post().digest
    team.writes(team.author, "Another text.")
    with pytest.raises(Refused, match="The text has changed since you read it"):
        judges(team, team.editor, digest=read)
    assert verdicts(team.world.site, team.post_id) == ()


def test_who_asks_for_changes_holds_the_text_until_they_approve(team: Team):
    judges(team, team.editor, "changes", note="Where is the salt?")
    judges(team, team.other)
    assert missing(team, ONE) == ("Editor asks for changes",)
    judges(team, team.editor)
    assert missing(team, ONE) == ()


def test_a_verdict_is_checked_with_every_fault_named(team: Team):
    with pytest.raises(ValidationError) as refused:
        judges(team, team.editor, "perhaps", note="x" * 5001)
    assert [error.field for error in refused.value.errors] == ["verdict", "note"]
    with pytest.raises(ValidationError, match="expected what to change"):
        judges(team, team.editor, "changes", note=" ")


def test_a_closed_account_approves_nothing(team: Team):
    judges(team, team.editor)
    with team.world.site.transaction() as session:
        session.execute(update(Account).where(Account.name == "Editor").values(is_active=False))
    assert missing(team, ONE) != ()


def test_the_authors_hear_of_a_verdict(team: Team):
    judges(team, team.editor, "changes", note="Where is the salt?")
    (mail,) = team.mails()
    assert mail.to_address == "author@example.com"
    assert "Editor asks for changes of “A title”" in mail.body
    assert "Where is the salt?" in mail.body


def test_the_gate_asks_once(team: Team):
    judges(team, team.editor)
    with team.world.statements() as sent:
        assert missing(team, ONE) == ()
    assert len([text for text in sent if "workflow_approval" in text]) == 1
