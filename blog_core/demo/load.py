"""The sample blog put into a database: authors, posts, pictures, comments and an administrator."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from blog_core.access.passwords import one_time_password
from blog_core.changes import bulk
from blog_core.content.accounts import create_account
from blog_core.content.bulk_comments import GivenComment, put_comments
from blog_core.importing.archive import Archive, ReadOptions
from blog_core.importing.dialect import Dialect
from blog_core.importing.load import write
from blog_core.importing.post import ImportedPost
from blog_core.importing.prepare import prepare
from blog_core.importing.shelf import Shelf
from blog_core.model import Post
from blog_core.site import SYSTEM, Site

CONTENT = Path(__file__).parent / "content"
ADMIN_NAME = "The administrator"


@dataclass(frozen=True, slots=True)
class People:
    """Who writes and who comments, from `demo.toml`."""

    written_on: date
    authors: tuple[Mapping[str, Any], ...]
    comments: tuple[Mapping[str, Any], ...]


def load_demo(site: Site, *, admin_email: str) -> str:
    """Fill an empty blog with the samples and give the one-time password of its administrator.

    All dates are moved so that the newest post came out a few days ago and one is still to come.
    Everything is one transaction: a start that is interrupted leaves nothing behind.
    """
    people = read_people()
    posts = DemoArchive(site.clock(), people.written_on)
    password = one_time_password()
    password_hash = site.access.passwords.hash(password)
    with Shelf(site) as shelf:
        ready = prepare(site, posts, shelf, on_progress=_say_nothing)
        with site.transaction(SYSTEM) as session, bulk(session):
            create_account(
                session,
                name=ADMIN_NAME,
                role="admin",
                email=admin_email,
                password_hash=password_hash,
                must_change_password=True,
            )
            for author in people.authors:
                create_account(session, **author)
            write(session, ready, shelf, on_progress=_say_nothing)
            put_comments(session, list(_comments(session, people)))
    return password


class DemoArchive(Archive):
    """The sample posts, all their times moved by the same number of days."""

    def __init__(self, now: datetime, written_on: date) -> None:
        super().__init__(CONTENT, ReadOptions(now=now, dialect=Dialect.PLAIN, source="demo"))
        self._later = timedelta(days=(now.date() - written_on).days)

    def __iter__(self) -> Iterator[ImportedPost]:
        for post in super().__iter__():
            yield replace(
                post,
                publish_at=post.publish_at and post.publish_at + self._later,
                created_at=post.created_at + self._later,
                updated_at=post.updated_at + self._later,
            )


def read_people() -> People:
    """The authors' profiles and the readers' comments."""
    values = tomllib.loads((CONTENT / "demo.toml").read_text(encoding="utf-8"))
    return People(values["written_on"], tuple(values["authors"]), tuple(values["comments"]))


def _comments(session: Session, people: People) -> Iterator[GivenComment]:
    """The comments of the samples, each at a time of day of its own."""
    posts = {row.slug: row for row in session.execute(select(Post.slug, Post.id, Post.publish_at))}
    for number, comment in enumerate(people.comments):
        post = posts[comment["post"]]
        day = (post.publish_at + timedelta(days=comment["days_after"])).date()
        moment = datetime.combine(day, time(9 + number % 11, number * 7 % 60), tzinfo=UTC)
        yield GivenComment(
            source_key=f"demo:{number}",
            post_id=post.id,
            body=comment["body"],
            author_name=comment["name"],
            author_url=comment.get("url"),
            created_at=moment,
            status=comment.get("status", "approved"),
        )


def _say_nothing(_what: str, _done: int, _total: int) -> None:
    return None
