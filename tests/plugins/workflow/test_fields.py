"""A value has exactly its field's type and keeps its limits; a screen can tell them beforehand."""

from typing import Any

import pytest

from plugins.workflow.fields import StageField, cleaned, typed_value, value_faults


def field(**more: Any) -> StageField:
    return StageField.model_validate({"name": "it", "title": "It", **more})


def codes(value: object, **more: Any) -> list[str]:
    return [fault.code for fault in value_faults(field(**more), value)]


@pytest.mark.parametrize(
    "kind, good",
    [
        ("text", "two\nlines"),
        ("line", "one"),
        ("link", "https://example.org/a?b=c"),
        ("date", "2026-02-28"),
        ("number", 7),
        ("yes_no", False),
    ],
)
def test_a_right_value_has_no_faults_and_every_other_type_is_one(kind: str, good: object):
    assert codes(good, type=kind) == []
    assert codes(None, type=kind) == []
    others: list[object] = ["x", 1, True, 1.0, b"x", [], {}]
    for other in others:
        if type(other) is not type(good):
            assert codes(other, type=kind) == ["type"], other


def test_true_is_no_number_and_one_is_no_yes():
    assert [f.message for f in value_faults(field(type="number"), True)] == [
        "found bool, expected a whole number"
    ]
    assert [f.message for f in value_faults(field(type="yes_no"), 1)] == [
        "found int, expected true or false"
    ]


@pytest.mark.parametrize(
    "more, value, code",
    [
        ({}, "x" * 2_001, "too_long"),
        ({"max_chars": 3}, "four", "too_long"),
        ({"min_chars": 5}, "four", "too_short"),
        ({"type": "line"}, "a\nb", "lines"),
        ({"type": "line"}, "x" * 256, "too_long"),
        ({"type": "link"}, "javascript:alert(1)", "invalid"),
        ({"type": "link"}, "https://[", "invalid"),
        ({"type": "date"}, "2026-02-30", "invalid"),
        ({"type": "date"}, "tomorrow", "invalid"),
        ({"type": "choice", "choices": ["a", "b"]}, "c", "unknown"),
        ({"type": "number", "min": 2}, 1, "too_small"),
        ({"type": "number", "max": 2}, 3, "too_large"),
        ({"type": "number"}, 10**30, "too_large"),
        ({}, "a\x00b", "characters"),
        ({}, "half \ud83c", "characters"),
    ],
)
def test_a_passed_limit_is_named(more: dict[str, Any], value: object, code: str):
    assert codes(value, **more) == [code]


def test_characters_of_every_script_count_as_one():
    assert codes("\t\u200b🍞ß", max_chars=4) == []


def test_the_limits_are_there_to_be_shown():
    assert field().limits == {"required": False, "max_chars": 2000}
    assert field(type="number", min=0, max=9).limits == {"required": False, "min": 0, "max": 9}
    choice = field(type="choice", choices=["a"], required=True)
    assert choice.limits == {"required": True, "choices": ("a",)}


@pytest.mark.parametrize(
    "kind, typed, value",
    [
        ("text", " a\r\nb ", " a\nb "),
        ("line", " a ", "a"),
        ("number", " -12 ", -12),
        ("number", "twelve", "twelve"),
        ("number", "", None),
        ("yes_no", "on", True),
        ("yes_no", "", False),
        ("date", " 2026-11-24 ", "2026-11-24"),
    ],
)
def test_what_was_typed_becomes_the_fields_type(kind: str, typed: str, value: object):
    assert cleaned(typed_value(field(type=kind), typed)) == value


def test_a_number_that_is_none_is_a_fault_with_what_was_typed():
    (fault,) = value_faults(field(type="number"), typed_value(field(type="number"), "a dozen"))
    assert fault.message == "found the text 'a dozen', expected a whole number"
