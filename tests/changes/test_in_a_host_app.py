"""In a host app on PostgreSQL: one engine, two blogs, and tables of the host's own."""

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import text

from blog_core import Blog
from blog_core.changes import bulk
from blog_core.content.accounts import ensure_author
from blog_core.content.check import check
from blog_core.content.posts import create_post
from blog_core.content.publishing import publish
from blog_core.content.search import search
from blog_core.content.text import PostText
from blog_core.model import PostMonth
from blog_core.model.migrate import TableClash, migrate
from blog_core.site import SYSTEM


@pytest.fixture
def host(postgres_url, tmp_path):
    app = Flask("host", instance_path=str(tmp_path))
    app.config["SQLALCHEMY_DATABASE_URI"] = postgres_url
    db = SQLAlchemy(app)
    with app.app_context():
        db.session.execute(text("CREATE TABLE post (id int)"))
        db.session.commit()
    yield app
    for site in app.extensions.get("blog", {}).values():
        site.changes.close()
    with app.app_context():
        db.engine.dispose()


def blog(host, name="blog"):
    return Blog(name=name).init_app(host)


def migrated(host, name="blog"):
    site = blog(host, name)
    migrate(site)
    site.changes.relay.look_now()
    return site


def moved(site, stamp):
    return site.changes.stamps.moved(stamp)


def test_the_blog_lives_in_a_schema_of_the_hosts_database(host):
    site = migrated(host)
    with host.app_context():
        engine = host.extensions["sqlalchemy"].engine
    assert site.ports.executor.engine.pool is engine.pool
    with engine.connect() as connection:
        schemas = connection.scalars(
            text("SELECT schemaname FROM pg_tables WHERE tablename = 'post' ORDER BY 1")
        )
        assert schemas.all() == ["blog", "public"]


def test_the_host_commits_also_before_the_blog_is_migrated(host):
    blog(host)
    with host.app_context():
        session = host.extensions["sqlalchemy"].session
        session.execute(text("INSERT INTO post VALUES (1)"))
        session.commit()


def test_the_hosts_own_writes_touch_nothing(host):
    site = migrated(host)
    stamp = site.changes.stamps.read(["posts"])
    with host.app_context():
        session = host.extensions["sqlalchemy"].session
        session.execute(text("INSERT INTO post VALUES (1)"))
        session.commit()
    assert not moved(site, stamp)


def test_the_hosts_writes_to_the_blogs_tables_are_heard(host):
    site = migrated(host)
    stamp = site.changes.stamps.read(["posts"])
    with host.app_context():
        session = host.extensions["sqlalchemy"].session
        session.execute(text("INSERT INTO blog.post_month VALUES ('2026-11', 1)"))
        session.commit()
    assert moved(site, stamp)


def test_two_blogs_on_one_engine_hear_their_own_writes(host):
    news, diary = migrated(host, "news"), migrated(host, "diary")
    stamps = {site.name: site.changes.stamps.read(["posts"]) for site in (news, diary)}
    with news.transaction(SYSTEM) as session:
        session.add(PostMonth(month="2026-11", post_count=1))
    assert moved(news, stamps["news"])
    assert not moved(diary, stamps["diary"])


def test_bulk_mode_of_one_blog_leaves_the_other_alone(host):
    news, diary = migrated(host, "news"), migrated(host, "diary")
    stamps = {site.name: site.changes.stamps.read(["posts"]) for site in (news, diary)}
    with news.transaction(SYSTEM) as session, bulk(session):
        session.add(PostMonth(month="2026-11", post_count=1))
        session.flush()
        session.execute(text("INSERT INTO diary.post_month VALUES ('2026-11', 1)"))
    assert moved(news, stamps["news"])
    assert moved(diary, stamps["diary"])


def test_tables_of_somebody_else_in_the_schema_refuse_the_migration(host):
    with host.app_context():
        session = host.extensions["sqlalchemy"].session
        session.execute(text("CREATE SCHEMA blog"))
        session.execute(text("CREATE TABLE blog.comment (id int)"))
        session.commit()
    with pytest.raises(TableClash, match=r"The schema 'blog' has the table\(s\) comment, but"):
        migrate(blog(host))


def test_the_search_is_kept_and_asked_in_the_blogs_own_schema(host):
    site = migrated(host)
    with site.activate(), site.transaction(SYSTEM) as session:
        author = ensure_author(session, name="Ann").id
        written = PostText(title="On bread", body="Sourdough.")
        saved = create_post(session, text=written, author_ids=[author])
        publish(session, post_id=saved.post_id, version=None)
    with site.activate():
        assert [row["title"] for row in search(site, "sourdough", limit=5).rows] == ["On bread"]
        with site.transaction(SYSTEM) as session:
            session.execute(text("DELETE FROM blog.post_search"))
        assert [finding.name for finding in check(site, repair=True)] == ["search index"]
        assert search(site, "sourdough", limit=5).total == 1
        assert check(site, repair=False) == []
