"""Loading a sub-stage: the cache, one statement or several, and other loaders beside it."""

from plugins.workflow.loading.stage_loading import StageLoading
from plugins.workflow.loading.strategies import Strategy

__all__ = ["StageLoading", "Strategy"]
