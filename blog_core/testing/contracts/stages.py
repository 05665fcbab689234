"""The exam of the stage port."""

from collections.abc import Mapping
from typing import Any

import pytest

from blog_core.errors import NotFound, ValidationError
from blog_core.ports import Actor, Refusal, StageLoader

STATES = {"NOT_STARTED", "IN_PROGRESS", "COMPLETED"}
GOOD = {"title": "A title", "content": "Some text.", "status": "draft"}
NOBODY_S_POST = 2**40
CONTRIBUTOR = Actor(account_id=1, name="Con", role="contributor")
EDITOR = Actor(account_id=2, name="Edie", role="editor")


class StageLoaderContract:
    """Give `stages` (the provider), `post_id` (a draft) and `stage_id` (a stage that it is in)."""

    @pytest.fixture
    def stages(self) -> StageLoader:
        """The provider under exam."""
        raise pytest.UsageError("Give this class a fixture `stages` that returns your provider.")

    @pytest.fixture
    def post_id(self) -> int:
        """A draft with a title."""
        raise pytest.UsageError("Give this class a fixture `post_id`: the id of a draft.")

    @pytest.fixture
    def stage_id(self) -> str:
        """A stage of that draft."""
        return "draft"

    def test_a_stage_has_its_parts(self, stages: StageLoader, post_id: int, stage_id: str) -> None:
        stage: Any = stages.load(post_id, stage_id)
        assert {"fields", "history", "status", "version", "complete", "errors"} <= set(stage)
        assert isinstance(stage["fields"], Mapping)
        assert stage["status"] in STATES
        assert stage["complete"] is (not stage["errors"])
        assert isinstance(stage["version"], int)

    def test_an_unknown_post_is_not_found(self, stages: StageLoader, stage_id: str) -> None:
        with pytest.raises(NotFound, match=str(NOBODY_S_POST)):
            stages.load(NOBODY_S_POST, stage_id)

    def test_an_unknown_stage_is_not_found(self, stages: StageLoader, post_id: int) -> None:
        with pytest.raises(NotFound, match="no-such-stage"):
            stages.load(post_id, "no-such-stage")

    def test_good_data_is_valid(self, stages: StageLoader) -> None:
        assert stages.validate(GOOD) is True
        assert stages.validate({**GOOD, "title": "x" * 255}) is True

    @pytest.mark.parametrize(
        "change,faulty",
        [
            ({"title": ""}, {"title"}),
            ({"title": "x" * 256}, {"title"}),
            ({"title": 5}, {"title"}),
            ({"content": None}, {"content"}),
            ({"status": "nearly"}, {"status"}),
            ({"title": "", "content": "", "status": ""}, {"title", "content", "status"}),
        ],
    )
    def test_every_fault_is_named(
        self, stages: StageLoader, change: dict[str, object], faulty: set[str]
    ) -> None:
        with pytest.raises(ValidationError) as caught:
            stages.validate({**GOOD, **change})
        assert {error.field for error in caught.value.errors} == faulty
        assert all(field in str(caught.value) for field in faulty)

    def test_nothing_at_all_names_every_field(self, stages: StageLoader) -> None:
        with pytest.raises(ValidationError) as caught:
            stages.validate({})
        assert {error.field for error in caught.value.errors} == {"title", "content", "status"}

    def test_a_contributor_may_not_publish_and_is_told_why(
        self, stages: StageLoader, post_id: int
    ) -> None:
        refusal = stages.may(post_id, CONTRIBUTOR, "publish")
        assert isinstance(refusal, Refusal)
        assert refusal.reason

    def test_an_editor_is_answered(self, stages: StageLoader, post_id: int) -> None:
        answer = stages.may(post_id, EDITOR, "publish")
        assert answer is None or isinstance(answer, Refusal)
