"""Every template of the default theme, rendered with texts that try to break out of it."""

import json
import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from jinja2 import Environment, UndefinedError

from blog_core.reader.documents import xml_document
from blog_core.reader.pages import ListPage, Pagination, SiteView, level_of, toc_of
from blog_core.reader.theme import STATIC_DIR, TEMPLATES_DIR, theme_environment
from blog_core.rendering import Heading
from tests.reader.sample_pages import (
    HTML_PAGES,
    NASTY,
    POST,
    ROBOTS,
    SITE,
    XML_PAGES,
    head,
    list_page,
)
from tests.reader.well_formed import Document, read

ATOM = "{http://www.w3.org/2005/Atom}"
MAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
CORE_DIR = Path(TEMPLATES_DIR).parents[2]


def asset(name: str) -> str:
    assert (STATIC_DIR / name).is_file()
    return f"/assets/0123/{name}"


@pytest.fixture(scope="module")
def theme() -> Environment:
    return theme_environment(asset)


def render(theme: Environment, template: str, page: object) -> str:
    return theme.get_template(f"blog/{template}").render(page=page)


def page_of(theme: Environment, template: str) -> Document:
    return read(render(theme, template, HTML_PAGES[template]))


# --- every page ----------------------------------------------------------------------------------


def test_every_template_has_a_sample() -> None:
    templates = {path.name for path in (TEMPLATES_DIR / "blog").iterdir()}
    assert templates == {
        *HTML_PAGES,
        *XML_PAGES,
        "robots.txt",
        "base.html",
        "list.html",
        "comment_form.html",
    }


@pytest.mark.parametrize("template", HTML_PAGES)
def test_pages_are_well_formed_and_have_nothing_inline(theme: Environment, template: str) -> None:
    assert page_of(theme, template).faults == []


@pytest.mark.parametrize("template", HTML_PAGES)
def test_no_text_becomes_markup(theme: Environment, template: str) -> None:
    html = render(theme, template, HTML_PAGES[template])
    assert "<script>" not in html
    assert "49" not in html.replace(NASTY, "")


@pytest.mark.parametrize("template", HTML_PAGES)
def test_pages_are_the_same_bytes_each_time(theme: Environment, template: str) -> None:
    again = theme_environment(asset)
    page = HTML_PAGES[template]
    assert render(theme, template, page) == render(again, template, page)


@pytest.mark.parametrize("template", HTML_PAGES)
def test_pages_have_one_main_heading_and_skip_no_level(theme: Environment, template: str) -> None:
    levels = [int(e.tag[1]) for e in page_of(theme, template).elements if re.match(r"h\d$", e.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("template", sorted(set(HTML_PAGES) - {"error.html"}))
def test_pages_have_landmarks_a_way_past_them_and_a_feed(theme: Environment, template: str) -> None:
    page = page_of(theme, template)
    assert page.all("a", href="#content")[0] == page.all("a")[0]
    assert len(page.all("main", id="content")) == 1
    assert page.all("nav", **{"aria-label": "Site"})
    assert page.all("link", rel="alternate", type="application/atom+xml", href="/feed.atom")
    assert len(page.all("link", rel="canonical")) == 1


@pytest.mark.parametrize("template", HTML_PAGES)
def test_pages_load_nothing_from_elsewhere(theme: Environment, template: str) -> None:
    page = page_of(theme, template)
    loaded = [e.attributes["href"] for e in page.all("link") if e.attributes["rel"] != "canonical"]
    loaded += [e.attributes["src"] for e in page.elements if "src" in e.attributes]
    assert all(address.startswith("/") for address in loaded)


def test_a_name_that_a_page_does_not_have_is_an_error(theme: Environment) -> None:
    with pytest.raises(UndefinedError):
        theme.from_string("{{ page.titel }}").render(page=POST)


def test_only_one_file_trusts_markup() -> None:
    sources = [*CORE_DIR.rglob("*.py"), *TEMPLATES_DIR.rglob("*.*")]
    trusting = re.compile(r"\bMarkup\(|\|\s*safe\b|autoescape false")
    found = {path.name for path in sources if trusting.search(path.read_text("utf-8"))}
    assert found <= {"trusted.py"}


# --- heads ---------------------------------------------------------------------------------------


def test_the_structured_data_of_a_post_is_json_with_the_texts_unchanged(theme: Environment) -> None:
    html = render(theme, "post.html", POST)
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert found
    data = json.loads(found[1])
    assert data["@type"] == "BlogPosting"
    assert data["headline"] == POST.title
    assert data["author"][0]["name"] == POST.authors[0].text


def test_previews_get_title_kind_and_image(theme: Environment) -> None:
    page = page_of(theme, "post.html")
    graph = {e.attributes["property"]: e.attributes["content"] for e in page.all("meta") if
             "property" in e.attributes}  # fmt: skip
    assert graph["og:type"] == "article"
    assert graph["og:image"] == "https://blog.test/a.png"
    assert graph["og:title"] == POST.head.title
    assert graph["article:published_time"] == POST.published.iso


def test_a_page_may_ask_not_to_be_indexed(theme: Environment) -> None:
    page = ListPage(site=SITE, head=head("/", indexed=False), path="/", posts=())
    document = read(render(theme, "home.html", page))
    assert document.all("meta", name="robots", content="noindex")
    assert not document.all("link", rel="canonical")


def test_a_language_written_from_the_right_is_shown_so(theme: Environment) -> None:
    site = SiteView("مدونة", "/", "/feed.atom", language="ar-EG")
    page = ListPage(site=site, head=head("/"), path="/", posts=())
    assert read(render(theme, "home.html", page)).all("html", lang="ar-EG", dir="rtl")


# --- lists ---------------------------------------------------------------------------------------


def test_the_link_to_the_page_itself_says_so(theme: Environment) -> None:
    current = [e.attributes["href"] for e in page_of(theme, "archive.html").all("a") if
               e.attributes.get("aria-current") == "page"]  # fmt: skip
    assert current == ["/archive"]


def test_lists_link_to_their_neighbours(theme: Environment) -> None:
    page = page_of(theme, "tag.html")
    assert page.all("a", rel="prev", href="/?page=n")
    assert page.all("a", rel="next", href="/?page=o")


def test_a_list_on_one_page_has_no_neighbours(theme: Environment) -> None:
    page = ListPage(site=SITE, head=head("/"), path="/", posts=(), pagination=Pagination())
    assert not read(render(theme, "home.html", page)).all("nav", **{"aria-label": "Pages"})


@pytest.mark.parametrize("template", ["home.html", "tag.html", "author.html", "month.html"])
def test_an_empty_list_says_so(theme: Environment, template: str) -> None:
    page = ListPage(site=SITE, head=head("/"), path="/", posts=(), heading="x")
    assert read(render(theme, template, page)).all("p", **{"class": "empty"})


def test_pages_behind_the_first_do_not_repeat_the_tagline_as_heading(theme: Environment) -> None:
    assert "<h1>Older posts</h1>" in render(theme, "home.html", list_page("/", first=False))


def test_times_are_told_to_machines_too(theme: Environment) -> None:
    times = page_of(theme, "home.html").all("time")
    assert [e.attributes["datetime"] for e in times] == ["2026-11-02T09:00:00+01:00"] * 2


# --- posts ---------------------------------------------------------------------------------------


def test_each_comment_has_an_anchor_that_its_date_links_to(theme: Environment) -> None:
    page = page_of(theme, "post.html")
    for anchor in ("comment-7", "comment-8"):
        assert page.all("article", id=anchor)
        assert page.all("a", href=f"#{anchor}")


def test_the_table_of_contents_leads_to_headings_of_the_text(theme: Environment) -> None:
    page = page_of(theme, "post.html")
    assert [e.attributes["class"] for e in page.all("details")] == ["toc"]
    ids = {e.attributes.get("id") for e in page.elements}
    assert {f"#{heading.id}" for heading in POST.toc} <= {
        e.attributes.get("href") for e in page.all("a")
    }
    assert {heading.id for heading in POST.toc} <= ids


def test_a_short_text_has_no_table_of_contents() -> None:
    headings = [Heading(level, f"h-{level}", "x") for level in (2, 3, 4)]
    assert toc_of(headings) == ()
    assert len(toc_of([*headings, headings[0]])) == 3


def test_months_are_as_full_as_the_fullest_one() -> None:
    assert [level_of(count, 8) for count in (0, 1, 2, 3, 4, 5, 6, 7, 8)] == [
        *(0, 1, 1, 2, 2, 3, 3, 4, 4)
    ]


# --- a site's own templates ----------------------------------------------------------------------


def test_a_site_replaces_a_template_by_name(tmp_path: Path) -> None:
    (tmp_path / "blog").mkdir()
    (tmp_path / "blog/home.html").write_text("mine: {{ page.path }}")
    own = theme_environment(asset, folders=[tmp_path])
    assert render(own, "home.html", HTML_PAGES["home.html"]) == "mine: /"
    assert "<!doctype html>" in render(own, "post.html", POST)


def test_a_site_changes_one_block_of_a_template(tmp_path: Path) -> None:
    (tmp_path / "blog").mkdir()
    (tmp_path / "blog/post.html").write_text(
        '{% extends "default/blog/post.html" %}{% block toc %}no contents{% endblock %}'
    )
    html = render(theme_environment(asset, folders=[tmp_path]), "post.html", POST)
    assert "no contents" in html
    assert 'class="toc"' not in html
    assert 'class="prose"' in html


# --- documents -----------------------------------------------------------------------------------


@pytest.mark.parametrize("template", XML_PAGES)
def test_documents_are_xml_whatever_their_titles_are(theme: Environment, template: str) -> None:
    document = xml_document(render(theme, template, XML_PAGES[template]))
    assert ET.fromstring(document).tag.rpartition("}")[2] in {
        *("feed", "rss", "urlset", "sitemapindex"),
    }


def test_xml_drops_what_it_cannot_hold() -> None:
    assert xml_document("a\x00b\x0b\ud800\ufffec\n") == b"abc\n"


def test_a_feed_carries_texts_and_the_whole_post(theme: Environment) -> None:
    feed = ET.fromstring(xml_document(render(theme, "atom.xml", XML_PAGES["atom.xml"])))
    entry = feed.find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}title") == f"Post {NASTY}".replace("\x0b", "")
    content = entry.find(f"{ATOM}content")
    assert content is not None
    assert content.get("type") == "html"
    assert content.get("{http://www.w3.org/XML/1998/namespace}base", "").startswith("https://")
    assert read(content.text or "").faults == []
    for name in ("id", "updated", "published"):
        assert entry.findtext(f"{ATOM}{name}")


def test_sitemaps_list_addresses_and_days(theme: Environment) -> None:
    part = ET.fromstring(xml_document(render(theme, "sitemap.xml", XML_PAGES["sitemap.xml"])))
    assert [loc.text for loc in part.iter(f"{MAPS}loc")] == [
        "https://blog.test/?a=1&b=2",
        "https://blog.test/b",
    ]
    assert [day.text for day in part.iter(f"{MAPS}lastmod")] == ["2026-11-02"]


def test_robots_names_the_sitemap_and_what_to_leave_alone(theme: Environment) -> None:
    assert render(theme, "robots.txt", ROBOTS) == (
        "User-agent: *\nDisallow: /admin/\nDisallow: /search\n\n"
        "Sitemap: https://blog.test/sitemap.xml"
    )
