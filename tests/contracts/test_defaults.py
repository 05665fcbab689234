"""The core's defaults sit the exams too."""

from collections.abc import Iterator

import pytest
from sqlalchemy import make_url

from blog_core.defaults.executor import CoreExecutor
from blog_core.defaults.text import UnchangedText
from blog_core.model.database import own_engine
from blog_core.ports import QueryExecutor, StageLoader, TextOptimizer
from blog_core.testing.contracts import (
    QueryExecutorContract,
    StageLoaderContract,
    TextOptimizerContract,
)
from blog_core.testing.trial import BlogMaker, TrialBlog


class TestCoreExecutor(QueryExecutorContract):
    @pytest.fixture
    def executor(self, database_url: str) -> Iterator[QueryExecutor]:
        executor = CoreExecutor(own_engine(make_url(database_url), "contract"))
        yield executor
        executor.engine.dispose()


class TestUnchangedText(TextOptimizerContract):
    @pytest.fixture
    def text(self) -> TextOptimizer:
        return UnchangedText()


class TestDraftAndPublished(StageLoaderContract):
    @pytest.fixture
    def trial(self, blog_app: BlogMaker, database_url: str) -> TrialBlog:
        return blog_app(database_url=database_url)

    @pytest.fixture
    def stages(self, trial: TrialBlog) -> StageLoader:
        return trial.site.ports.stages

    @pytest.fixture
    def post_id(self, trial: TrialBlog) -> int:
        return trial.post("A draft", published=False)

    def test_a_published_post_has_completed_both_stages(self, trial: TrialBlog) -> None:
        post_id = trial.post("Out")
        for stage_id in ("draft", "published"):
            stage = trial.site.ports.stages.load(post_id, stage_id)
            assert (stage["status"], stage["missing"]) == ("COMPLETED", [])

    def test_a_draft_has_not_begun_to_be_published(self, trial: TrialBlog, post_id: int) -> None:
        stages = trial.site.ports.stages
        assert stages.load(post_id, "draft")["status"] == "IN_PROGRESS"
        assert stages.load(post_id, "published")["status"] == "NOT_STARTED"

    def test_loading_a_stage_takes_two_statements(self, trial: TrialBlog, post_id: int) -> None:
        with trial.statements() as log:
            trial.site.ports.stages.load(post_id, "draft")
        assert len(log) == 2
