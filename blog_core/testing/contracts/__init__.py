"""One exam a port: derive a test class, give it your provider, and pytest runs the exam.

    from blog_core.testing.contracts import CacheContract

    class TestMyCache(CacheContract):
        @pytest.fixture
        def cache(self):
            return MyCache()

What the exams ask is what the core relies on; a provider that passes can take the default's place.
"""

from blog_core.testing.contracts.cache import CacheContract
from blog_core.testing.contracts.executor import QueryExecutorContract
from blog_core.testing.contracts.stages import StageLoaderContract
from blog_core.testing.contracts.text import TextOptimizerContract

__all__ = [
    "CacheContract",
    "QueryExecutorContract",
    "StageLoaderContract",
    "TextOptimizerContract",
]
