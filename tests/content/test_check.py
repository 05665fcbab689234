"""`check` finds what another program broke, says where, and mends it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, text, update

from blog_core.content.check import CHECKS, check
from blog_core.model import Account, Post, PostAuthor, PostMonth, PostTag, Tag

LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)

DAMAGE = {
    "published posts without a date": update(Post).where(Post.id == 1).values(publish_at=None),
    "first authors": delete(PostAuthor).where(PostAuthor.post_id == 1),
    "tags' lists": update(PostTag).where(PostTag.post_id == 1).values(publish_at=LONG_AGO),
    "authors' lists": update(PostAuthor).where(PostAuthor.post_id == 1).values(publish_at=None),
    "tags' counters": update(Tag).values(post_count=Tag.post_count + 3),
    "accounts' counters": update(Account).where(Account.id == 3).values(post_count=-1),
    "months' counters": update(PostMonth).values(post_count=7),
    "search index": text("DELETE FROM post_search"),
    "comment counters": update(Post).where(Post.id == 1).values(comment_count=9),
}


@pytest.fixture
def blog(site, people, published, draft, comment):
    one = published(people.author, title="One", tags=("a", "b"), authors=[people.admin])
    published(people.author, title="Two", tags=("b",))
    draft(people.author, title="Three", tags=("c",))
    comment(one.post_id)
    assert check(site, repair=False) == []
    return site


def test_every_check_has_its_damage():
    assert set(DAMAGE) == set(CHECKS)


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_named_and_mended_and_the_version_stays(blog, name):
    with blog.transaction() as session:
        session.execute(DAMAGE[name])
        versions = dict(session.execute(text("SELECT id, version FROM post")).all())
    found = check(blog, repair=False)
    assert name in {finding.name for finding in found}
    assert all(str(finding).endswith("row(s) wrong") for finding in found)
    assert {finding.name for finding in check(blog, repair=True)} >= {name}
    assert check(blog, repair=False) == []
    with blog.transaction() as session:
        assert dict(session.execute(text("SELECT id, version FROM post")).all()) == versions
