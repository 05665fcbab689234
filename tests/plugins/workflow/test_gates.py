"""What a definition asks for before a step is asked on every road, and all of it is named."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from blog_core.api import Actor, Post, Refused, StageCheck, hookimpl, transaction
from blog_core.content.bulk import GivenPost, put_posts
from blog_core.content.publishing import hide, publish, schedule, set_tags
from blog_core.content.revisions import save_revision
from blog_core.content.text import PostText
from blog_core.site import SYSTEM
from plugins.workflow.overview import stage_overview
from plugins.workflow.saving import choose_definition, save_stage
from tests.editor.form import opened, send
from tests.flows.world import World

REVIEW = "publishing.review"
WHY = r"Somebody has to read it before it goes out\. Missing: Review \(publishing\.review\) is NOT"


class Spelling:
    """A plugin whose check finds what it is told to."""

    name = "spelling"

    def __init__(self) -> None:
        self.found: list[str] = []

    def load(self, site: Any, post_id: int) -> dict[str, Any]:
        if self.found == ["fall over"]:
            raise RuntimeError("out of words")
        return {"findings": self.found}

    @hookimpl
    def blog_contribute(self, contribute: Any) -> None:
        contribute.stage_check(StageCheck("spelling", "Spelling", self.load))


@pytest.fixture
def world(make_world: Callable[..., World], database_url: str) -> Iterator[World]:
    world = make_world(database_url, plugins=["workflow"], workflow={"default": "reviewed"})
    with world.site.activate():
        yield world


@pytest.fixture
def author(world: World) -> Actor:
    return world.account("author")


@pytest.fixture
def post_id(world: World, author: Actor) -> int:
    return world.draft(author, "A draft")


def reviewed(world: World, post_id: int, *, action: str = "complete") -> None:
    version = stage_overview(post_id, actor=SYSTEM).part(REVIEW).version
    with world.site.transaction(SYSTEM) as session:
        save_stage(
            session,
            post_id=post_id,
            stage_id=REVIEW,
            version=version,
            fields={"review": f"Read, {version}"},
            action=action,
        )


def status(post_id: int) -> str:
    with transaction() as session:
        return session.scalars(select(Post.status).where(Post.id == post_id)).one()


def test_publishing_asks_and_says_what_is_missing(world: World, author: Actor, post_id: int):
    with pytest.raises(Refused, match=WHY), world.site.transaction(author) as session:
        publish(session, post_id=post_id, version=None)
    assert status(post_id) == "draft"
    reviewed(world, post_id)
    with world.site.transaction(author) as session:
        publish(session, post_id=post_id, version=None)
    assert status(post_id) == "published"


def test_scheduling_asks(world: World, author: Actor, post_id: int):
    world.clock.forward(days=-1)
    later = world.clock()
    world.clock.forward(days=-1)
    with pytest.raises(Refused, match=WHY), world.site.transaction(author) as session:
        schedule(session, post_id=post_id, version=None, publish_at=later)
    assert status(post_id) == "draft"


def test_the_editor_asks_and_gives_the_text_back(world: World, author: Actor, post_id: int):
    client = world.signed_in("author")
    form = opened(client, f"/admin/posts/{post_id}/edit")
    answer = send(client, form, step="publish", title="New title", body="New text.")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409, page
    assert "Review (publishing.review) is NOT_STARTED, not COMPLETED" in page
    assert "New text." in page
    assert status(post_id) == "draft"


def test_new_tags_on_a_published_post_ask(world: World, author: Actor, post_id: int):
    reviewed(world, post_id)
    with world.site.transaction(author) as session:
        publish(session, post_id=post_id, version=None)
    with pytest.raises(Refused, match="an earlier text"), world.site.transaction(author) as session:
        set_tags(session, post_id=post_id, version=None, tags=("Bread",))


def test_a_hidden_post_asks_on_its_way_back(world: World, author: Actor, post_id: int):
    reviewed(world, post_id)
    with world.site.transaction(author) as session:
        publish(session, post_id=post_id, version=None)
        hide(session, post_id=post_id, version=None)
    reviewed(world, post_id, action="reopen")
    with pytest.raises(Refused, match="IN_PROGRESS"), world.site.transaction(author) as session:
        publish(session, post_id=post_id, version=None)


def test_a_completed_review_is_of_one_text(world: World, author: Actor, post_id: int):
    reviewed(world, post_id)
    with world.site.transaction(author) as session:
        text = PostText(title="A draft", body="Another text.")
        save_revision(session, post_id=post_id, version=None, text=text)
    with (
        pytest.raises(Refused, match="completed on an earlier text: reopen and complete it"),
        world.site.transaction(author) as session,
    ):
        publish(session, post_id=post_id, version=None)
    reviewed(world, post_id, action="reopen")
    reviewed(world, post_id)
    with world.site.transaction(author) as session:
        publish(session, post_id=post_id, version=None)
    assert status(post_id) == "published"


def given(world: World, author: Actor, body: str) -> GivenPost:
    return GivenPost(
        source_key="a/b",
        source_digest=body,
        text=PostText(title="Old post", body=body),
        slug="old-post",
        status="published",
        author_ids=(author.account_id or 0,),
        created_at=world.clock(),
        updated_at=world.clock(),
    )


def test_posts_from_elsewhere_ask_each_for_itself(world: World, author: Actor):
    with world.site.transaction(SYSTEM) as session:
        (put,) = put_posts(session, [given(world, author, "One")])
    assert put.refusal is not None
    assert put.refusal.missing[0].startswith("Review (publishing.review) is NOT_STARTED")
    assert status(put.post_id) == "draft"
    reviewed(world, put.post_id)
    with world.site.transaction(SYSTEM) as session:
        (put,) = put_posts(session, [given(world, author, "Two")])
    assert put.refusal is not None
    assert "an earlier text" in put.refusal.missing[0]


def test_the_import_command_leaves_drafts_and_says_why(world: World, tmp_path: Path):
    folder = tmp_path / "posts"
    folder.mkdir()
    (folder / "2026-02-03-rye.md").write_text("---\ntitle: Rye\ndate: 2026-02-03\n---\n\nBread.\n")
    result = world.app.test_cli_runner().invoke(
        args=["blog", "import", "markdown", str(folder), "--dialect", "jekyll"]
    )
    assert result.exit_code == 0, result.output
    assert "may not be published yet and stay drafts" in result.output
    assert "rye: Somebody has to read it before it goes out" in result.output
    with transaction() as session:
        assert list(session.scalars(select(Post.status))) == ["draft"]


def test_contributors_hand_in_whatever_is_complete(world: World):
    writer = world.account("contributor")
    post_id = world.draft(writer, "Mine")
    reviewed(world, post_id)
    refusal = world.site.ports.stages.may(post_id, writer, "publish")
    assert refusal is not None
    assert refusal.reason == "The role contributor may not publish; ask an editor."


GATES = """
version = 1
[[stage]]
name = "work"
title = "Work"
  [[stage.part]]
  name = "text"
  title = "Text"
  fields = [{ name = "summary", title = "Summary" }]
  [[stage.part]]
  name = "launch"
  title = "Launch"
[[gate]]
before = "work.launch.complete"
needs = ["work.text"]
filled = ["work.text.summary"]
[[gate]]
before = "publish"
passes = ["spelling"]
roles = ["editor"]
why = "House rules"
"""


@pytest.fixture
def spelling() -> Spelling:
    return Spelling()


@pytest.fixture
def ruled(
    make_world: Callable[..., World], database_url: str, tmp_path: Path, spelling: Spelling
) -> Iterator[World]:
    file = tmp_path / "rules.toml"
    file.write_text(GATES)
    workflow = {"definitions": {"rules": str(file)}, "default": "rules"}
    world = make_world(database_url, plugins=["workflow", spelling], workflow=workflow)
    with world.site.activate():
        yield world


def complete(post_id: int, stage_id: str, version: int = 0, **fields: str) -> None:
    with transaction() as session:
        save_stage(
            session,
            post_id=post_id,
            stage_id=stage_id,
            version=version,
            fields=fields,
            action="complete",
        )


def test_a_sub_stage_has_gates_of_its_own(ruled: World):
    post_id = ruled.draft(ruled.account("author"), "A")
    with pytest.raises(Refused) as refused:
        complete(post_id, "work.launch")
    assert refused.value.missing == (
        "Text (work.text) is NOT_STARTED, not COMPLETED",
        "Summary (work.text.summary) is empty",
    )
    (start, finish) = stage_overview(post_id).part("work.launch").actions
    assert (start.name, start.is_open) == ("start", True)
    assert (finish.name, finish.is_open) == ("complete", False)
    assert [each.stage_id for each in finish.missing] == ["work.text", "work.text"]
    complete(post_id, "work.text", summary="Short")
    complete(post_id, "work.launch")


def test_a_gate_asks_checks_and_roles(ruled: World, spelling: Spelling):
    author, editor = ruled.account("author"), ruled.account("editor")
    post_id = ruled.draft(author, "A")
    may = ruled.site.ports.stages.may
    refusal = may(post_id, author, "publish")
    assert refusal is not None
    assert refusal.reason == "House rules"
    assert refusal.missing == ("a person with the role editor; Author is author",)
    assert may(post_id, editor, "publish") is None
    spelling.found = ["'teh' is no word"]
    refusal = may(post_id, editor, "publish")
    assert refusal is not None
    assert refusal.missing == ("Spelling: 'teh' is no word",)
    spelling.found = ["fall over"]
    refusal = may(post_id, editor, "publish")
    assert refusal is not None
    assert refusal.missing == ("Spelling: it could not be asked (RuntimeError: out of words)",), (
        "a check that fails lets nothing through"
    )


def test_a_post_without_gates_goes_out_in_any_order(world: World, author: Actor, post_id: int):
    with transaction() as session:
        choose_definition(session, post_id=post_id, name="blog")
    with world.site.transaction(author) as session:
        publish(session, post_id=post_id, version=None)
    assert status(post_id) == "published"
