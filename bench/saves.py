"""Saves of every kind, through one blog: what a writer does while others read."""

from collections.abc import Mapping

from sqlalchemy import text, update

from bench.staleness import Save
from blog_core.content.posts import create_post
from blog_core.content.publishing import publish
from blog_core.content.text import PostText
from blog_core.model import Post
from blog_core.site import SYSTEM, Site

_RAW = text("UPDATE post SET html = :html WHERE id = :id")


def make_post(site: Site) -> int:
    """A published post at /posts/race; its id."""
    with site.transaction(SYSTEM) as session:
        saved = create_post(session, text=PostText(title="Race", body="x"), author_ids=(1,))
        publish(session, post_id=saved.post_id, version=saved.version)
    return saved.post_id


def saves_of(site: Site, post_id: int) -> Mapping[str, Save]:
    """By name: the ORM, a bulk statement, a savepoint, raw SQL, and raw SQL without a BEGIN."""

    def orm(number: int) -> None:
        with site.transaction(SYSTEM) as session:
            post = session.get_one(Post, post_id)
            post.html = shown(number)

    def bulk(number: int) -> None:
        with site.transaction(SYSTEM) as session:
            session.execute(update(Post).where(Post.id >= post_id).values(html=shown(number)))

    def savepoint(number: int) -> None:
        with site.transaction(SYSTEM) as session, session.begin_nested():
            session.execute(update(Post).where(Post.id == post_id).values(html=shown(number)))

    def raw(number: int) -> None:
        with site.ports.executor.engine.begin() as connection:
            connection.execute(_RAW, {"html": shown(number), "id": post_id})

    def autocommit(number: int) -> None:
        engine = site.ports.executor.engine.execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(_RAW, {"html": shown(number), "id": post_id})

    return {"orm": orm, "bulk": bulk, "savepoint": savepoint, "raw": raw, "autocommit": autocommit}


def shown(number: int) -> str:
    """What the page then holds."""
    return f"<p>edit-{number}-</p>"
