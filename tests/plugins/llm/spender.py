"""A process that reserves from the till with many threads, and says how much it got."""

import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from blog_core import create_app
from blog_core.api import SYSTEM
from plugins.llm.own import own_llm
from plugins.llm.till.budget import BudgetReached, caps_of, reserve, settle
from plugins.llm.till.money import Spent

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TOKENS = 700


def main(database_url: str, folder: str, threads: int, turns: int, cap: int) -> None:
    """Reserve again and again; every second reservation is settled for less than was put aside."""
    app = create_app(
        {
            "environment": "test",
            "plugins": ["llm"],
            "database_url": database_url,
            "data_dir": Path(folder),
            "llm": {"day_tokens": cap},
        }
    )
    site = app.extensions["blog"]["blog"]
    caps = caps_of(own_llm(site, "A test").settings, 7, AT)
    got = [0] * threads

    def spend(number: int) -> None:
        for turn in range(turns):
            try:
                with site.transaction(SYSTEM) as session:
                    reserve(session, caps, Spent(TOKENS, 0), "USD")
                used = TOKENS if turn % 2 else TOKENS // 2
                with site.transaction(SYSTEM) as session:
                    settle(session, [cap.period for cap in caps], Spent(TOKENS, 0), Spent(used, 0))
                got[number] += used
            except BudgetReached:
                return

    running = [threading.Thread(target=spend, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    site.changes.close()
    site.ports.executor.close()
    sys.stdout.write(f"{sum(got)}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6]))
