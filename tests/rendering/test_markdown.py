"""What Markdown becomes: structure, anchors, code, figures, and the facts about a text."""

import pytest
from pygments.lexers import get_lexer_by_name

from blog_core.errors import TooLarge
from blog_core.rendering import (
    MAX_COMMENT_BYTES,
    MAX_TEXT_BYTES,
    Heading,
    Image,
    render_comment,
    render_markdown,
)
from blog_core.rendering.highlight import MAX_BLOCK_CHARS, MAX_COLOURED_CHARS
from blog_core.rendering.languages import LANGUAGES


def html(text: str) -> str:
    return render_markdown(text).html


# --- headings ------------------------------------------------------------------------------------


def test_headings_start_below_the_title_and_skip_no_level() -> None:
    levels = [heading.level for heading in render_markdown("# A\n#### B\n## C\n# D\n").toc]
    assert levels == [2, 3, 3, 2]


def test_headings_written_as_html_follow_the_same_outline() -> None:
    assert html("## A\n\n<h5>B</h5>\n") == '<h2 id="h-a">A</h2>\n<h3>B</h3>\n'


def test_equal_headings_get_different_ids() -> None:
    toc = render_markdown("## Next\n\n## Next\n\n## Next 2\n\n## Next\n").toc
    assert [heading.id for heading in toc] == ["h-next", "h-next-2", "h-next-2-2", "h-next-3"]


@pytest.mark.parametrize(
    "title, anchor",
    [
        ("What it *costs*, `now`", "h-what-it-costs-now"),
        ("Größe & Maß", "h-größe-maß"),
        ("日本語", "h-日本語"),
        ("?!", "h-section"),
        ("a " * 200, "h-" + "a-" * 29 + "a"),
    ],
)
def test_ids_are_made_of_the_heading(title: str, anchor: str) -> None:
    assert render_markdown(f"## {title}\n").toc[0].id == anchor


def test_the_table_of_contents_has_texts_without_markup() -> None:
    toc = render_markdown("## A [link](/x) and <b>c</b>[^1]\n\n[^1]: note\n").toc
    assert toc == (Heading(2, "h-a-link-and-c", "A link and c"),)


def test_a_link_to_a_heading_finds_it() -> None:
    rendered = render_markdown("[there](#the-end)\n\n## The end\n")
    assert f'href="#{rendered.toc[0].id}"' in rendered.html


# --- code ----------------------------------------------------------------------------------------


def test_code_is_coloured_by_classes_only() -> None:
    block = html("```python\ndef f(): pass\n```\n")
    assert block.startswith(
        '<pre data-lang="python"><code class="language-python"><span class="k">'
    )
    assert "style" not in block


def test_an_unknown_language_is_shown_plain() -> None:
    assert html("```klingon x=1\na < b\n```\n") == (
        '<pre data-lang="klingon"><code class="language-klingon">a &lt; b\n</code></pre>\n'
    )


def test_long_lines_can_be_scrolled_by_keyboard() -> None:
    assert html("    " + "x" * 37 + "\n").startswith('<pre tabindex="0">')
    assert html("    " + "x" * 36 + "\n").startswith("<pre>")


def test_code_keeps_every_character() -> None:
    code = '\n\n  <b> & "q"\t\n\n'
    assert html(f"```python\n{code}\n```\n").count("\n") == code.count("\n") + 2


@pytest.mark.parametrize(
    "code",
    [
        "x = 1\n" * (MAX_BLOCK_CHARS // 6 + 1),
        " \n" * 150,
        "word " * 150,
    ],
    ids=["long", "blank", "prose"],
)
def test_code_that_lexers_trip_on_is_shown_plain(code: str) -> None:
    assert "<span" not in html(f"```python\n{code}\n```\n")


def test_a_text_full_of_code_is_coloured_up_to_its_share() -> None:
    block = "```python\n" + "x = 1\n" * 900 + "```\n\n"
    blocks = html(block * 12).split("<pre")[1:]
    coloured = sum("<span" in block for block in blocks)
    assert coloured == MAX_COLOURED_CHARS // (6 * 900)


def test_every_language_has_a_lexer() -> None:
    assert all(get_lexer_by_name(language) for language in LANGUAGES)


# --- tables, tasks, figures, notes ---------------------------------------------------------------


def test_tables_scroll_inside_a_named_group() -> None:
    table = html('| A "x" | B |\n|:--|--:|\n| 1 | 2 |\n')
    assert table.startswith('<div class="table-scroll" role="group" tabindex="0" aria-label="A ')
    assert 'aria-label="A &quot;x&quot;, B">\n<table>' in table
    assert '<td class="cell-right">2</td>' in table
    assert table.endswith("</table>\n</div>\n")


def test_a_header_cell_without_a_text_is_no_header() -> None:
    table = html("| | B |\n|---|---|\n| 1 | 2 |\n")
    assert "<td></td>\n<th>B</th>" in table


def test_tasks_are_readable_without_a_style_sheet() -> None:
    tasks = html("- [ ] write\n- [x] read\n")
    assert '<span class="task-mark" role="img" aria-label="to do">☐</span> write' in tasks
    assert '<span class="task-mark" role="img" aria-label="done">☑</span> read' in tasks


def test_an_image_with_a_title_is_a_figure_with_a_caption() -> None:
    assert html('![alt *x*](/a.png "A & b")\n') == (
        '<figure><img src="/a.png" alt="alt x" decoding="async" loading="lazy">'
        "<figcaption>A &amp; b</figcaption></figure>\n"
    )


def test_an_image_among_words_stays_among_them() -> None:
    assert html('see ![a](/a.png "b")\n').startswith("<p>see <img")


def test_footnotes_link_both_ways() -> None:
    note = html("A[^n] and B[^n].\n\n[^n]: Said.\n")
    assert 'id="h-ref-1"><a href="#h-note-1"' in note
    assert 'id="h-ref-1-2"><a href="#h-note-1"' in note
    assert '<li id="h-note-1"><p>Said. <a href="#h-ref-1"' in note
    assert 'href="#h-ref-1-2" class="footnote-backref"' in note


def test_alerts_carry_their_kind() -> None:
    assert '<div class="markdown-alert markdown-alert-warning">' in html("> [!WARNING]\n> Mind.\n")


def test_a_frame_of_another_site_becomes_a_link() -> None:
    text = '<iframe width="5"\n src="https://video.test/x" title="A talk"></iframe>\n'
    assert '<a href="https://video.test/x" rel="noopener">A talk</a>' in html(text)


# --- links and foreign tags ----------------------------------------------------------------------


def test_whole_addresses_become_links_and_file_names_do_not() -> None:
    text = html("See https://a.test/b. And readme.md, or me@a.org\n")
    assert '<a href="https://a.test/b" rel="noopener">https://a.test/b</a>. And readme.md' in text
    assert 'href="mailto:me@a.org"' in text


@pytest.mark.parametrize(
    "tag",
    ['{{ "/a_b_c*d*" | url }}', "{% include x_*y*_z %}", "{% image\n  '*a*'\n%}"],
)
def test_template_tags_of_other_generators_stay_readable(tag: str) -> None:
    assert html(f"a {tag} b\n") == f"<p>a {tag} b</p>\n"


def test_braces_that_close_far_away_are_ordinary_text() -> None:
    assert html("{{ *a*" + " " * 1_000 + "}}").startswith("<p>{{ <em>a</em>")


def test_the_rest_of_a_text_is_gfm() -> None:
    assert html("~~a~~ **b** _c_ <kbd>d</kbd>\n") == (
        "<p><s>a</s> <strong>b</strong> <em>c</em> <kbd>d</kbd></p>\n"
    )


# --- the first image -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "a ![x *y*](/a.png)\n\n![z](/b.png)",
        "<div><img alt='x y' src=\"/a.png\"></div>",
        "![bad](data:image/png,x)\n\n![x y](/a.png)",
        "[![x y](/a.png)](/big.png)",
    ],
)
def test_the_first_image_that_can_be_shown_is_told(text: str) -> None:
    assert render_markdown(text).first_image == Image("/a.png", "x y")


def test_a_text_without_images_has_no_first_image() -> None:
    assert render_markdown("a").first_image is None


# --- limits --------------------------------------------------------------------------------------


def test_a_post_over_the_limit_is_refused_by_name_and_size() -> None:
    with pytest.raises(TooLarge, match=r"The text has 1,000,001 bytes; at most 1,000,000"):
        render_markdown("x" * (MAX_TEXT_BYTES + 1))


def test_a_comment_over_the_limit_is_refused_by_name_and_size() -> None:
    with pytest.raises(TooLarge, match=r"The comment has 20,002 bytes; at most 20,000"):
        render_comment("ä" * (MAX_COMMENT_BYTES // 2 + 1))


def test_a_text_at_the_limit_is_rendered() -> None:
    rendered = render_markdown("word " * (MAX_TEXT_BYTES // 5))
    assert rendered.words == MAX_TEXT_BYTES // 5


def test_a_text_that_cannot_be_rendered_is_shown_as_it_was_written() -> None:
    rendered = render_markdown("<div>\n" * 300 + "\nStill <here>\n")
    assert rendered.fell_back
    assert "<p>Still &lt;here&gt;\n</p>" in rendered.html
    assert "<div>" not in rendered.html


# --- comments ------------------------------------------------------------------------------------


def test_comments_have_links_code_quotes_and_lists() -> None:
    comment = render_comment("> a\n\n- `b`\n\nhttps://c.test\nd")
    assert comment == (
        "<blockquote>\n<p>a</p>\n</blockquote>\n<ul>\n<li><code>b</code></li>\n</ul>\n"
        '<p><a href="https://c.test" rel="nofollow ugc noopener">https://c.test</a><br>\nd</p>\n'
    )


def test_comments_have_no_headings_images_tables_or_html() -> None:
    comment = render_comment("# A\n\n![b](/c.png)\n\n|d|\n|-|\n\n<b>e</b>\n")
    assert not any(tag in comment for tag in ("<h", "<img", "<table", "<b>"))
    assert "# A" in comment
    assert "&lt;b&gt;e&lt;/b&gt;" in comment
