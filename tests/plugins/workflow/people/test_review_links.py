"""A review link lets one person without an account decide once on one exact text."""

import threading

import pytest
from sqlalchemy import select

from blog_core.api import NotFound, Refused, ValidationError
from blog_core.site import SYSTEM
from plugins.workflow.definition import Approvals
from plugins.workflow.people.approving import decide, missing_approvals, verdicts
from plugins.workflow.people.model import WorkflowReviewLink
from plugins.workflow.people.noting import NOTES, add_note
from plugins.workflow.people.review_links import LinkEnded, invite, opened, revoke, use_up
from tests.plugins.workflow.people.conftest import Team


def invited(team: Team, **more) -> str:
    return str(team.does(team.author, invite, reviewer="Dr. Rye", **more).token)


def approves(team: Team, token: str, digest: str = "") -> None:
    with team.world.site.transaction(SYSTEM) as session:
        link = opened(session, token)
        use_up(session, link)
        decide(
            session,
            post_id=link.post_id,
            digest=digest or team.post().digest,
            verdict="approved",
            link=link,
        )


def test_a_reviewer_approves_once(team: Team):
    token = invited(team)
    approves(team, token)
    (verdict,) = verdicts(team.world.site, team.post_id)
    assert (verdict.reviewer, verdict.is_guest, verdict.inviter) == ("Dr. Rye", True, "Author")
    with pytest.raises(LinkEnded, match=r"was used for a verdict.*Ask whoever sent it"):
        approves(team, token)


def test_at_most_so_many_guests_count(team: Team):
    for _ in range(2):
        approves(team, invited(team))
    found = verdicts(team.world.site, team.post_id)
    assert missing_approvals(found, Approvals(count=1)) == ()
    assert missing_approvals(found, Approvals(count=2)) != ()
    assert missing_approvals(found, Approvals(count=2, guests=2)) == ()
    assert missing_approvals(found, Approvals(count=1, guests=0)) != ()


def test_the_link_itself_is_kept_nowhere(team: Team):
    token = invited(team)
    with team.world.site.transaction() as session:
        (link,) = session.execute(select(*WorkflowReviewLink.__table__.c)).all()
    assert token not in str(link)


def test_a_made_up_link_is_refused_without_asking_the_database(team: Team):
    token = invited(team)
    with team.world.site.transaction() as session, team.world.statements() as sent:
        for forged in (token[1:], token + "0", "x.y", ""):
            with pytest.raises(NotFound):
                opened(session, forged)
    assert sent == []


def test_a_link_ends_with_its_time_or_when_it_is_taken_back(team: Team):
    first, second = invited(team, days=1), invited(team, days=2)
    team.world.clock.forward(days=1)
    with pytest.raises(LinkEnded, match="ended on 2026-11-25"):
        approves(team, first)
    team.does(team.editor, revoke, link_id=2)
    with pytest.raises(LinkEnded, match="was taken back"):
        approves(team, second)


def test_an_approval_is_for_the_text_that_was_read(team: Team):
    token = invited(team)
    read = team.post().digest
    team.writes(team.author, "Another text.")
    with pytest.raises(Refused, match="has changed"):
        approves(team, token, digest=read)
    with team.world.site.transaction() as session:
        assert opened(session, token).used_at is None


def test_of_two_verdicts_at_once_one_counts(team: Team):
    token, ended = invited(team), []

    def try_it() -> None:
        try:
            approves(team, token)
        except LinkEnded as error:
            ended.append(error)

    threads = [threading.Thread(target=try_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ended) == 3
    assert len(verdicts(team.world.site, team.post_id)) == 1


def test_a_reviewer_writes_notes_in_their_name(team: Team):
    token = invited(team)
    with team.world.site.transaction(SYSTEM) as session:
        link = opened(session, token)
        add_note(session, post_id=link.post_id, body="Salt?", quote="Bread", link=link)
    (row,) = team.world.site.read(NOTES, {"post_id": team.post_id})
    assert (row["author"], row["account_id"]) == ("Dr. Rye", None)


def test_wrong_invitations_name_every_fault(team: Team):
    with pytest.raises(ValidationError) as refused:
        team.does(team.author, invite, reviewer=" ", days=0)
    assert [error.field for error in refused.value.errors] == ["reviewer", "days"]
    with pytest.raises(NotFound):
        team.does(team.contributor, invite, reviewer="Me")
