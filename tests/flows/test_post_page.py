"""A whole post as strangers get it: what people, previews, search engines and paper need of it."""

import json
import re
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser

from blog_core.content.images import check_image
from blog_core.content.media import media_prefix, store_media
from tests.flows.world import World

BODY = """\
A first paragraph that says what it is about.

![A field]({image})

## One

```python
def bake(bread: str) -> int:
    return 1
```

## Two

### Three

More.
"""


@pytest.fixture
def blog(make_world: Any, sqlite_url: str) -> World:
    """A post with an image of the library, code and headings."""
    world: World = make_world(sqlite_url, title="Slow Notes", site_url="https://example.org/notes")
    author = world.account("author")
    out = BytesIO()
    Image.new("RGB", (1200, 800), "green").save(out, "JPEG")
    with world.site.transaction(author) as session:
        stored = store_media(
            session, image=check_image(out.getvalue()), original_name="f.jpg", alt="A field"
        )
        image = f"{media_prefix(world.site)}{stored.path}"
    world.post(author, "On bread", body=BODY.format(image=image), tags=("Bread",))
    return world


def html_of(blog: World) -> str:
    answer = blog.get("/posts/on-bread", Host="example.org")
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def test_previews_get_full_addresses_and_search_engines_a_description(blog: World):
    html = html_of(blog)
    graph = dict(re.findall(r'<meta property="([^"]+)" content="([^"]*)">', html))
    assert graph["og:type"] == "article"
    assert graph["og:url"] == "https://example.org/notes/posts/on-bread"
    assert graph["og:image"].startswith("https://example.org/notes/media/")
    assert graph["og:description"] == "A first paragraph that says what it is about."
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert found
    data = json.loads(found[1])
    assert data["@type"] == "BlogPosting"
    assert data["author"] == [
        {"@type": "Person", "name": "Author", "url": "https://example.org/notes/authors/author"}
    ]
    assert data["image"] == graph["og:image"]
    assert data["datePublished"] == "2026-11-24T12:00:00+00:00"


def test_contents_reading_time_and_coloured_code_stand_on_the_page(blog: World):
    html = html_of(blog)
    assert re.findall(r'<li class="toc-\d"><a href="#h-(\w+)">', html) == ["one", "two", "three"]
    assert "1 min read" in html
    assert '<span class="k">def</span>' in html


def test_images_of_the_library_have_their_size_their_words_and_smaller_copies(blog: World):
    html = html_of(blog)
    (image,) = re.findall(r"<img[^>]*>", html)
    for part in ('width="1200"', 'height="800"', 'alt="A field"', 'loading="lazy"'):
        assert part in image
    sources = re.findall(r'<source[^>]*type="image/(\w+)"[^>]*>', html)
    assert sources == ["avif", "webp"]
    assert "-960w.webp 960w" in html


def test_paper_gets_the_text_and_nothing_to_click(
    browser: Browser, serve: Any, make_world: Any, sqlite_url: str
):
    world: World = make_world(sqlite_url)
    world.post(world.account("author"), "On bread", body="See [this](https://example.org/x).")
    page = browser.new_context(base_url=serve(world.app)).new_page()
    page.goto("/posts/on-bread")
    page.emulate_media(media="print")
    assert page.locator(".prose").is_visible()
    for hidden in (".site-header nav", ".comment-form", ".site-footer", ".skip-link"):
        assert not page.locator(hidden).is_visible(), hidden
    shown = page.evaluate("getComputedStyle(document.querySelector('.prose a'), '::after').content")
    assert "https://example.org/x" in shown
