"""The usual scheme, for comparison: keep the page in Redis, commit, then delete the key.

A reader who read before the commit and stores after the deletion leaves the old page there, until
the next save or the end of its time.
"""

import json
import os
import time
from typing import Any

import redis
from flask import Flask, Response
from sqlalchemy import create_engine, text

from bench.saves import shown
from bench.staleness import Save

_KEY, _TTL_S, _RENDER_S = "page", 300, 0.002


def site() -> Any:
    """The app of one worker; BENCH_CONFIG holds `database_url` and `redis_url`."""
    config = json.loads(os.environ["BENCH_CONFIG"])
    client = redis.Redis.from_url(config["redis_url"])
    engine = create_engine(config["database_url"])
    app = Flask(__name__)

    @app.get("/page")
    def page() -> Response:
        kept: Any = client.get(_KEY)
        if kept is not None:
            return Response(kept, headers={"Cache-Status": "blog; hit"})
        with engine.connect() as connection:
            number = connection.execute(text("SELECT number FROM page")).scalar_one()
        time.sleep(_RENDER_S)
        body = shown(number)
        client.set(_KEY, body, ex=_TTL_S)
        return Response(body)

    return app.wsgi_app


def save_of(config: dict[str, str]) -> Save:
    """Commit, then delete."""
    client = redis.Redis.from_url(config["redis_url"])
    engine = create_engine(config["database_url"])
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE page (number INTEGER)"))
        connection.execute(text("INSERT INTO page VALUES (0)"))

    def save(number: int) -> None:
        with engine.begin() as connection:
            connection.execute(text("UPDATE page SET number = :number"), {"number": number})
        client.delete(_KEY)

    return save
