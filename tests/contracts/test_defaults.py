"""The core's defaults sit the exams too."""

from collections.abc import Iterator

import pytest
from sqlalchemy import make_url

from blog_core.defaults.executor import CoreExecutor
from blog_core.defaults.text import UnchangedText
from blog_core.model.database import own_engine
from blog_core.ports import QueryExecutor, TextOptimizer
from blog_core.testing.contracts import QueryExecutorContract, TextOptimizerContract


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
