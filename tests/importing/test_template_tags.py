"""Template tags of generators: converted where their meaning is certain, else kept, never run."""

import pytest

from blog_core.importing.dialect import Dialect
from blog_core.importing.template_tags import Outcome, convert_tags


def shown(body: str, dialect: Dialect = Dialect.MIXED, **more: object) -> str:
    return convert_tags(body, dialect=dialect, **more).body  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "tag, expected",
    [
        ('{% image "assets/a.png" "A hill" %}', "![A hill](/assets/a.png)"),
        ("{%- image 'a.png', 'A hill' -%}", "![A hill](a.png)"),
        ('{% image_with_class "assets/a.png" "wide" "A hill" %}', "![A hill](/assets/a.png)"),
        ('{% image "assets/a.png" ""A hill"" %}', "![A hill](/assets/a.png)"),
        (
            '{% image "assets/a.png" "The button "Send" on a page." %}',
            '![The button "Send" on a page.](/assets/a.png)',
        ),
        ('[{% image "/a.png" "A" %}](/b)', "[![A](/a.png)](/b)"),
        (
            '{% include "figure.html",\n  image: "/a.png",\n  alt: "A hill",\n  caption: "Home" %}',
            '![A hill](/a.png "Home")',
        ),
        (
            '{% include figure.html src="/a.png" alt="A" url="https://b.example" %}',
            "[![A](/a.png)](https://b.example)",
        ),
        ('{{< figure src="a.png" alt="A" caption="B" >}}', '![A](a.png "B")'),
        ('{{ image(src="a.png", alt="A") }}', "![A](a.png)"),
        ("{% youtube aeQX16HCKSs %}", "[Video on YouTube](https://www.youtube.com/watch?v=aeQX16HCKSs)"),
        ("{{< youtube id=aeQX16HCKSs >}}", "[Video on YouTube](https://www.youtube.com/watch?v=aeQX16HCKSs)"),
        (
            '{{ youtube(id="aeQX16HCKSs", autoplay=true) }}',
            "[Video on YouTube](https://www.youtube.com/watch?v=aeQX16HCKSs)",
        ),
        (
            '{{ "https://www.youtube-nocookie.com/embed/aeQX16HCKSs" | embed: "A talk" }}',
            "[A talk](https://www.youtube.com/watch?v=aeQX16HCKSs)",
        ),
        ("{{< vimeo 146022717 >}}", "[Video on Vimeo](https://vimeo.com/146022717)"),
        ("{{< gist spf13 7896402 >}}", "[Gist spf13/7896402](https://gist.github.com/spf13/7896402)"),
        ("{% gist spf13/7896402 %}", "[Gist spf13/7896402](https://gist.github.com/spf13/7896402)"),
        ("{{< x user=\"ada\" id=\"1234567\" >}}", "[Post on X](https://twitter.com/ada/status/1234567)"),
        ('[a]({{ "/2015/01/06/x/" | url }})', "[a](/2015/01/06/x/)"),
        ('[a]({{ "x/y" | relative_url }})', "[a](/x/y)"),
        ("[a]({{ site.baseurl }}/x)", "[a](/x)"),
        ('[a]({{ site.url | append: "/x" }})', "[a](/x)"),
        ("[a]({% post_url 2015-01-06-x %})", "[a](/2015/01/06/x/)"),
        ("[a]({% link _posts/2015-01-06-x.md %})", "[a](/2015/01/06/x/)"),
        ("[a](@/blog/x.md#part)", "[a](/blog/x/#part)"),
    ],
)  # fmt: skip
def test_a_tag_with_a_certain_meaning_becomes_markdown(tag: str, expected: str) -> None:
    converted = convert_tags(tag, dialect=Dialect.MIXED)
    assert converted.body == expected
    assert {outcome for _, outcome in converted.tags} == {Outcome.CONVERTED}


def test_a_reference_counts_from_the_page_that_holds_it() -> None:
    assert shown('[a]({{< ref "b.md#c" >}})', Dialect.HUGO, folder="posts") == "[a](/posts/b/#c)"
    assert (
        shown('[a]({{< relref "/docs/b.md" >}})', Dialect.HUGO, folder="posts") == "[a](/docs/b/)"
    )


def test_values_of_the_front_matter_are_filled_in_and_not_read_again() -> None:
    values = {"image": "/a.png", "excerpt": "{{ page.image }}"}
    assert shown('<img src="{{ image | url }}">', values=values) == '<img src="/a.png">'
    assert shown("{{ page.excerpt }}", values=values) == "{{ page.image }}"


def test_an_image_inside_html_becomes_html() -> None:
    body = '<figure>\n{% image "assets/a.png" "A "b" hill" %}\n</figure>\n\n{% image "a.png" "B" %}'
    assert shown(body) == (
        '<figure>\n<img src="/assets/a.png" alt="A &quot;b&quot; hill">\n</figure>\n\n![B](a.png)'
    )


def test_highlighted_code_becomes_a_fence_that_holds_it() -> None:
    body = "{% highlight ruby linenos %}\nputs `ls`\n```\n{{ x }}\n{% endhighlight %}\n"
    assert shown(body) == "````ruby\nputs `ls`\n```\n{{ x }}\n````\n"
    hugo = '{{< highlight go "linenos=table" >}}\nfmt.Println()\n{{< /highlight >}}'
    assert shown(hugo, Dialect.HUGO) == "```go\nfmt.Println()\n```"


def test_highlighted_code_in_a_list_stays_in_it() -> None:
    body = "1. Run:\n   {% highlight sh %}\n   ls\n   {% endhighlight %}\n"
    assert shown(body) == "1. Run:\n   ```sh\n   ls\n   ```\n"


@pytest.mark.parametrize(
    "code",
    [
        '```\n{% image "a" "b" %}\n{{ "/x" | url }}\n```\n',
        "~~~liquid\n{% include a.html %}\n```\n~~~\n",
        '> ```\n> {{ "/x" | url }}\n> ```\n',
        'Use `{{ "/x" | url }}` or ``{% image "`" %}``.',
        "<script>\nlet a = `{{ x }}`;\n</script>",
        '```\nnever closed {{ "/x" | url }}',
    ],
)
def test_code_is_left_alone(code: str) -> None:
    assert shown(code) == code


def test_a_code_span_ends_with_its_paragraph() -> None:
    assert shown('A ` alone.\n\n{{ "/x" | url }} and ` again.') == "A ` alone.\n\n/x and ` again."


def test_raw_marks_go_and_what_they_protect_stays() -> None:
    assert shown('{% raw %}{{ "/x" | url }}{% endraw %}') == '{{ "/x" | url }}'
    assert shown("```\nA={% raw %}{{{% endraw %} b }}\n```") == "```\nA={{ b }}\n```"
    assert shown("```\n{% raw %}\n{{ b }}\n{% endraw %}\n```") == "```\n{{ b }}\n```"
    assert shown("`{% raw %}{{{% endraw %} }}`") == "`{{ }}`"


def test_a_fence_that_ends_inside_raw_still_ends() -> None:
    body = "```sh\n{% raw %}\ncode {{ b }}\n```\n{% endraw %}\nText {{ '/x' | url }}\n"
    assert shown(body) == "```sh\ncode {{ b }}\n```\n\nText /x\n"


def test_an_escaped_shortcode_is_shown_as_one() -> None:
    assert shown("{{</* youtube id */>}}", Dialect.HUGO) == "{{< youtube id >}}"


def test_boxes_and_quotations_become_block_quotes() -> None:
    assert shown('{{% notice tip %}}\nUse [rye]({{< ref "/rye.md" >}}).\n{{% /notice %}}') == (
        "> [!TIP]\n> Use [rye](/rye/)."
    )
    assert (
        shown('{% quote(author="Ada") %}\nRest.\n{% end %}', Dialect.ZOLA) == "> Rest.\n>\n> — Ada"
    )
    assert shown("{% warning %}\nHot.\n{% endwarning %}") == "> [!WARNING]\n> Hot."


def test_a_part_that_folds_stays_one() -> None:
    assert shown('{{< details "More" >}}\nText\n{{< /details >}}', Dialect.HUGO) == (
        "<details>\n<summary>More</summary>\n\nText\n\n</details>"
    )


def test_remarks_and_attribute_lists_are_left_out() -> None:
    assert shown("A{% comment %}no `tick\n\nno{% endcomment %}B{# no #}C") == "ABC"
    assert shown("A\n\n* TOC\n{:toc}\n\nD\n{: .wide #x}\n") == "A\n\n\n\nD\n\n"
    assert (
        shown("## Title {#title}\n\nA set {#x} here", Dialect.HUGO) == "## Title\n\nA set {#x} here"
    )
    assert shown("Ruby has {:foo => 1} hashes.") == "Ruby has {:foo => 1} hashes."


@pytest.mark.parametrize(
    "tag",
    [
        "{% for a in b %}x{% endfor %}",
        "{{ page.unknown }}",
        "{% include newsletter.html %}",
        "{% youtube not-an-id-at-all-but-a-sentence %}",
        "{{< unknown a=b >}}",
        "{{ 7 * 7 }}",
        "{{ config.items() }}",
        "{{ ''.__class__.__mro__ }}",
        "{% ", "{{ ", "{{< ", "{#", "}} %}",
    ],
)  # fmt: skip
def test_what_is_not_understood_is_kept_and_never_run(tag: str) -> None:
    assert shown(tag) == tag


def test_a_value_with_a_strange_filter_is_reduced_to_its_text() -> None:
    converted = convert_tags(
        '{{ "ada" | team_link }} {{ "ada" | team_photo }}', dialect=Dialect.MIXED
    )
    assert converted.body == "ada (team photo: ada)"
    assert dict(converted.tags) == {
        ("| team_link", Outcome.REDUCED): 1,
        ("| team_photo", Outcome.REDUCED): 1,
    }


def test_everything_is_counted() -> None:
    body = "{% a %}{% a %}{{ b }}{% comment %}c{% endcomment %}{{ '/d' | url }}"
    assert dict(convert_tags(body, dialect=Dialect.MIXED).tags) == {
        ("a", Outcome.KEPT): 2,
        ("{{ b }}", Outcome.KEPT): 1,
        ("comment", Outcome.DROPPED): 1,
        ("| url", Outcome.CONVERTED): 1,
    }


def test_a_generator_knows_only_its_own_tags() -> None:
    body = "{{< youtube aeQX16HCKSs >}} {{ '/x' | url }} {% youtube aeQX16HCKSs %}"
    video = "[Video on YouTube](https://www.youtube.com/watch?v=aeQX16HCKSs)"
    assert shown(body, Dialect.HUGO) == f"{video} {{{{ '/x' | url }}}} {{% youtube aeQX16HCKSs %}}"
    assert shown(body, Dialect.JEKYLL) == f"{{{{< youtube aeQX16HCKSs >}}}} /x {video}"
    assert shown(body, Dialect.PLAIN) == body


@pytest.mark.parametrize(
    "piece",
    ["{% note %}", "{{ ", "{% raw %}", "`", "`a``", "{{< note >}}", "<script>", '{% image "', "{%",
     "{#", "<div>\n{{ 'a' | url }}\n", "{: .a", "```\n"],
)  # fmt: skip
def test_a_text_full_of_beginnings_is_read_to_its_end(piece: str) -> None:
    """A quadratic search would hold this test up for minutes."""
    body = piece * (500_000 // len(piece))
    assert len(shown(body)) > 0 or piece.startswith(("{: ", "{#"))
