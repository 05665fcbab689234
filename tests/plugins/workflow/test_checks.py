"""The checks that come with the plugin find what readers would stumble over, and nothing else."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from blog_core.api import Site
from blog_core.content.addresses import change_slug
from blog_core.content.publishing import hide
from blog_core.site import SYSTEM, Actor
from plugins.workflow import load_stage_data
from plugins.workflow.checks.images import check_images
from plugins.workflow.checks.links import check_links
from plugins.workflow.checks.page import page_of
from plugins.workflow.checks.readability import check_readability
from tests.flows.world import World

Check = Callable[[Site, int], Any]


@pytest.fixture
def world(make_world: Callable[..., World], sqlite_url: str) -> Iterator[World]:
    config = {"site_url": "https://example.org/blog", "plugins": ["workflow"]}
    world = make_world(sqlite_url, **config)
    with world.site.activate():
        yield world


@pytest.fixture
def author(world: World) -> Actor:
    return world.account("author")


@pytest.fixture
def look(world: World, author: Actor) -> Callable[..., Any]:
    """`look(check_links, "Text")` asks a check about a new draft."""

    def looked(check: Check, body: str, **more: Any) -> Any:
        return check(world.site, world.draft(author, "A draft", body=body, **more))

    return looked


def test_links_to_posts_that_readers_do_not_get_are_found(
    world: World, author: Actor, look: Callable[..., Any]
):
    world.post(author, "Out")
    world.draft(author, "Not yet")
    moved = world.post(author, "Old name")
    hidden = world.post(author, "Hidden")
    with world.site.transaction(SYSTEM) as session:
        change_slug(session, post_id=moved, version=None, slug="new-name")
        hide(session, post_id=hidden, version=None)
    found = look(
        check_links,
        "[a post](/blog/posts/out), [by its address](https://example.org/blog/posts/out#top), "
        "[moved](/blog/posts/old-name), [a draft](/blog/posts/not-yet), "
        "[a hidden one](/blog/posts/hidden), [nothing](/blog/posts/nothing), "
        "[elsewhere](https://example.com/posts/nothing), [mail](mailto:ann@example.org).",
    )
    assert (found["links"], found["internal"]) == (8, 6)
    assert found["findings"] == [
        "/blog/posts/not-yet leads to a post that readers do not get (draft)",
        "/blog/posts/hidden leads to a post that readers do not get (hidden)",
        "/blog/posts/nothing leads to a post that there is not",
    ]


def test_anchors_without_a_heading_and_links_without_words_are_found(look: Callable[..., Any]):
    body = (
        "# Flour\n\nSee [flour](#flour) and [water](#water), or click [here](https://example.com)."
    )
    found = look(check_links, body + "\n\n[](https://example.com/x)")["findings"]
    anchors = [text for text in found if "heading" in text]
    assert anchors == ["#water leads to no heading of this text"]
    assert "the words 'here' do not say where the link to https://example.com leads" in found
    assert "the link to https://example.com/x has no words to click on" in found


def test_a_text_without_links_has_no_findings(look: Callable[..., Any]):
    assert look(check_links, "Plain.") == {"links": 0, "internal": 0, "findings": []}


def test_images_without_words_and_without_files_are_found(look: Callable[..., Any]):
    found = look(
        check_images,
        "![A loaf](https://example.com/loaf.png) ![loaf.png](https://example.com/loaf.png)\n\n"
        '<img src="https://example.com/a.png"> ![](https://example.com/ornament.png)\n\n'
        f"![{'x' * 251}](https://example.com/b.png) ![Gone](/blog/media/aa/gone.png)",
        image="/blog/media/bb/lead.png",
    )
    assert found["images"] == 7
    assert found["findings"] == [
        "https://example.com/loaf.png has its file name as alt text",
        "https://example.com/a.png says nothing to those who do not see it (no alt text)",
        "https://example.com/b.png has 251 characters of alt text; a caption is read more easily",
        "/blog/media/bb/lead.png is no file of the media library",
        "/blog/media/aa/gone.png is no file of the media library",
    ]


def test_how_a_text_reads(look: Callable[..., Any]):
    easy = look(
        check_readability, "The cat sat. The dog ran! Did it rain?\n\n```\ncode is no prose\n```"
    )
    assert (easy["words"], easy["sentences"], easy["lix"]) == (9, 3, 3)
    assert easy["findings"] == []
    long = look(check_readability, " ".join(["word"] * 41) + ".")
    assert long["findings"] == ["a sentence of 41 words: word word word word word word word word …"]
    hard = look(check_readability, "Extraordinary organisations necessitate administrators. " * 3)
    assert hard["findings"] == ["it is hard to read (LIX 104; above 60 is very hard)"]
    assert look(check_readability, "")["lix"] == 0


@pytest.mark.parametrize("language", ["Der Hund läuft. Die Katze schläft.", "犬が走る。猫が寝る。"])
def test_sentences_of_other_scripts_are_told_apart(look: Callable[..., Any], language: str):
    assert look(check_readability, language)["sentences"] == 2


def test_a_stage_shows_the_checks_that_its_definition_names(world: World, author: Actor):
    post_id = world.draft(author, "A draft", body="[here](/blog/posts/nothing)")
    assert sorted(load_stage_data(post_id, "authoring.draft")["checks"]) == ["links", "readability"]
    assert list(load_stage_data(post_id, "authoring.images")["checks"]) == ["images"]
    assert load_stage_data(post_id, "planning.idea")["checks"] == {}
    review = load_stage_data(post_id, "publishing.review")
    assert len(review["checks"]["links"]["findings"]) == 2
    assert review["complete"] is True


def test_a_link_within_a_paragraph_keeps_its_words():
    page = page_of('<p>See <a href="/x"><em>the</em> loaf</a> now.</p><ul><li>One</li></ul>')
    assert [(link.href, link.text) for link in page.links] == [("/x", "the loaf")]
    assert page.paragraphs == ["See the loaf now.", "One"]
