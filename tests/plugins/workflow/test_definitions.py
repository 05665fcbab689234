"""A definition is TOML that is checked at start, with all its faults; a blog can have several."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from blog_core.api import ConfigError, NotFound, transaction
from plugins.workflow import load_stage_data
from plugins.workflow.catalogue import BUILT_IN
from plugins.workflow.checks import CHECKS
from plugins.workflow.definition import UnknownStage
from plugins.workflow.definition_file import read_definition
from plugins.workflow.overview import stage_overview
from plugins.workflow.saving import choose_definition, save_stage
from tests.flows.world import World

NAMES = [check.name for check in CHECKS]
PRESS = """
version = 1
[[stage]]
name = "press"
title = "Press"
  [[stage.part]]
  name = "release"
  title = "Release"
  fields = [
    { name = "contact", title = "Whom to call", type = "line", required = true },
    { name = "embargo", title = "Not before", type = "date" },
  ]
[[stage]]
name = "authoring"
title = "Authoring"
  [[stage.part]]
  name = "draft"
  title = "Draft"
"""


@pytest.mark.parametrize("name", list(BUILT_IN))
def test_the_definitions_that_come_with_it_have_three_stages_of_three(name: str):
    definition = read_definition(name, BUILT_IN[name], NAMES)
    assert list(definition.parts) == [
        "planning.idea",
        "planning.research",
        "planning.structure",
        "authoring.draft",
        "authoring.images",
        "authoring.metadata",
        "publishing.review",
        "publishing.launch",
        "publishing.syndication",
    ]


def told(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "mine.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as refused:
        read_definition("mine", file, NAMES)
    start = "workflow definition mine.toml: "
    return [str(fault).removeprefix(start) for fault in refused.value.faults]


def test_all_faults_are_told_at_once_with_place_found_and_expected(tmp_path: Path):
    faults = told(
        tmp_path,
        """
version = 0
titel = "Ours"

[[stage]]
name = "writing"
title = "Writing"
  [[stage.part]]
  name = "First draft"
  title = ""
  fields = [
    { name = "notes", title = "Notes", max_chars = true },
    { name = "kind", title = "Kind", type = "choose" },
    { name = "size", title = "Size", type = "choice" },
    { name = "many", type = "number", title = "Many", max_chars = 3 },
    { name = "low", title = "Low", type = "number", min = 3, max = 2 },
  ]
  may = { finish = ["editor"], edit = ["boss"] }
  checks = ["spelling"]
  [[stage.part]]
  name = "second"
  title = "Second"
  fields = [{ name = "a", title = "A" }, { name = "a", title = "A" }]

[[transition]]
from = "STARTED"
action = "go"
to = "COMPLETED"

[[gate]]
before = "writing.second.went"
needs = ["writing.third"]
filled = ["writing.second.b"]
passes = ["grammar"]
""",
    )
    told_of = dict(fault.split(": ", 1) for fault in faults)
    types = "'text', 'line', 'link', 'date', 'choice', 'number' or 'yes_no'"
    for place, text in {
        "version": "found 0, expected greater than or equal to 1",
        "titel": "found an unknown key, expected 'title', perhaps; one of title, version, trans",
        "transition.0.from": "expected 'NOT_STARTED', 'IN_PROGRESS' or 'COMPLETED'",
        "stage.writing.part.0.name": "found 'First draft', expected a name of small letters",
        "stage.writing.part.0.title": "found '', expected at least 1 character",
        "stage.writing.part.0.fields.notes.max_chars": "found True, expected a valid integer",
        "stage.writing.part.0.fields.kind.type": f"found 'choose', expected {types}",
        "stage.writing.part.0.fields.size": "expected choices, as the type is choice",
        "stage.writing.part.0.fields.many": "expected no max_chars, which is for fields of type",
        "stage.writing.part.0.fields.low": "expected limits that leave room: 3 is more than 2",
        "stage.writing.part.0.may.edit.0": "expected 'contributor', 'author', 'editor' or 'adm",
        "stage.writing.part.0.may": "found 'finish', expected one of edit, go",
        "stage.writing.part.0.checks": "found 'spelling', expected one of links, images, read",
        "stage.writing.part.second.fields": "found 'a' twice, expected each once",
        "gate.0.before": "found 'writing.second.went', expected 'publish' or a sub-stage's action",
        "gate.0.needs": "found 'writing.third', expected 'writing.second', perhaps",
        "gate.0.filled": "found 'writing.second.b', expected 'writing.second.a', perhaps",
        "gate.0.passes": "found 'grammar', expected one of links, images, readability",
    }.items():
        assert text in told_of.pop(place)
    assert not told_of


def test_an_empty_file_lacks_a_version_and_stages(tmp_path: Path):
    assert told(tmp_path, "") == [
        "version: found nothing, expected a value",
        "stage: found nothing, expected a value",
    ]


@pytest.mark.parametrize(
    "text, fault",
    [
        ("not toml", "expected TOML in UTF-8"),
        ('name = "x"\nversion = 1', "name: found 'x', expected no name"),
        ("version = 1\nstage = []", "stage: found [], expected at least 1 item"),
        ("version = 1.5", "version: found 1.5, expected a valid integer"),
    ],
)
def test_a_wrong_file_stops_the_boot(
    make_world: Callable[..., World], sqlite_url: str, tmp_path: Path, text: str, fault: str
):
    file = tmp_path / "mine.toml"
    file.write_text(text)
    with pytest.raises(Exception, match=r"mine\.toml") as refused:
        make_world(sqlite_url, plugins=["workflow"], workflow={"definitions": {"mine": str(file)}})
    assert fault in f"{refused.value} {refused.value.__cause__}"


def test_a_file_that_is_not_there_and_names_that_are_none_are_told_together(
    make_world: Callable[..., World], sqlite_url: str, tmp_path: Path
):
    settings = {
        "definitions": {"mine": str(tmp_path / "gone.toml")},
        "default": "theirs",
        "by_tag": {"press": "news"},
    }
    with pytest.raises(Exception, match=r"gone\.toml") as refused:
        make_world(sqlite_url, plugins=["workflow"], workflow=settings)
    text = f"{refused.value} {refused.value.__cause__}"
    assert "workflow.default: found 'theirs', expected one of blog, reviewed, mine" in text
    assert "workflow.by_tag.press: found 'news', expected one of blog, reviewed, mine" in text


@pytest.fixture
def two(make_world: Callable[..., World], database_url: str, tmp_path: Path) -> Iterator[World]:
    file = tmp_path / "press.toml"
    file.write_text(PRESS)
    workflow = {"definitions": {"press": str(file)}, "by_tag": {"press": "press"}}
    world = make_world(database_url, plugins=["workflow"], workflow=workflow)
    with world.site.activate():
        yield world


def test_posts_follow_the_definition_of_their_tag_else_the_default(two: World):
    author = two.account("author")
    usual, press = two.draft(author, "A"), two.draft(author, "B", tags=("Press", "Bread"))
    assert load_stage_data(usual, "authoring.draft")["definition"]["name"] == "blog"
    assert load_stage_data(press, "authoring.draft")["definition"]["name"] == "press"
    assert load_stage_data(press, "press.release")["fields"] == {"contact": "", "embargo": ""}
    with pytest.raises(UnknownStage, match=r"no stage 'press.release'\. There are: planning\.idea"):
        load_stage_data(usual, "press.release")
    with pytest.raises(NotFound, match=r"There are: press\.release, authoring\.draft"):
        load_stage_data(press, "planning.idea")


def save(post_id: int, stage_id: str, version: int, **fields: Any) -> None:
    with transaction() as session:
        save_stage(session, post_id=post_id, stage_id=stage_id, version=version, fields=fields)


def test_another_definition_loses_nothing(two: World):
    post_id = two.draft(two.account("author"), "A")
    save(post_id, "planning.idea", 0, idea="Bread")
    save(post_id, "authoring.draft", 0, notes="For Ann")
    with transaction() as session:
        choose_definition(session, post_id=post_id, name="press")
    draft = load_stage_data(post_id, "authoring.draft")
    assert (draft["fields"], draft["kept"]) == ({}, {"notes": "For Ann"})
    (kept,) = stage_overview(post_id).kept
    assert (kept.stage_id, kept.fields) == ("planning.idea", {"idea": "Bread"})
    assert (kept.definition, kept.definition_version) == ("blog", 1)
    save(post_id, "press.release", 0, contact="Ann")
    with transaction() as session:
        choose_definition(session, post_id=post_id, name=None)
    assert load_stage_data(post_id, "authoring.draft")["fields"] == {"notes": "For Ann"}
    assert [each.stage_id for each in stage_overview(post_id).kept] == ["press.release"]


def test_a_changed_file_keeps_what_it_has_no_field_for(
    make_world: Callable[..., World], database_url: str, tmp_path: Path
):
    file = tmp_path / "press.toml"
    file.write_text(PRESS)
    config = {
        "plugins": ["workflow"],
        "data_dir": str(tmp_path / "one"),
        "workflow": {"definitions": {"press": str(file)}, "default": "press"},
    }
    before = make_world(database_url, **config)
    with before.site.activate():
        post_id = before.draft(before.account("author"), "A")
        save(post_id, "press.release", 0, contact="Ann", embargo="2026-12-01")
    newer = PRESS.replace("version = 1", "version = 2").replace('"embargo"', '"not_before"')
    file.write_text(newer)
    after = make_world(database_url, **config)
    with after.site.activate():
        release = load_stage_data(post_id, "press.release")
        assert release["definition"] == {"name": "press", "version": 2}
        assert release["written_under"] == 1
        assert release["fields"] == {"contact": "Ann", "not_before": ""}
        assert release["kept"] == {"embargo": "2026-12-01"}
        save(post_id, "press.release", 1, contact="Bea")
        assert load_stage_data(post_id, "press.release")["kept"] == {"embargo": "2026-12-01"}
        assert load_stage_data(post_id, "press.release")["written_under"] == 2


def test_the_commands_list_definitions_and_let_a_post_follow_one(two: World):
    post_id = two.draft(two.account("author"), "A")
    run = two.app.test_cli_runner().invoke
    listed = run(args=["blog", "workflow", "definitions"]).output
    assert "blog: From idea to published (version 1, the usual one)" in listed
    assert "  press.release                contact*, embargo" in listed
    assert "  before publish: publishing.review" in listed
    followed = run(args=["blog", "workflow", "follow", str(post_id), "press"])
    assert followed.output == f"Post {post_id} follows 'press'.\n"
    refused = run(args=["blog", "workflow", "follow", str(post_id), "news"])
    assert "found 'news', expected one of blog, reviewed, press" in refused.output
