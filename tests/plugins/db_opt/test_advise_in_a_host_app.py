"""In a host app the blog has a schema of its own, beside tables of the same names."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import bindparam, inspect, select, text

from blog_core import Blog
from blog_core.api import Post, Query, Site
from blog_core.model.migrate import migrate
from plugins.db_opt.advise.advising import advise
from plugins.db_opt.advise.applying import apply, undo

BY_TITLE = Query("host.by_title", select(Post.id).where(Post.title == bindparam("title")))
POSTS = """
INSERT INTO blog.post (id, slug, title, status, author_id, created_at, updated_at)
SELECT n, 'post-' || n, 'Title ' || n, 'published', 1, now(), now()
  FROM generate_series(1, 4000) AS n"""
ACCOUNT = """
INSERT INTO blog.account
       (id, name, slug, must_change_password, role, bio, created_at, updated_at)
VALUES (1, 'Rea', 'rea', false, 'author', '', now(), now())"""


@pytest.fixture
def site(postgres_url: str, tmp_path: Path) -> Iterator[Site]:
    app = Flask("host", instance_path=str(tmp_path))
    app.config["SQLALCHEMY_DATABASE_URI"] = postgres_url
    app.config["BLOG"] = {"plugins": ["db_opt"]}
    db = SQLAlchemy(app)
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE post (id int, title text)"))
    site = Blog().init_app(app)
    migrate(site)
    with app.app_context(), db.engine.begin() as connection:
        for sql in (ACCOUNT, POSTS, "ANALYZE blog.post"):
            connection.execute(text(sql))
    with app.app_context():
        yield site
        site.changes.close()
        db.engine.dispose()


def test_the_blogs_own_tables_are_advised_on_proven_and_indexed(site: Site):
    for number in range(3):
        site.read(BY_TITLE, {"title": f"Title {number}"})
    advice = advise(site, proving=True)
    (proposal,) = advice.accepted
    assert 'ON "blog"."post" ("title")' in proposal.ddl
    assert proposal.proof is not None
    assert proposal.proof.verdict == "helps"
    (done,) = apply(site, advice.accepted, advice.statements, print)
    assert done.refused == ""
    looking = inspect(site.ports.executor.engine)
    assert proposal.form.name in {i["name"] for i in looking.get_indexes("post", schema="blog")}
    assert looking.get_indexes("post", schema="public") == []
    assert undo(site, print) == [proposal.form.name]
