"""A blog with the workflow plugin on each database, four people, and a draft of the author."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import select

from blog_core.content.revisions import save_revision
from blog_core.content.text import PostText
from blog_core.model import Mail
from blog_core.ports import Actor
from plugins.workflow.people.post_seen import PostSeen, seen
from tests.flows.world import World, make_world

__all__ = ["make_world"]

STAGE = "publishing.review"


@dataclass
class Team:
    """People at work on one draft."""

    world: World
    author: Actor
    editor: Actor
    other: Actor
    contributor: Actor
    post_id: int

    def does(self, actor: Actor, use_case: Callable[..., Any], **arguments: Any) -> Any:
        """Run a use case on the draft as somebody."""
        with self.world.site.transaction(actor) as session:
            return use_case(session, post_id=self.post_id, **arguments)

    def writes(self, actor: Actor, body: str) -> None:
        """Save a text of the draft as somebody."""
        text = PostText(title="A title", body=body)
        self.does(actor, save_revision, version=None, text=text)

    def post(self) -> PostSeen:
        """The draft as it stands."""
        with self.world.site.transaction() as session:
            return seen(session, self.post_id, "read-drafts")

    def mails(self) -> list[Mail]:
        """All mail that was enqueued."""
        with self.world.site.transaction() as session:
            return list(session.scalars(select(Mail).order_by(Mail.id)))


@pytest.fixture
def team(make_world: Callable[..., World], database_url: str) -> Iterator[Team]:
    world = make_world(database_url, plugins=["workflow"], site_url="https://notes.example")
    with world.site.activate():
        author, editor = world.account("author"), world.account("editor")
        other, contributor = world.account("admin"), world.account("contributor")
        post_id = world.draft(author, "A title", body="Bread needs time. Time needs bread.")
        yield Team(world, author, editor, replace(other), contributor, post_id)
