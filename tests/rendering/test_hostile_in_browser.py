"""The same hostile markup in a real browser, which decides what runs."""

import json

import pytest
from playwright.sync_api import Page

from blog_core.rendering import render_comment, render_markdown, sanitise
from tests.rendering.hostile import HOSTILE

# Writes each piece into a document of its own that may run scripts, and clicks all its links.
PROBE = """
(pieces) => {
  window.hits = [];
  window.alert = () => window.hits.push(window.current);
  for (const [name, html] of Object.entries(pieces)) {
    window.current = name;
    const frame = document.body.appendChild(document.createElement("iframe"));
    frame.contentWindow.alert = () => window.hits.push(name);
    frame.contentDocument.open();
    frame.contentWindow.alert = () => window.hits.push(name);
    frame.contentDocument.write(html);
    frame.contentDocument.close();
    for (const link of frame.contentDocument.querySelectorAll("a[href]")) {
      if (link.protocol === "javascript:" || link.protocol === "data:") window.hits.push(name);
    }
  }
  return new Promise(done => setTimeout(() => done([...new Set(window.hits)]), 400));
}
"""


@pytest.fixture
def offline(page: Page) -> Page:
    """A page that reaches nothing outside."""
    page.route("**/*", lambda route: route.abort())
    page.set_content("<!doctype html><body></body>")
    return page


def _ran(page: Page, pieces: dict[str, str]) -> list[str]:
    ran: list[str] = json.loads(json.dumps(page.evaluate(PROBE, pieces)))
    return ran


def test_the_probe_sees_what_runs(offline: Page) -> None:
    ran = _ran(offline, HOSTILE)
    assert {"script", "image that fails", "svg load", "link script", "link data"} <= set(ran)


def test_nothing_runs_after_cleaning(offline: Page) -> None:
    pieces = {}
    for name, hostile in HOSTILE.items():
        pieces[f"{name} (post)"] = sanitise(hostile, profile="post")
        pieces[f"{name} (comment)"] = sanitise(hostile, profile="comment")
        pieces[f"{name} (Markdown)"] = render_markdown(hostile).html
        pieces[f"{name} (Markdown comment)"] = render_comment(hostile)
    assert _ran(offline, pieces) == []
