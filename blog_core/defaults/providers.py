"""The default provider of each port, by hook."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from blog_core.defaults.executor import CoreExecutor
from blog_core.defaults.no_cache import NoCache
from blog_core.defaults.stages import DraftAndPublished
from blog_core.defaults.text import UnchangedText

if TYPE_CHECKING:
    from blog_core.host.setup import Setup
    from blog_core.ports import QueryExecutor


def _executor(setup: "Setup") -> "QueryExecutor":
    return CoreExecutor(setup.open_engine())


DEFAULTS: Mapping[str, Callable[["Setup"], object]] = {
    "blog_query_executor": _executor,
    "blog_cache": lambda _setup: NoCache(),
    "blog_stage_loader": lambda setup: DraftAndPublished(setup.executor),
    "blog_text_optimizer": lambda _setup: UnchangedText(),
}
