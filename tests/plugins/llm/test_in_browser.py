"""The assistant in a real browser: one asks, watches, takes a part, refuses the rest, and pays."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.plugins.llm.conftest import LlmBlog, LlmBlogMaker
from tests.plugins.llm.model_server import Answer, error, in_json

OLD = "This is a sentance.\n\nIt have two errors.\n\nThe end."
NEW = "This is a sentence.\n\nIt has two errors.\n\nThe end."


EditorOpener = Callable[..., Page]


@pytest.fixture
def open_editor(browser: Browser, serve: Any) -> Iterator[EditorOpener]:
    """`open_editor(llm_blog)` opens the editor of its draft, signed in."""
    contexts = []

    def open_(llm_blog: LlmBlog, **options: Any) -> Page:
        blog = llm_blog.blog
        post_id = blog.post("A draft", OLD, published=False)
        address = serve(blog.app)
        cookie = blog.signed_in("editor").get_cookie("blog_session")
        context = browser.new_context(base_url=address, **options)
        contexts.append(context)
        assert cookie
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
        page = context.new_page()
        page.goto(f"/admin/posts/{post_id}/edit")
        return page

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture
def page(llm_blog: LlmBlog, open_editor: EditorOpener) -> Page:
    return open_editor(llm_blog)


def ask(page: Page, action: str) -> None:
    page.get_by_label("What to suggest").select_option(label=action)
    page.get_by_role("button", name="Ask", exact=True).click()


def watch(page: Page, text: str) -> None:
    """Wait until this much of the newest answer has come. The first one loads the client."""
    expect(page.locator(".assistant-coming").first).to_contain_text(text, timeout=30_000)


def text_of(page: Page) -> str:
    return page.locator("#body").input_value()


def test_one_asks_watches_it_come_takes_a_part_and_refuses_the_rest(
    llm_blog: LlmBlog, page: Page
) -> None:
    llm_blog.model.will_say(Answer(NEW, hold_after=1))
    ask(page, "Correct the language")
    watch(page, "This is")
    assert text_of(page) == OLD
    llm_blog.model.release()
    suggestion = page.get_by_role("article", name="Correct the language")
    expect(suggestion.locator("ins").first).to_have_text(re.compile("This is a sentence."))
    assert text_of(page) == OLD, "nothing changes before it is accepted"
    suggestion.get_by_role("button", name="Accept piece 1").click()
    expect(page.locator("#body")).to_have_value(OLD.replace("sentance", "sentence"))
    suggestion.get_by_role("button", name="Refuse the rest").click()
    expect(suggestion).to_have_attribute("data-state", "decided")
    assert text_of(page) == OLD.replace("sentance", "sentence")
    expect(suggestion.locator(".provenance")).to_contain_text("tiny")
    expect(suggestion.locator(".provenance")).to_contain_text("100 tokens sent, 20 received")
    expect(page.locator("#editor-status")).to_contain_text("kept on the server")


def test_refusing_everything_leaves_every_byte(llm_blog: LlmBlog, page: Page) -> None:
    llm_blog.model.will_say(NEW)
    ask(page, "Correct the language")
    page.get_by_role("button", name="Refuse the rest").click()
    expect(page.locator(".suggestion")).to_have_attribute("data-state", "decided")
    assert text_of(page) == OLD


def test_a_text_that_was_changed_meanwhile_is_not_touched(llm_blog: LlmBlog, page: Page) -> None:
    llm_blog.model.will_say(NEW)
    ask(page, "Correct the language")
    expect(page.get_by_role("button", name="Accept piece 1")).to_be_visible()
    page.locator("#body").fill("Written anew.")
    page.get_by_role("button", name="Accept piece 1").click()
    expect(page.locator(".suggestion [role=status]")).to_contain_text("was changed since")
    assert text_of(page) == "Written anew."


def test_a_stopped_answer_changes_nothing(llm_blog: LlmBlog, page: Page) -> None:
    llm_blog.model.will_say(Answer(NEW, hold_after=1))
    ask(page, "Correct the language")
    watch(page, "This is")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".suggestion")).to_have_attribute("data-state", "stopped")
    assert text_of(page) == OLD
    llm_blog.model.release()


def test_titles_are_chosen_one_of_several(llm_blog: LlmBlog, page: Page) -> None:
    llm_blog.model.will_say(in_json({"proposals": ["First title", "Second title"]}))
    ask(page, "Titles")
    page.get_by_role("button", name="Accept piece 2").click()
    expect(page.locator("#title")).to_have_value("Second title")


def test_what_is_sent_and_what_it_may_cost_is_shown_before(llm_blog: LlmBlog, page: Page) -> None:
    page.get_by_label("What to suggest").select_option(label="Tighten")
    page.get_by_role("button", name="Show what is sent").click()
    shown = page.locator(".assistant-prompt")
    expect(shown).to_contain_text("tokens to tiny")
    expect(shown).to_contain_text("It have two errors.")
    assert llm_blog.model.asked == []


def test_a_failure_is_told_in_a_sentence(llm_blog: LlmBlog, page: Page) -> None:
    llm_blog.model.will_say(error(401, "no such key"))
    ask(page, "Correct the language")
    expect(page.locator(".suggestion [role=status]")).to_contain_text("key")
    assert "sk-loopback" not in page.content()
    assert text_of(page) == OLD


def test_suggestions_are_there_again_after_a_reload(llm_blog: LlmBlog, page: Page) -> None:
    llm_blog.model.will_say(NEW)
    ask(page, "Correct the language")
    expect(page.get_by_role("button", name="Accept piece 1")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Accept piece 1").click()
    expect(page.locator("#body")).to_have_value(OLD.replace("sentance", "sentence"))


def test_without_places_for_streams_the_answer_comes_by_polling(
    make_llm_blog: LlmBlogMaker, sqlite_url: str, open_editor: EditorOpener
) -> None:
    llm_blog = make_llm_blog(sqlite_url, stream_threads=1)
    page = open_editor(llm_blog)
    llm_blog.model.will_say(Answer(NEW, hold_after=1), Answer(NEW + " Really.", hold_after=1))
    ask(page, "Correct the language")
    watch(page, "This is")
    ask(page, "Tighten")
    watch(page, "This is")
    llm_blog.model.release()
    expect(page.locator(".suggestion[data-state=ready]")).to_have_count(2, timeout=20_000)


@pytest.mark.parametrize("width, scheme", [(390, "dark"), (1280, "light")])
def test_the_panel_is_for_everybody(
    llm_blog: LlmBlog, open_editor: EditorOpener, width: int, scheme: Any
) -> None:
    page = open_editor(llm_blog, viewport={"width": width, "height": 900}, color_scheme=scheme)
    llm_blog.model.will_say(NEW)
    ask(page, "Correct the language")
    expect(page.get_by_role("button", name="Accept piece 1")).to_be_visible()
    page.get_by_role("button", name="Show what is sent").click()
    expect(page.locator(".assistant-prompt pre").first).to_be_visible()
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_a_key_the_page_says_what_is_missing_and_how_to_set_it(
    make_llm_blog: LlmBlogMaker, sqlite_url: str, open_editor: EditorOpener
) -> None:
    llm_blog = make_llm_blog(sqlite_url, base_url="", api_key="", model="")
    page = open_editor(llm_blog)
    panel = page.locator("#panel-llm-assistant")
    expect(panel).to_contain_text("set model and api_key")
    expect(panel).to_contain_text("Ask whoever runs this blog.")
    page.get_by_label("What to suggest").select_option(label="Correct the language")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_disabled()
    assert Axe().run(page).response["violations"] == []
