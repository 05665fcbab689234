"""Every fault of a post's basic data is named at once; plugins add rules; size comes first."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog_core.api import (
    FieldError,
    PluginFailed,
    StageValidator,
    TooLarge,
    ValidationError,
    hookimpl,
)
from plugins.workflow import validate_stage_data
from plugins.workflow.saving import save_stage
from plugins.workflow.validation import LIMITS, STATUSES, basic_faults
from tests.flows.world import World

GOOD = {"title": "A title", "content": "Text", "status": "draft"}


def faults(**change: object) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as refused:
        validate_stage_data({**GOOD, **change})
    return [(error.field, error.code) for error in refused.value.errors]


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_of_a_post_is_right(status: str):
    assert validate_stage_data({**GOOD, "status": status}) is True


@pytest.mark.parametrize("title", ["x", "x" * 255, " " * 2_000 + "x", "e\u0301" * 255, "🍞" * 255])
def test_a_title_has_1_to_255_characters_after_nfc_and_trimming(title: str):
    assert validate_stage_data({**GOOD, "title": title})


@pytest.mark.parametrize(
    "change, found",
    [
        ({"title": "x" * 256}, [("title", "too_long")]),
        ({"title": " \n\t"}, [("title", "required")]),
        ({"title": None}, [("title", "required")]),
        ({"title": 5}, [("title", "type")]),
        ({"title": True}, [("title", "type")]),
        ({"title": b"x"}, [("title", "type")]),
        ({"content": ""}, [("content", "required")]),
        ({"content": "x" * 1_000_001}, [("content", "too_long")]),
        ({"status": "scheduled"}, [("status", "unknown")]),
        ({"status": "Draft"}, [("status", "unknown")]),
        ({"status": ["draft"]}, [("status", "type")]),
        (
            {"title": "x" * 256, "content": 7, "status": "gone"},
            [("title", "too_long"), ("content", "type"), ("status", "unknown")],
        ),
    ],
)
def test_each_fault_is_named(change: dict[str, object], found: list[tuple[str, str]]):
    assert faults(**change) == found


def test_the_text_of_the_error_names_every_fault_with_its_limit():
    with pytest.raises(ValidationError) as refused:
        validate_stage_data({"title": "x" * 300})
    assert str(refused.value) == (
        "title: found 300 characters, expected at most 255; "
        "content: found nothing, expected a text; status: found nothing, expected a text"
    )
    assert refused.value.errors[0].limit == LIMITS["title"]["max_chars"] == 255


def test_what_is_no_mapping_is_told():
    with pytest.raises(ValidationError, match="found list, expected a mapping"):
        validate_stage_data([])


def test_too_much_is_refused_before_any_other_work():
    with pytest.raises(TooLarge, match="bytes; at most 4,100,000 are accepted"):
        validate_stage_data({"title": 7, "content": "x" * 4_200_000, "status": "draft"})


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(ANYTHING | st.fixed_dictionaries({}, optional=dict.fromkeys(GOOD, ANYTHING)))
def test_nothing_but_true_or_named_faults_comes_out(data: Any):
    found = {fault.field for fault in basic_faults(data)}
    assert found <= {"data", *GOOD}
    if found:
        with pytest.raises(ValidationError):
            validate_stage_data(data)
    else:
        assert validate_stage_data(data) is True


class House:
    """A plugin with rules of its own."""

    name = "house"

    def check(self, stage_id: str | None, values: Mapping[str, object]) -> list[FieldError]:
        if stage_id is None and "!" in str(values.get("title")):
            return [FieldError("title", "shouting", "found a '!', expected calm")]
        if stage_id == "planning.idea" and values.get("idea") == "Cake":
            return [FieldError("idea", "taste", "found Cake, expected bread")]
        if values.get("audience") == "nobody":
            raise RuntimeError("no idea")
        return []

    @hookimpl
    def blog_contribute(self, contribute: Any) -> None:
        contribute.stage_validator(StageValidator("house", self.check))


def test_plugins_add_rules_for_posts_and_for_stages(
    make_world: Callable[..., World], sqlite_url: str
):
    world = make_world(sqlite_url, plugins=["workflow", House()])
    with world.site.activate():
        with pytest.raises(ValidationError) as refused:
            world.site.ports.stages.validate({"title": "Now!", "content": 1, "status": "draft"})
        assert [error.code for error in refused.value.errors] == ["type", "shouting"]
        post_id = world.draft(world.account("author"), "A")

        def save(**fields: str) -> None:
            with world.site.transaction() as session:
                save_stage(
                    session, post_id=post_id, stage_id="planning.idea", version=0, fields=fields
                )

        with pytest.raises(ValidationError, match="found Cake, expected bread"):
            save(idea="Cake")
        with pytest.raises(PluginFailed, match="'house' failed in the stage validator 'house'"):
            save(idea="Bread", audience="nobody")
        save(idea="Bread")
