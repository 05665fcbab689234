"""Views that go wrong in every way we know: they raise, forget, are cut off, start threads."""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from flask import Flask, Response, stream_with_context
from sqlalchemy import Connection, text

from blog_core.api import current_site
from plugins.db_opt import execute_query, get_db_connection, release_db_connection

Fault = Callable[[], Any]


def raises_in_a_transaction() -> None:
    with current_site().transaction():
        execute_query("INSERT INTO tag (slug, name, description, post_count) VALUES ('x','x','',0)")
        raise ArithmeticError


def forgets_a_connection() -> str:
    get_db_connection()
    return "ok"


def keeps_a_connection(kept: list[Connection]) -> str:
    kept.append(get_db_connection())
    return "ok"


def leaves_a_transaction_open(kept: list[Connection]) -> str:
    connection = get_db_connection()
    kept.append(connection)
    connection.execute(text("UPDATE tag SET post_count = 99"))
    return "ok"


def sends_nonsense() -> None:
    kept = get_db_connection()
    kept.execute(text("SELECT * FROM nowhere"))


def starts_a_thread_that_forgets() -> str:
    site = current_site()
    kept: list[Connection] = []

    def work() -> None:
        with site.app.app_context():
            kept.append(get_db_connection())

    def work_without_context() -> None:
        kept.append(site.ports.executor.engine.connect())

    for target in (work, work_without_context):
        thread = threading.Thread(target=target)
        thread.start()
        thread.join()
    return "ok"


def is_cut_off_while_streaming() -> Response:
    def rows() -> Iterator[str]:
        connection = get_db_connection()
        for number in range(1000):
            yield str(connection.execute(text("SELECT 1")).scalar())
            if number == 999:
                release_db_connection(connection)

    return Response(stream_with_context(rows()))


def does_nothing_wrong() -> str:
    execute_query("SELECT 1 AS one")
    connection = get_db_connection()
    release_db_connection(connection)
    return "ok"


def mount_faults(app: Flask) -> list[str]:
    """Add a view for each fault; their paths."""
    kept: list[Connection] = []
    faults: dict[str, Fault] = {
        "raise": raises_in_a_transaction,
        "forget": forgets_a_connection,
        "keep": lambda: keeps_a_connection(kept),
        "open": lambda: leaves_a_transaction_open(kept),
        "nonsense": sends_nonsense,
        "thread": starts_a_thread_that_forgets,
        "stream": is_cut_off_while_streaming,
        "fine": does_nothing_wrong,
    }
    for name, fault in faults.items():
        app.add_url_rule(f"/fault/{name}", name, fault)
    return [f"/fault/{name}" for name in faults]


def ask(app: Flask, path: str) -> None:
    """One request, whose answer is read for one chunk and then dropped."""
    with suppress(Exception):
        answer = app.test_client().get(path, buffered=False)
        with suppress(StopIteration):
            next(iter(answer.response))
        answer.close()


def chosen(paths: list[str], count: int, seed: int) -> list[str]:
    """Paths in a random order that is the same each time."""
    return random.Random(seed).choices(paths, k=count)
