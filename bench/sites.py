"""The sites under test: the blog, and what it is compared with.

Each is made in a server process of its own, from what its environment says: BENCH_CONFIG is a
configuration of the blog as JSON, BENCH_ANSWER the file of an `Answer`.
"""

import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

# WSGI is older than types: what it hands over is checked by the server, not here.
Wsgi = Callable[[Any, Any], Iterable[bytes]]


@dataclass(frozen=True)
class Answer:
    """One complete answer of a web server."""

    status: str
    headers: Sequence[tuple[str, str]]
    body: str

    def header(self, name: str) -> str:
        """The value of a header; empty when there is none."""
        values = (value for found, value in self.headers if found.lower() == name.lower())
        return next(values, "")

    def write(self, file: Path) -> None:
        """Keep it for a server process."""
        file.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, file: Path) -> "Answer":
        """The answer that `write` kept."""
        kept = json.loads(file.read_text())
        return cls(kept["status"], [(name, value) for name, value in kept["headers"]], kept["body"])


def bare() -> Wsgi:
    """Nothing but the answer: what the server itself costs."""
    answer = Answer.read(Path(os.environ["BENCH_ANSWER"]))
    body, headers = answer.body.encode(), list(answer.headers)

    def app(_environ: Any, start_response: Any) -> Iterable[bytes]:
        start_response(answer.status, headers)
        return [body]

    return app


def blog() -> Wsgi:
    """The blog, configured by BENCH_CONFIG, handed over as `blog serve` does it."""
    from blog_core import create_app

    return create_app(json.loads(os.environ["BENCH_CONFIG"])).wsgi_app


def flask_caching() -> Wsgi:
    """The same answer from a Flask view behind Flask-Caching's decorator; BENCH_CACHING is its
    configuration."""
    from flask import Flask, Response
    from flask_caching import Cache

    answer = Answer.read(Path(os.environ["BENCH_ANSWER"]))
    app = Flask(__name__)
    cache = Cache(app, config=json.loads(os.environ["BENCH_CACHING"]))

    @app.get("/")
    @cache.cached()
    def page() -> Response:
        return Response(answer.body, status=answer.status, headers=list(answer.headers))

    return app.wsgi_app


def handwritten() -> Wsgi:
    """The home page of that blog as a hand-written view."""
    from bench.handwritten import handwritten_app

    return handwritten_app(json.loads(os.environ["BENCH_CONFIG"]))


def constant_flask() -> Wsgi:
    """The same answer from a Flask view: what the framework costs."""
    from flask import Flask, Response

    answer = Answer.read(Path(os.environ["BENCH_ANSWER"]))
    app = Flask(__name__)

    @app.get("/")
    def page() -> Response:
        return Response(answer.body, status=answer.status, headers=list(answer.headers))

    return app.wsgi_app
