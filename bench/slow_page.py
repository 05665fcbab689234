"""A blog with one page that takes long to build, and writes down each time it is built."""

import json
import os
import time
from pathlib import Path
from typing import Any

from blog_core.api import Page, Route, cached_page, depend, hookimpl

PATH = "/slow"
BUILD_S = 0.2


class SlowPage:
    """A plugin with the page."""

    name = "slow"

    def __init__(self, log: Path) -> None:
        self._log = log

    @hookimpl
    def blog_contribute(self, contribute: Any) -> None:
        """The page's route, cached as any other."""
        contribute.routes(
            Route("slow_page", PATH, self._build, permission="public", cache=cached_page())
        )

    def _build(self) -> Page:
        depend("slow:1")
        with self._log.open("a") as log:
            log.write(f"{os.getpid()}\n")
        time.sleep(BUILD_S)
        return Page(f"Built by {os.getpid()} at {time.time()}.\n" * 200)


def site() -> Any:
    """The app of one worker: the blog of BENCH_CONFIG and the page; SLOW_LOG is the list's file."""
    from blog_core import create_app

    config = json.loads(os.environ["BENCH_CONFIG"])
    plugins = [*config.pop("plugins"), SlowPage(Path(os.environ["SLOW_LOG"]))]
    return create_app({**config, "plugins": plugins})
