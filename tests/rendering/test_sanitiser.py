"""The one sanitiser: nothing harmful passes, nothing changes when it is cleaned again."""

import subprocess
import sys
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blog_core.errors import TooLarge
from blog_core.rendering import Profile, render_comment, render_markdown, sanitise
from blog_core.rendering.limits import MAX_HTML_BYTES
from blog_core.rendering.sanitiser import Unclean, clean
from blog_core.rendering.tangle import is_tangled
from tests.rendering.harmless import faults_in
from tests.rendering.hostile import HOSTILE

PROFILES: tuple[Profile, ...] = get_args(Profile)
PIECES = st.sampled_from(
    [
        *HOSTILE.values(),
        *("<p>", "</p>", "<b>", "<a href='", "<table>", "<td>", "</table>", "<pre>", "</pre>"),
        *("<math>", "<svg>", "<style>", "</style>", "<!--", "-->", "<!-", "]]>", "<textarea>"),
        *("\n", '"', "'", ">", "<", "&", "&lt;", "&#60;", "=", " ", "/", "h-", "#", "x", "🙂"),
    ]
)
SOUP = st.lists(PIECES, max_size=12).map("".join)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_hostile_markup_comes_out_harmless(hostile: str, profile: Profile) -> None:
    assert faults_in(sanitise(hostile, profile=profile)) == []


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_hostile_posts_and_comments_come_out_harmless(hostile: str) -> None:
    assert faults_in(render_markdown(hostile).html) == []
    assert faults_in(render_comment(hostile)) == []


@pytest.mark.parametrize("profile", PROFILES)
@given(soup=SOUP)
@settings(max_examples=200, deadline=None)
def test_cleaning_twice_changes_nothing(profile: Profile, soup: str) -> None:
    once = sanitise(soup, profile=profile)
    assert sanitise(once, profile=profile) == once
    assert faults_in(once) == []


@given(text=st.text())
@settings(max_examples=200, deadline=None)
def test_any_text_can_be_a_post_and_a_comment(text: str) -> None:
    rendered = render_markdown(text)
    assert not rendered.fell_back
    assert sanitise(rendered.html, profile="post") == rendered.html
    comment = render_comment(text)
    assert sanitise(comment, profile="comment") == comment
    assert faults_in(rendered.html + comment) == []


@given(soup=SOUP)
@settings(max_examples=200, deadline=None)
def test_hostile_markdown_rests_too(soup: str) -> None:
    html = render_markdown(soup).html
    assert sanitise(html, profile="post") == html
    assert faults_in(html) == []


def test_the_reader_of_faults_sees_them() -> None:
    seen = [name for name, hostile in HOSTILE.items() if faults_in(hostile)]
    assert len(seen) > 80


def test_editors_keep_what_a_text_needs() -> None:
    text = (
        '<figure><img src="/a.png" alt="A" width="4" height="3" loading="lazy"><figcaption>B'
        '</figcaption></figure><table><tbody><tr><th scope="row">C</th><td colspan="2">D</td></tr>'
        "</tbody></table><details><summary>E</summary><p>F <kbd>G</kbd></p></details>"
    )
    assert sanitise(text, profile="post") == text


def test_comments_keep_a_small_set() -> None:
    text = "<h2>Loud</h2><p>A <em>b</em> <img src=/x.png> <code>c</code></p>"
    assert sanitise(text, profile="comment") == "Loud<p>A <em>b</em>  <code>c</code></p>"


def test_links_of_comments_lend_no_weight() -> None:
    link = sanitise('<a href="https://a.test" rel="me" title="t">x</a>', profile="comment")
    assert link == '<a href="https://a.test" rel="nofollow ugc noopener">x</a>'


def test_links_of_posts_cannot_reach_back() -> None:
    link = sanitise('<a href="https://a.test" rel="opener">x</a>', profile="post")
    assert link == '<a href="https://a.test" rel="noopener">x</a>'


def test_ids_are_prefixed_and_links_inside_the_text_follow() -> None:
    text = '<p id="content"><a name="note" href="#content">x</a> <a href="#">top</a></p>'
    assert sanitise(text, profile="post") == (
        '<p id="h-content"><a name="h-note" href="#h-content" rel="noopener">x</a>'
        ' <a href="#" rel="noopener">top</a></p>'
    )


def test_a_comment_may_point_to_another_comment() -> None:
    assert 'href="#comment-7"' in sanitise('<a href="#comment-7">x</a>', profile="comment")


@pytest.mark.parametrize(
    "url",
    ["http://a.test", "https://a.test/?a=b:c", "mailto:a@b.test", "tel:+1", "/a:b", "a/b", "?q"],
)
def test_ordinary_addresses_stay(url: str) -> None:
    assert f'href="{url}"' in sanitise(f'<a href="{url}">x</a>', profile="post")


def test_a_srcset_stays_when_each_of_its_images_may_be_loaded() -> None:
    good = (
        '<img srcset="/a.webp 400w, https://a.test/b.webp 800w" sizes="100vw" src="/a.png" alt="">'
    )
    assert 'srcset="/a.webp 400w, https://a.test/b.webp 800w"' in sanitise(good, profile="post")


def test_every_image_waits_until_it_is_needed() -> None:
    assert sanitise("<img src=a><img src=b loading=eager>", profile="post") == (
        '<img src="a" loading="lazy"><img src="b" loading="lazy">'
    )


def test_only_our_own_classes_stay() -> None:
    text = (
        '<span class="k evil">x</span><code class="language-c++">y</code><code class="z">w</code>'
    )
    assert sanitise(text, profile="post") == (
        '<span class="k">x</span><code class="language-c++">y</code><code>w</code>'
    )


def test_the_same_text_gives_the_same_bytes_in_every_process() -> None:
    program = (
        "from blog_core.rendering import render_markdown as r;"
        'print(r(\'![a](b "c")\\n\\n<td class="cell-left cell-right"><img alt=x src=y>\').html)'
    )
    outputs = {
        subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout
        for _ in range(4)
    }
    assert len(outputs) == 1


@pytest.mark.parametrize(
    "tangled",
    [
        "<ul><li>" * 300,
        "<div>" * 300 + "x",
        "<p>" + "".join(f"<b title={n}>" for n in range(150)) + "<p>x" * 10_000,
    ],
    ids=["lists", "divs", "reopened formatting"],
)
def test_html_that_would_cost_too_much_comes_back_as_text(tangled: str) -> None:
    assert is_tangled(tangled)
    with pytest.raises(Unclean, match="nests more than 200 elements"):
        clean(tangled, profile="post")
    assert "<" not in sanitise(tangled, profile="post")


def test_a_long_honest_page_is_not_tangled() -> None:
    row = "<tr><td><a href='/x'><b>x</b></a><td><p>y<ul><li>z</ul>"
    html = clean("<table>" + row * 2_000 + "</table>" + "<p>text<br>" * 2_000, profile="post")
    assert html.count("<td>") == 4_000


def test_html_that_changes_when_parsed_again_is_cleaned_until_it_rests() -> None:
    once = sanitise("<pre><x>\n</x>\n a</pre>", profile="post")
    assert sanitise(once, profile="post") == once


@pytest.mark.parametrize("tag", ["script", "style", "iframe", "noscript", "template", "svg"])
def test_text_that_is_not_for_readers_goes_with_its_element(tag: str) -> None:
    assert sanitise(f"a<{tag}>hidden</{tag}>b", profile="post") == "ab"


def test_blank_lines_at_the_start_of_preformatted_text_do_not_unsettle_the_rest() -> None:
    html = sanitise("<pre>" + "\n" * 40 + "x</pre><p>y</p>", profile="post")
    assert html == "<pre>x</pre><p>y</p>"


def test_html_over_the_limit_is_refused_by_name_and_size() -> None:
    with pytest.raises(TooLarge, match=r"The HTML has 8,000,001 bytes; at most 8,000,000"):
        sanitise("x" * (MAX_HTML_BYTES + 1), profile="post")
