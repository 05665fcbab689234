"""A plugin with a page that writes, and then takes its time before it commits."""

import threading

from blog_core.api import NEVER, Contribute, Route, current_site, hookimpl
from plugins.db_opt import execute_query

HOLDS, LET_GO = threading.Event(), threading.Event()


def hold() -> str:
    with current_site().transaction():
        execute_query("UPDATE tag SET post_count = post_count")  # held
        HOLDS.set()
        LET_GO.wait(30)
    return "done"


@hookimpl
def blog_contribute(contribute: Contribute) -> None:
    contribute.routes(
        Route(
            endpoint="clerk_hold",
            rule="/clerk/hold",
            view=hold,
            permission="public",
            cache=NEVER,
        )
    )
