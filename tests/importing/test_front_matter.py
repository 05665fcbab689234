"""The head of a file: three languages, odd files, and faults that say where they are."""

import pytest

from blog_core.importing.errors import FrontMatterFault
from blog_core.importing.front_matter import FrontMatter, split_front_matter
from blog_core.importing.plain_values import MAX_DEPTH
from blog_core.importing.post import JsonValue


def values(text: str) -> object:
    return split_front_matter(text, "post.md").values


def fault(text: str) -> str:
    with pytest.raises(FrontMatterFault) as raised:
        split_front_matter(text, "post.md")
    return str(raised.value)


def test_yaml_toml_and_json_say_the_same() -> None:
    expected: dict[str, JsonValue] = {
        "title": "Bread",
        "tags": ["slow", "rye"],
        "draft": True,
        "params": {"hours": 18},
    }
    yaml = "---\ntitle: Bread\ntags: [slow, rye]\ndraft: true\nparams:\n  hours: 18\n---\nText\n"
    toml = (
        '+++\ntitle = "Bread"\ntags = ["slow", "rye"]\ndraft = true\n'
        "[params]\nhours = 18\n+++\nText\n"
    )
    json = (
        '{"title": "Bread", "tags": ["slow", "rye"], "draft": true, "params": {"hours": 18}}\n'
        "Text\n"
    )
    for text, language in ((yaml, "yaml"), (toml, "toml"), (json, "json")):
        found = split_front_matter(text, "post.md")
        assert found == FrontMatter(expected, "Text\n", language)


def test_a_word_after_the_dashes_names_the_language() -> None:
    assert values('---json\n{"title": "Bread"}\n---\n') == {"title": "Bread"}
    assert values('---toml\ntitle = "Bread"\n---\n') == {"title": "Bread"}


def test_code_as_front_matter_is_refused() -> None:
    message = fault("---js\n{ title: process.exit() }\n---\n")
    assert message == (
        "post.md, line 1: found front matter in 'js', expected YAML, TOML or JSON; code is never "
        "run. Correct the file and import again."
    )


def test_words_that_look_like_something_else_keep_their_form() -> None:
    text = "---\na: 2015-01-06\nb: no\nc: 1.10\nd: 007\ne: 12:30\nf: 0x1F\ng: 1e3\nh: .nan\n---\n"
    assert values(text) == {
        "a": "2015-01-06", "b": "no", "c": "1.10", "d": "007", "e": "12:30", "f": "0x1F",
        "g": "1e3", "h": ".nan",
    }  # fmt: skip


def test_numbers_truth_and_nothing_are_recognised() -> None:
    assert values("---\na: 12\nb: -1.5\nc: true\nd:\ne: ~\nf: '12'\n---\n") == {
        "a": 12, "b": -1.5, "c": True, "d": None, "e": None, "f": "12",
    }  # fmt: skip


def test_toml_dates_become_text() -> None:
    text = "+++\ndate = 2026-02-03T04:05:06Z\nday = 2026-02-03\n+++\n"
    assert values(text) == {"date": "2026-02-03T04:05:06+00:00", "day": "2026-02-03"}


def test_a_text_without_front_matter_is_all_body() -> None:
    assert split_front_matter("# Bread\n\nText\n", "post.md") == FrontMatter(
        {}, "# Bread\n\nText\n"
    )


@pytest.mark.parametrize(
    "text", ["---\n\nA line above, none below.\n", "{% include a.html %}\n", "{: .x}\n"]
)
def test_a_rule_or_a_tag_at_the_beginning_is_no_front_matter(text: str) -> None:
    assert split_front_matter(text, "post.md") == FrontMatter({}, text)


def test_prose_between_two_rules_stays_in_the_text() -> None:
    text = "---\nJust a sentence.\n---\nMore.\n"
    found = split_front_matter(text, "post.md")
    assert (found.values, found.body) == ({}, text)
    assert found.notes == (
        "the text between two lines of --- is no front matter and was kept as text",
    )


def test_empty_front_matter_is_allowed() -> None:
    assert split_front_matter("---\n---\nText", "post.md") == FrontMatter({}, "Text", "yaml")


def test_windows_line_ends_are_kept_in_the_body() -> None:
    found = split_front_matter("---\r\ntitle: Bread\r\n---\r\n\r\nOne\r\nTwo\r\n", "post.md")
    assert (found.values, found.body) == ({"title": "Bread"}, "One\r\nTwo\r\n")


def test_only_one_blank_line_belongs_to_the_head() -> None:
    assert split_front_matter("---\ntitle: x\n---\n\n\nText", "post.md").body == "\nText"


def test_a_key_that_comes_twice_is_named_with_its_line() -> None:
    assert fault("---\ntitle: One\ntags: []\ntitle: Two\n---\n") == (
        "post.md, line 4: found the key 'title' a second time, expected every key once. "
        "Correct the file and import again."
    )
    assert "the key 'a' a second time" in fault('{"a": 1, "a": 2}\n')
    assert "post.md, line 3: found Cannot overwrite a value" in fault("+++\na = 1\na = 2\n+++\n")


def test_an_unquoted_colon_is_named_with_its_line() -> None:
    message = fault("---\nlayout: post\ntitle: Bread: a love story\n---\n")
    assert message.startswith("post.md, line 3: found mapping values are not allowed")
    assert "needs quotes" in message


def test_an_unclosed_head_is_named() -> None:
    assert fault("---\ntitle: Bread\n\nText\n") == (
        "post.md, line 1: found an opening ---, expected a closing --- after the keys. "
        "Correct the file and import again."
    )


def test_broken_toml_and_json_are_named_with_their_line() -> None:
    assert fault("+++\ntitle = 'a'\nb = \n+++\n").startswith("post.md, line 3: found Invalid value")
    assert fault('{"a": 1,\n "b": }\n').startswith("post.md, line 2: found Expecting value")
    assert fault('---json\n{"a": 1,\n "b": }\n---\n').startswith("post.md, line 3: ")


def test_tags_that_make_objects_are_refused() -> None:
    assert "found the tag !!python/object:os.system" in fault(
        "---\na: !!python/object:os.system [x]\n---\n"
    )
    assert "found the tag !!binary" in fault("---\na: !!binary aGk=\n---\n")


def test_an_alias_may_be_used_and_a_merge_fills_what_is_missing() -> None:
    text = "---\nbase: &b {hours: 18, flour: rye}\nbread:\n  <<: *b\n  flour: wheat\n---\n"
    assert values(text) == {
        "base": {"hours": 18, "flour": "rye"}, "bread": {"flour": "wheat", "hours": 18},
    }  # fmt: skip


def test_a_bomb_of_aliases_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    message = fault("---\n" + "\n".join(lines) + "\n---\n")
    assert "found more values, expected at most 10,000 values" in message


def test_an_alias_to_itself_is_refused() -> None:
    assert "found the alias *a, expected an anchor before it" in fault("---\na: &a [*a]\n---\n")


@pytest.mark.parametrize(
    "head",
    [
        "---\na: " + "[" * 5_000 + "]" * 5_000 + "\n---\n",
        "+++\na = " + "[" * 5_000 + "]" * 5_000 + "\n+++\n",
        '{"a": ' + "[" * 5_000 + "]" * 5_000 + "}\n",
        '{"a": ' + "[" * (MAX_DEPTH + 2) + "]" * (MAX_DEPTH + 2) + "}\n",
    ],
    ids=["yaml", "toml", "json", "just over"],
)
def test_deep_nesting_is_refused(head: str) -> None:
    assert "nest" in fault(head)


def test_an_enormous_head_is_refused() -> None:
    assert "expected at most 65,536" in fault("---\na: " + "x" * 70_000 + "\n---\n")
    assert "expected at most 65,536" in fault('{"a": "' + "x" * 70_000 + '"}\n')


def test_keys_must_be_text() -> None:
    assert "expected text as a key" in fault("---\n? [a, b]\n: c\n---\n")
    assert "found an empty key" in fault('---\n"": c\n---\n')


def test_huge_numbers_become_text() -> None:
    digits = "9" * 30
    assert values(f"---\na: {digits}\n---\n") == {"a": digits}
    assert values(f'{{"a": {digits}, "b": 1e999}}\n') == {"a": digits, "b": "inf"}
