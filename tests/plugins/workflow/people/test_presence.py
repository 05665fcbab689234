"""People see who else has a post open, and the table holds only those at work."""

from sqlalchemy import func, select

from plugins.workflow.people.model import WorkflowPresence
from plugins.workflow.people.presence import Other, gone, here
from tests.plugins.workflow.people.conftest import Team


def rows(team: Team) -> int:
    with team.world.site.transaction() as session:
        return session.scalar(select(func.count()).select_from(WorkflowPresence)) or 0


def test_others_are_seen_for_as_long_as_they_are_here(team: Team):
    assert team.does(team.author, here, place="text") == ()
    assert team.does(team.editor, here, place="publishing.review") == (Other("Author", "text"),)
    team.world.clock.forward(seconds=21)
    assert team.does(team.editor, here, place="text") == ()


def test_who_closes_the_page_is_gone_at_once(team: Team):
    team.does(team.author, here, place="text")
    team.does(team.author, gone)
    assert team.does(team.editor, here, place="text") == ()


def test_rows_stay_few(team: Team):
    for _ in range(5):
        team.does(team.author, here, place="text")
        team.does(team.editor, here, place="text")
    assert rows(team) == 2
    team.world.clock.forward(minutes=3)
    team.does(team.editor, here, place="text")
    assert rows(team) == 1
