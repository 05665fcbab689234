"""The home page as a hand-written Flask view: one raw statement, one held connection, our template.

It replays the blog's own statement, so that both sides read the same rows, and fills the same
template with the same view models. What it lacks is everything else that a blog does.
"""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import Flask

from blog_core import create_app
from blog_core.content import queries
from blog_core.content.keyset import Cursor, start
from blog_core.reader.dates import moment
from blog_core.reader.pages import Head, Link, ListPage, Pagination, PostSummary, SiteView
from blog_core.reader.theme import theme_environment
from blog_core.reader.urls import Urls
from blog_core.site import Site

Row = Mapping[str, Any]


def handwritten_app(config: Mapping[str, Any]) -> Flask:
    """An app with one view, at `/`, on the database of a blog."""
    site: Site = create_app(config).extensions["blog"]["blog"]
    core = site.settings.core
    urls = Urls.of(site_url=core.site_url, url_prefix="")
    environment = theme_environment(lambda name: urls.asset(site.assets[name].digest, name))
    template = environment.get_template("blog/home.html")
    places = {"Archive": urls.archive, "Tags": urls.tags, "Search": urls.search}
    view = SiteView(
        title=core.title,
        home_url=urls.home(),
        feed_url=urls.feed(),
        language=core.language,
        tagline=core.tagline,
        rss_url=urls.rss(),
        search_url=urls.search(),
        nav=tuple(Link(name, to()) for name, to in places.items()),
    )
    head = Head(core.title, urls.absolute(urls.home()), description=core.tagline)
    read = reader(config["database_url"], core.posts_per_page + 1)
    app = Flask(__name__)

    @app.get("/")
    def home() -> str:
        rows = read()
        shown = rows[: core.posts_per_page]
        last = shown[-1]
        older = str(Cursor(instant(last["publish_at"]), last["id"])) if rows[len(shown) :] else ""
        page = ListPage(
            site=view,
            head=head,
            path=urls.home(),
            posts=tuple(summary(urls, row) for row in shown),
            pagination=Pagination(older_url=urls.home(older) if older else ""),
        )
        return template.render(page=page)

    return app


def summary(urls: Urls, row: Row) -> PostSummary:
    """A post of the list."""
    return PostSummary(
        title=row["title"],
        url=urls.post(row["slug"]),
        published=moment(instant(row["publish_at"])),
        excerpt=row["excerpt"],
        authors=tuple(Link(a["name"], urls.author(a["slug"])) for a in parsed(row["authors"])),
        tags=tuple(Link(tag["name"], urls.tag(tag["slug"])) for tag in parsed(row["tags"])),
        reading_time_min=row["reading_time_min"],
        comment_count=row["comment_count"],
    )


def reader(url: str, limit: int) -> Callable[[], Sequence[Row]]:
    """Read the newest posts by the raw statement on one connection that is held for good."""
    statement, parameters = raw_statement(url, limit)
    cursor = connect(sa.make_url(url)).cursor()

    def read() -> Sequence[Row]:
        cursor.execute(statement, parameters)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    return read


def raw_statement(url: str, limit: int) -> tuple[str, Any]:
    """The text and the parameters that the blog's list of posts sends to the database now."""
    sent: list[tuple[str, Any]] = []
    engine = sa.create_engine(url)

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        sent.append((statement, parameters))

    sa.event.listen(engine, "before_cursor_execute", note)
    newest = start(datetime.now(UTC))
    values = {"now": newest.at, "at": newest.at, "id": newest.id, "limit": limit}
    with engine.connect() as connection:
        connection.execute(queries.POSTS_OLDER.statement, values)
    engine.dispose()
    return sent[-1]


def connect(url: sa.URL) -> Any:
    """A connection of the database's own driver, without transactions."""
    if url.get_backend_name() == "sqlite":
        return sqlite3.connect(str(url.database), isolation_level=None, check_same_thread=False)
    import psycopg2

    connection = psycopg2.connect(url.set(drivername="postgresql").render_as_string(False))
    connection.autocommit = True
    return connection


def instant(value: str | datetime) -> datetime:
    """A time as SQLite keeps it (text) or PostgreSQL gives it."""
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return value.astimezone(UTC)


def parsed(value: Any) -> list[Row]:
    """A JSON list as SQLite gives it (text) or psycopg2 has parsed it."""
    return list(json.loads(value) if isinstance(value, str) else value)
